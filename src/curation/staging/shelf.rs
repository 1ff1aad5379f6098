//! Where staged imports wait: in the store, so that a restart forgets none.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::error::StagingError;
use super::look::{Staged, is_awaited};
use super::pack::{About, Declarations, Packed, Told};
use crate::curation::curator::Curator;
use crate::domain::time::Timestamp;
use crate::engine::EngineError;
use crate::store::StagedRow;

/// Most imports that wait at once.
pub const STAGED_MAX: usize = 16;
/// How long an import waits before it is forgotten, in days.
pub const STAGED_DAYS_MAX: i64 = 30;

const SECOND_NANOS: i64 = 1_000_000_000;
const DAY_NANOS: i64 = 24 * 60 * 60 * SECOND_NANOS;

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
    /// Whether somebody commits or discards it now.
    pub in_work: bool,
    /// Why what was kept of it cannot be read, so that only its name and its time are known: it can be discarded.
    pub damaged: Option<String>,
}

impl Waiting {
    fn of(row: &StagedRow, in_work: bool) -> Self {
        let id = row.id;
        let (about, damaged) = match About::read(row) {
            Ok(about) => (about, None),
            Err(error) => (About::unknown(made(id)), Some(error.to_string())),
        };
        let About { at, files, preview, .. } = about;
        let files = files.into_iter().map(|file| file.name).collect();
        Self { id, at, files, preview, in_work, damaged }
    }
}

/// When an id was made: it has its time in it.
fn made(id: StagedId) -> Timestamp {
    let (seconds, nanos) = id.get_timestamp().map_or((0, 0), |made| made.to_unix());
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    Timestamp(seconds.saturating_mul(SECOND_NANOS).saturating_add(nanos.into()))
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
        let (id, at, files) = (self.id, self.at, self.files.clone());
        Ok(Waiting { id, at, files, preview, in_work: false, damaged: None })
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
    /// The imports that wait, the last one first, with those that are in work or cannot be read.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn staged(&self) -> Result<Vec<Waiting>, StagingError> {
        let rows = self.rows().await?;
        let shelf = self.inner.shelf.lock();
        let waiting = |row: &StagedRow| Waiting::of(row, shelf.in_work.contains(&row.id));
        Ok(rows.iter().rev().map(waiting).collect())
    }

    /// Forgets a staged import.
    ///
    /// # Errors
    /// When there is none, somebody commits it, or the store does not answer.
    pub async fn discard(&self, id: StagedId) -> Result<(), StagingError> {
        match forget(self.take(id)?).await? {
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
            let is_old = About::read(&row).is_ok_and(|about| about.at < oldest);
            match is_old.then(|| self.take(row.id)) {
                Some(Ok(taken)) => drop(forget(taken).await?),
                // One in work is left to who works on it.
                Some(Err(_)) | None => rows.push(row),
            }
        }
        Ok(rows)
    }

    /// What the store keeps of one.
    pub(super) async fn row(&self, id: StagedId) -> Result<StagedRow, StagingError> {
        let row = self.rows().await?.into_iter().find(|row| row.id == id);
        row.ok_or(StagingError::Unknown(id))
    }

    /// Keeps one, unless it is abandoned; when this returns, it is on disk.
    pub(super) async fn keep(
        &self,
        import: &StagedImport,
        packed: Packed,
        declarations: &Declarations,
        abandoned: &CancellationToken,
    ) -> Result<(), StagingError> {
        let Waiting { id, at, preview, .. } = import.waiting()?;
        let about = About::new(at, &packed, declarations, preview);
        let about = serde_json::to_string(&about)
            .map_err(|error| StagingError::Damaged { id, reason: error.to_string() })?;
        // One after the other, so that there is room for each.
        let _alone = self.inner.adding.lock().await;
        self.has_room().await?;
        is_awaited(abandoned)?;
        Ok(self.engine().store().stage(&StagedRow { id, about }, &packed.content).await?)
    }

    /// Fails when no more may wait.
    pub(super) async fn has_room(&self) -> Result<(), StagingError> {
        match self.rows().await?.len() < STAGED_MAX {
            true => Ok(()),
            false => Err(StagingError::Full),
        }
    }
}

/// Forgets one, and tells whether it was there. Though who asked hangs up, it is done whole: the writer would lose its
/// connection otherwise.
async fn forget(taken: Taken) -> Result<bool, StagingError> {
    let work = tokio::spawn(async move {
        let taken = taken;
        taken.curator.engine().store().unstage(taken.id).await
    });
    let done = work.await.map_err(|error| {
        EngineError::Unavailable(format!("the import was not forgotten: {error}; try again"))
    })?;
    Ok(done?)
}
