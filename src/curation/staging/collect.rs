//! Importing without importing: first the commands are collected, then their outcomes are played back, so that the
//! report has the place of everything in the files.

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;

use crate::domain::command::Command;
use crate::domain::rejection::Rejection;
use crate::domain::time::Timestamp;
use crate::dtdl::Catalogue;
use crate::engine::{Engine, PREVIEW_COMMANDS_MAX};
use crate::sources::declaration::Declaration;
use crate::sources::import::{ImportTarget, ModelsReport, Outcome, Settled, kept_in};
use crate::sources::problem::{Origin, Problem};

/// An import that does nothing.
pub(super) struct Rehearsal {
    engine: Engine,
    /// The moment that relative moments count from, the same at both readings.
    now: Timestamp,
    /// Declarations of earlier imports, the same at both readings.
    kept: Vec<Arc<Declaration>>,
    step: Mutex<Step>,
}

enum Step {
    /// Commands are taken.
    Collect(Vec<Command>),
    /// Answers are given as the preview gave them.
    PlayBack(VecDeque<Result<Outcome, Rejection>>, Option<Settled>),
}

impl Rehearsal {
    /// The first reading.
    pub(super) fn new(engine: &Engine) -> Self {
        let step = Mutex::new(Step::Collect(Vec::new()));
        Self { engine: engine.clone(), now: engine.now(), kept: kept_in(engine), step }
    }

    /// When it began.
    pub(super) fn began(&self) -> Timestamp {
        self.now
    }

    /// The commands that were collected, which are taken out.
    pub(super) fn collected(&self) -> Vec<Command> {
        match &mut *self.step.lock() {
            Step::Collect(commands) => std::mem::take(commands),
            Step::PlayBack(..) => Vec::new(),
        }
    }

    /// The second reading: each command is answered with its outcome.
    pub(super) fn play_back(&self, outcomes: Vec<Result<Outcome, Rejection>>, settled: Settled) {
        *self.step.lock() = Step::PlayBack(outcomes.into(), Some(settled));
    }
}

#[async_trait]
impl ImportTarget for Rehearsal {
    fn catalogue(&self) -> Catalogue {
        self.engine.catalogue()
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn kept(&self) -> Vec<Arc<Declaration>> {
        self.kept.clone()
    }

    async fn upload_models(&self, _: Vec<(String, String)>) -> Result<ModelsReport, Vec<Problem>> {
        let message = "models cannot be staged, as the rest is read by them; `counterpart models upload --dry-run` \
            tells what they would change, and without `--dry-run` uploads them";
        let origin = Origin::file(&"models".into());
        Err(vec![Problem::error(origin, "MODELS_NOT_STAGED", message)])
    }

    async fn submit_all(
        &self,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Outcome, Rejection>>, String> {
        match &mut *self.step.lock() {
            Step::Collect(held) if held.len() + commands.len() > PREVIEW_COMMANDS_MAX => {
                Err(format!(
                    "more than {PREVIEW_COMMANDS_MAX} statements cannot be staged at once; stage the file in parts, or \
                 import it without staging"
                ))
            }
            Step::Collect(held) => {
                let outcomes = commands.iter().map(|_| Ok(Outcome { changes: 0 })).collect();
                held.extend(commands);
                Ok(outcomes)
            }
            Step::PlayBack(outcomes, _) => {
                let count = commands.len().min(outcomes.len());
                Ok(outcomes.drain(..count).collect())
            }
        }
    }

    async fn settle(&self) -> Result<Option<Settled>, String> {
        Ok(match &mut *self.step.lock() {
            Step::Collect(_) => None,
            Step::PlayBack(_, settled) => settled.take(),
        })
    }
}
