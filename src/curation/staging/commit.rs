//! A staged import is done.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::runtime::Handle;
use tokio::task::{JoinError, spawn_blocking};

use super::error::StagingError;
use super::pack::About;
use super::shelf::StagedId;
use crate::curation::curator::Curator;
use crate::curation::target::Curated;
use crate::domain::command::Command;
use crate::domain::rejection::Rejection;
use crate::domain::time::Timestamp;
use crate::dtdl::Catalogue;
use crate::engine::EngineError;
use crate::sources::declaration::Declaration;
use crate::sources::import::{ImportTarget, ModelsReport, Outcome, Report, Settled, import};
use crate::sources::problem::Problem;

/// An import that reads as things were when it was staged.
struct Postponed {
    target: Curated,
    /// The moment that relative moments count from.
    at: Timestamp,
    kept: Vec<Arc<Declaration>>,
}

#[async_trait]
impl ImportTarget for Postponed {
    fn catalogue(&self) -> Catalogue {
        self.target.catalogue()
    }

    fn now(&self) -> Timestamp {
        self.at
    }

    fn kept(&self) -> Vec<Arc<Declaration>> {
        self.kept.clone()
    }

    /// They read as they were then; what they were corrected to since stays.
    fn declares_kept(&self) -> bool {
        false
    }

    async fn upload_models(
        &self,
        files: Vec<(String, String)>,
    ) -> Result<ModelsReport, Vec<Problem>> {
        self.target.upload_models(files).await
    }

    async fn submit_all(
        &self,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Outcome, Rejection>>, String> {
        self.target.submit_all(commands).await
    }

    async fn settle(&self) -> Result<Option<Settled>, String> {
        self.target.settle().await
    }
}

impl Curator {
    /// Does a staged import: its files are imported, and its records matched as things are by then. It waits on until it
    /// is done whole: what the engine took is found unchanged by the next attempt.
    ///
    /// What was begun is brought to its end, whether somebody waits for it or not.
    ///
    /// # Errors
    /// When there is none, or the engine could not take it; what it took stays.
    pub async fn commit(&self, id: StagedId, actor: &str) -> Result<Report, StagingError> {
        // First of all: who names none that there is waits for no other commit.
        self.row(id).await?;
        let taken = self.take(id)?;
        let (curator, actor) = (self.clone(), actor.to_owned());
        let work = tokio::spawn(async move {
            let _taken = taken;
            // One at a time, as its files are in memory.
            let _alone = curator.inner.committing.lock().await;
            let (curator, runtime) = (curator.clone(), Handle::current());
            // Reading the files is work of seconds, so it has a thread of its own.
            let work = spawn_blocking(move || runtime.block_on(curator.carry_out(id, &actor)));
            work.await.map_err(broke_off)?
        });
        work.await.map_err(broke_off)?
    }

    async fn carry_out(&self, id: StagedId, actor: &str) -> Result<Report, StagingError> {
        // Once more, for it may have gone while others were committed.
        let row = self.row(id).await?;
        let content = self.engine().store().staged_content(id).await?;
        let about = About::read(&row)?;
        let inputs = about.unpack(id, &content.ok_or(StagingError::Unknown(id))?)?;
        let declarations = about.declarations(id)?;
        let target = Curated::new(self, actor);
        let target = Postponed { target, at: about.at, kept: declarations.kept };
        let report = import(&target, &inputs, &declarations.given, &mut |_| {}).await;
        report.count();
        if let Some(reason) = report.stopped {
            return Err(StagingError::BrokeOff(reason));
        }
        self.engine().store().unstage(id).await?;
        let (total, errors) = (report.total(), report.errors);
        tracing::info!(files = report.files, changed = total.changed, errors, "imported");
        Ok(report)
    }
}

fn broke_off(error: JoinError) -> EngineError {
    EngineError::Unavailable(format!("the import broke off: {error}; commit it again"))
}
