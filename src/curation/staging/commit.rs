//! A staged import is done, or forgotten.

use std::sync::Arc;

use super::look::StagingError;
use super::shelf::{StagedId, StagedImport};
use crate::curation::curator::Curator;
use crate::domain::command::Command;
use crate::engine::EngineError;
use crate::sources::import::Report;

/// Most commands in one request.
const COMMANDS_A_REQUEST: usize = 500;

/// An import that was taken off the shelf. However the work on it ends, it is back there unless it was done: what the
/// engine took is found unchanged by the next attempt.
struct Taken {
    curator: Curator,
    import: Option<Arc<StagedImport>>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(import) = self.import.take() {
            self.curator.inner.shelf.lock().put(import);
        }
    }
}

impl Curator {
    /// Does a staged import: its statements, and then what its records mean as things are then.
    ///
    /// What was begun is brought to its end, whether somebody waits for it or not.
    ///
    /// # Errors
    /// When there is none, or the engine could not take it; what it took stays.
    pub async fn commit(&self, id: StagedId, actor: &str) -> Result<Report, StagingError> {
        let import = self.inner.shelf.lock().take(id).ok_or(StagingError::Unknown(id))?;
        let mut taken = Taken { curator: self.clone(), import: Some(import.clone()) };
        let actor = actor.to_owned();
        let work = tokio::spawn(async move {
            let done = taken.curator.carry_out(&import, &actor).await;
            if done.is_ok() {
                drop(taken.import.take());
            }
            done
        });
        work.await.map_err(|error| {
            EngineError::Unavailable(format!("the import broke off: {error}; commit it again"))
        })?
    }

    async fn carry_out(&self, import: &StagedImport, actor: &str) -> Result<Report, StagingError> {
        let mut report = Report { files: import.files.len(), ..Report::default() };
        let (first, then): (Vec<Command>, Vec<Command>) =
            import.commands.iter().cloned().partition(Report::is_before_matching);
        self.submit_staged(first, actor, &mut report).await?;
        report.matching = Some(self.settle_new().await?);
        self.submit_staged(then, actor, &mut report).await?;
        report.count();
        Ok(report)
    }

    /// Forgets a staged import.
    ///
    /// # Errors
    /// When there is none.
    pub fn discard(&self, id: StagedId) -> Result<(), StagingError> {
        let taken = self.inner.shelf.lock().take(id);
        taken.map(drop).ok_or(StagingError::Unknown(id))
    }

    async fn submit_staged(
        &self,
        commands: Vec<Command>,
        actor: &str,
        report: &mut Report,
    ) -> Result<(), StagingError> {
        for chunk in commands.chunks(COMMANDS_A_REQUEST) {
            let receipt = self.engine().submit_all(actor, chunk.to_vec()).await?;
            for (command, outcome) in chunk.iter().zip(receipt.outcomes) {
                report.done(command, outcome.map(|done| done.changes));
            }
        }
        Ok(())
    }
}
