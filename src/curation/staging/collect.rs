//! Importing without importing: first the commands are collected, then their outcomes are played back, so that the
//! report has the place of everything in the files.

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;

use super::error::StagingError;
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
    /// The models, the same at both readings.
    catalogue: Catalogue,
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
    PlayBack(Played),
}

/// The outcomes of what was read first, and how much of it was read again.
struct Played {
    outcomes: VecDeque<Result<Outcome, Rejection>>,
    settled: Option<Settled>,
    known: usize,
    asked: usize,
}

impl Rehearsal {
    /// The first reading.
    pub(super) fn new(engine: &Engine) -> Self {
        let step = Mutex::new(Step::Collect(Vec::new()));
        Self { catalogue: engine.catalogue(), now: engine.now(), kept: kept_in(engine), step }
    }

    /// When it began.
    pub(super) fn began(&self) -> Timestamp {
        self.now
    }

    /// The commands that were collected, which are taken out.
    pub(super) fn collected(&self) -> Vec<Command> {
        match &mut *self.step.lock() {
            Step::Collect(commands) => std::mem::take(commands),
            Step::PlayBack(_) => Vec::new(),
        }
    }

    /// The second reading: each command is answered with its outcome.
    pub(super) fn play_back(&self, outcomes: Vec<Result<Outcome, Rejection>>, settled: Settled) {
        let (known, settled) = (outcomes.len(), Some(settled));
        let played = Played { outcomes: outcomes.into(), settled, known, asked: 0 };
        *self.step.lock() = Step::PlayBack(played);
    }

    /// That the second reading asked for each outcome, and for no more.
    pub(super) fn came_out_even(&self) -> Result<(), StagingError> {
        match &*self.step.lock() {
            Step::PlayBack(Played { known, asked, .. }) if known != asked => {
                Err(StagingError::Uneven { statements: *asked, outcomes: *known })
            }
            Step::Collect(_) | Step::PlayBack(_) => Ok(()),
        }
    }
}

#[async_trait]
impl ImportTarget for Rehearsal {
    fn catalogue(&self) -> Catalogue {
        self.catalogue.clone()
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn kept(&self) -> Vec<Arc<Declaration>> {
        self.kept.clone()
    }

    /// As little as a commit, which may come when they have changed.
    fn declares_kept(&self) -> bool {
        false
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
            Step::PlayBack(played) => {
                played.asked += commands.len();
                let count = commands.len().min(played.outcomes.len());
                Ok(played.outcomes.drain(..count).collect())
            }
        }
    }

    async fn settle(&self) -> Result<Option<Settled>, String> {
        Ok(match &mut *self.step.lock() {
            Step::Collect(_) => None,
            Step::PlayBack(played) => played.settled.take(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{SystemClock, SystemIds};
    use crate::domain::command::DeclareSystem;
    use crate::domain::state::Rules;
    use crate::engine::EngineOptions;
    use crate::store::MemoryStore;

    async fn engine() -> Engine {
        let (store, clock, ids) =
            (Arc::new(MemoryStore::new()), Arc::new(SystemClock), Box::new(SystemIds));
        let options = EngineOptions::default();
        Engine::start(store, Rules::default(), clock, ids, options).await.unwrap()
    }

    #[tokio::test]
    async fn each_outcome_is_asked_for_once() {
        let engine = engine().await;
        let command =
            || Command::DeclareSystem(DeclareSystem { name: "erp".into(), title: "ERP".into() });
        for (asked, is_even) in [(1, false), (2, true), (3, false)] {
            let rehearsal = Rehearsal::new(&engine);
            rehearsal.play_back(vec![Ok(Outcome { changes: 1 }); 2], Settled::default());
            let answered = rehearsal.submit_all(vec![command(); asked]).await.unwrap();
            assert_eq!(answered.len(), asked.min(2));
            assert_eq!(rehearsal.came_out_even().is_ok(), is_even, "{asked}");
        }
    }

    #[tokio::test]
    async fn both_readings_have_the_same_models() {
        let engine = engine().await;
        let rehearsal = Rehearsal::new(&engine);
        let model = r#"{"@context": "dtmi:dtdl:context;2", "@id": "dtmi:org:Pump;1", "@type": "Interface"}"#;
        let files = vec![("pump.json".to_owned(), model.to_owned())];
        engine.upload_models("test", files).await.unwrap();
        let id = "dtmi:org:Pump;1".parse().unwrap();
        assert!(engine.catalogue().get(&id).is_some());
        assert!(rehearsal.catalogue().get(&id).is_none());
    }
}
