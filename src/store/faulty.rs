//! A store whose appends fail on command: what tests and simulation use to see how the engine copes.

use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use uuid::Uuid;

use super::contract::{
    Append, Head, Inserted, LogStore, ReadingHistory, Snapshot, SnapshotStore, StagedRow,
    StagedStore, Store, StoreError, Window,
};
use crate::domain::id::{Position, StreamId};
use crate::domain::log::SealedEntry;
use crate::domain::reading::{ReadingOrder, Recorded, Register};
use crate::domain::time::Timestamp;

/// Where an append fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the commit: nothing is kept.
    BeforeCommit,
    /// After it: all is kept, and the caller cannot know.
    AfterCommit,
}

/// Wraps a store, and fails the appends that it was told to fail with [`StoreError::Unavailable`].
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    faults: Mutex<Vec<(u64, When)>>,
}

impl FaultyStore {
    /// A store that does not fail yet.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, faults: Mutex::new(Vec::new()) }
    }

    /// Fails an append: the next when `after` is 0, the one after `after` others otherwise.
    pub fn fail_append(&self, after: u64, when: When) {
        self.faults.lock().push((after, when));
    }

    /// The fault of this append, if it has one; the others come nearer.
    fn fault(&self) -> Option<When> {
        let mut faults = self.faults.lock();
        let due = faults.iter().position(|(after, _)| *after == 0);
        let due = due.map(|at| faults.swap_remove(at).1);
        for (after, _) in faults.iter_mut() {
            *after = after.saturating_sub(1);
        }
        due
    }
}

#[async_trait]
impl LogStore for FaultyStore {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Inserted>, StoreError> {
        match self.fault() {
            None => self.inner.append(batch).await,
            Some(When::BeforeCommit) => Err(StoreError::Unavailable("a fault was injected".into())),
            Some(When::AfterCommit) => {
                self.inner.append(batch).await?;
                Err(StoreError::Unavailable("a fault was injected".into()))
            }
        }
    }

    async fn entries(&self, after: Position, limit: usize) -> Result<Vec<SealedEntry>, StoreError> {
        self.inner.entries(after, limit).await
    }

    async fn decided(
        &self,
        before: Position,
        limit: usize,
    ) -> Result<Vec<SealedEntry>, StoreError> {
        self.inner.decided(before, limit).await
    }

    async fn head(&self) -> Result<Head, StoreError> {
        self.inner.head().await
    }

    async fn position_at(&self, moment: Timestamp) -> Result<Position, StoreError> {
        self.inner.position_at(moment).await
    }
}

#[async_trait]
impl ReadingHistory for FaultyStore {
    async fn latest(&self, window: Window) -> Result<Option<Recorded>, StoreError> {
        self.inner.latest(window).await
    }

    async fn readings(
        &self,
        window: Window,
        after: Option<ReadingOrder>,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        self.inner.readings(window, after, limit).await
    }

    async fn count(&self, window: Window, max: u64) -> Result<u64, StoreError> {
        self.inner.count(window, max).await
    }
}

#[async_trait]
impl SnapshotStore for FaultyStore {
    async fn load(&self) -> Result<Snapshot, StoreError> {
        self.inner.load().await
    }

    async fn masters(&self) -> Result<Snapshot, StoreError> {
        self.inner.masters().await
    }

    async fn checkpoint(
        &self,
        registers: &[(StreamId, Register)],
        complete: Option<Position>,
    ) -> Result<(), StoreError> {
        self.inner.checkpoint(registers, complete).await
    }
}

#[async_trait]
impl StagedStore for FaultyStore {
    async fn stage(&self, staged: &StagedRow, content: &[u8]) -> Result<(), StoreError> {
        self.inner.stage(staged, content).await
    }

    async fn staged(&self) -> Result<Vec<StagedRow>, StoreError> {
        self.inner.staged().await
    }

    async fn staged_content(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.staged_content(id).await
    }

    async fn unstage(&self, id: Uuid) -> Result<bool, StoreError> {
        self.inner.unstage(id).await
    }
}

#[async_trait]
impl Store for FaultyStore {
    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.inner.ping().await
    }

    /// Leaves the inner store open, so that another engine can start on what this one left.
    async fn close(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
