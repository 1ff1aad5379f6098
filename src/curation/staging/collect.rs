//! Two ways to import without importing: first the commands are collected, then their outcomes are played back, so that
//! the report has the place of everything in the files.

use std::collections::VecDeque;

use async_trait::async_trait;
use parking_lot::Mutex;

use crate::domain::command::Command;
use crate::domain::rejection::Rejection;
use crate::domain::time::Timestamp;
use crate::dtdl::Catalogue;
use crate::engine::{Engine, PREVIEW_COMMANDS_MAX};
use crate::sources::import::{ImportTarget, ModelsReport, Outcome, Settled};
use crate::sources::problem::{Origin, Problem};

/// Takes commands and does nothing.
pub(super) struct Collect {
    pub(super) engine: Engine,
    /// The moment that relative moments count from, the same at both readings.
    pub(super) now: Timestamp,
    pub(super) commands: Mutex<Vec<Command>>,
}

/// Answers as the preview did.
pub(super) struct PlayBack {
    pub(super) engine: Engine,
    pub(super) now: Timestamp,
    pub(super) outcomes: Mutex<VecDeque<Result<Outcome, Rejection>>>,
    pub(super) settled: Mutex<Option<Settled>>,
}

fn no_models() -> Result<ModelsReport, Vec<Problem>> {
    let message = "models cannot be staged, as the rest is read by them; `counterpart models upload --dry-run` tells \
        what they would change, and without `--dry-run` uploads them";
    Err(vec![Problem::error(Origin::file(&"models".into()), "MODELS_NOT_STAGED", message)])
}

#[async_trait]
impl ImportTarget for Collect {
    fn catalogue(&self) -> Catalogue {
        self.engine.catalogue()
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    async fn upload_models(&self, _: Vec<(String, String)>) -> Result<ModelsReport, Vec<Problem>> {
        no_models()
    }

    async fn submit_all(
        &self,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Outcome, Rejection>>, String> {
        let mut held = self.commands.lock();
        if held.len() + commands.len() > PREVIEW_COMMANDS_MAX {
            return Err(format!(
                "more than {PREVIEW_COMMANDS_MAX} statements cannot be staged at once; stage the file in parts, or \
                 import it without staging"
            ));
        }
        let outcomes = commands.iter().map(|_| Ok(Outcome { changes: 0 })).collect();
        held.extend(commands);
        Ok(outcomes)
    }
}

#[async_trait]
impl ImportTarget for PlayBack {
    fn catalogue(&self) -> Catalogue {
        self.engine.catalogue()
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    async fn upload_models(&self, _: Vec<(String, String)>) -> Result<ModelsReport, Vec<Problem>> {
        no_models()
    }

    async fn submit_all(
        &self,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Outcome, Rejection>>, String> {
        let mut outcomes = self.outcomes.lock();
        let count = commands.len().min(outcomes.len());
        Ok(outcomes.drain(..count).collect())
    }

    async fn settle(&self) -> Result<Option<Settled>, String> {
        Ok(self.settled.lock().take())
    }
}
