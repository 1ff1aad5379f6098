//! Where staged imports wait: in the store, so that a restart forgets none.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::error::StagingError;
use super::look::Staged;
use super::pack::{About, Declarations, Told, pack};
use crate::curation::curator::Curator;
use crate::domain::time::Timestamp;
use crate::sources::text::Input;
use crate::store::StagedRow;

/// Most imports that wait at once.
pub const STAGED_MAX: usize = 16;
/// How long an import waits before it is forgotten, in days.
pub const STAGED_DAYS_MAX: i64 = 30;

const DAY_NANOS: i64 = 24 * 60 * 60 * 1_000_000_000;

/// Names a staged import.
pub type StagedId = Uuid;

/// An import that was just looked at, and waits.
#[derive(Debug)]
pub struct StagedImport {
    /// Its name.
    pub id: StagedId,
    /// When it was staged.
    pub at: Timestamp,
    /// The files.
    pub files: Vec<String>,
    /// What it would do.
    pub staged: Staged,
}

/// An import that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its name.
    pub id: StagedId,
    /// When it was staged.
    pub at: Timestamp,
    /// The files.
    pub files: Vec<String>,
    /// What it would have done then.
    pub preview: Told,
}

impl StagedImport {
    /// As it is told later.
    ///
    /// # Errors
    /// When the report cannot be written as JSON.
    pub fn waiting(&self) -> Result<Waiting, StagingError> {
        let Staged { report, effects } = &self.staged;
        let report = serde_json::to_value(report)
            .map_err(|error| StagingError::Damaged { id: self.id, reason: error.to_string() })?;
        let preview = Told { report, effects: effects.clone() };
        Ok(Waiting { id: self.id, at: self.at, files: self.files.clone(), preview })
    }
}

/// What only this process knows of those that wait.
#[derive(Debug, Default)]
pub struct Shelf {
    /// Those that somebody commits or discards.
    in_work: BTreeSet<StagedId>,
}

/// An import that nobody else may commit or discard meanwhile.
pub(super) struct Taken {
    curator: Curator,
    id: StagedId,
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.curator.inner.shelf.lock().in_work.remove(&self.id);
    }
}

impl Curator {
    /// The imports that wait, the last one first.
    ///
    /// # Errors
    /// When the store does not answer, or one cannot be read.
    pub async fn staged(&self) -> Result<Vec<Waiting>, StagingError> {
        let mut waiting = Vec::new();
        for row in self.rows().await?.into_iter().rev() {
            if self.inner.shelf.lock().in_work.contains(&row.id) {
                continue;
            }
            let About { at, files, preview, .. } = About::read(&row)?;
            let files = files.into_iter().map(|file| file.name).collect();
            waiting.push(Waiting { id: row.id, at, files, preview });
        }
        Ok(waiting)
    }

    /// Forgets a staged import.
    ///
    /// # Errors
    /// When there is none, somebody commits it, or the store does not answer.
    pub async fn discard(&self, id: StagedId) -> Result<(), StagingError> {
        let _taken = self.take(id)?;
        match self.engine().store().unstage(id).await? {
            true => Ok(()),
            false => Err(StagingError::Unknown(id)),
        }
    }

    /// Takes one for this caller alone, as long as the answer lives.
    pub(super) fn take(&self, id: StagedId) -> Result<Taken, StagingError> {
        if !self.inner.shelf.lock().in_work.insert(id) {
            return Err(StagingError::InWork(id));
        }
        Ok(Taken { curator: self.clone(), id })
    }

    /// What the store keeps, without what waited too long, which is forgotten.
    pub(super) async fn rows(&self) -> Result<Vec<StagedRow>, StagingError> {
        let oldest = self.engine().now().plus_nanos(-STAGED_DAYS_MAX * DAY_NANOS);
        let mut rows = Vec::new();
        for row in self.engine().store().staged().await? {
            // One that cannot be read is told of, not thrown away.
            if About::read(&row).is_ok_and(|about| about.at < oldest) {
                self.engine().store().unstage(row.id).await?;
            } else {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// Keeps one; when this returns, it is on disk.
    pub(super) async fn keep(
        &self,
        import: &StagedImport,
        inputs: &[Input],
        declarations: &Declarations,
    ) -> Result<(), StagingError> {
        let Waiting { id, at, preview, .. } = import.waiting()?;
        let (about, content) = pack(at, inputs, declarations, preview)?;
        let about = serde_json::to_string(&about)
            .map_err(|error| StagingError::Damaged { id, reason: error.to_string() })?;
        // One after the other, so that there is room for each.
        let _alone = self.inner.adding.lock().await;
        self.has_room().await?;
        Ok(self.engine().store().stage(&StagedRow { id, about }, &content).await?)
    }

    /// Fails when no more may wait.
    pub(super) async fn has_room(&self) -> Result<(), StagingError> {
        match self.rows().await?.len() < STAGED_MAX {
            true => Ok(()),
            false => Err(StagingError::Full),
        }
    }
}
