//! A store whose writes fail on command: what tests and simulation use to see how the engine copes.

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

/// Where a write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the commit: nothing is kept.
    BeforeCommit,
    /// After it: all is kept, and the caller cannot know.
    AfterCommit,
}

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Write {
    Append,
    Stage,
    Unstage,
}

/// Wraps a store, and fails the writes that it was told to fail with [`StoreError::Unavailable`].
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    faults: Mutex<Vec<(Write, u64, When)>>,
}

impl FaultyStore {
    /// A store that does not fail yet.
    pub fn new(inner: Arc<dyn Store>) -> Self {
        Self { inner, faults: Mutex::new(Vec::new()) }
    }

    /// Fails an append: the next when `after` is 0, the one after `after` others otherwise.
    pub fn fail_append(&self, after: u64, when: When) {
        self.faults.lock().push((Write::Append, after, when));
    }

    /// Fails the next import that is to wait.
    pub fn fail_stage(&self, when: When) {
        self.faults.lock().push((Write::Stage, 0, when));
    }

    /// Fails the next forgetting of an import that waits.
    pub fn fail_unstage(&self, when: When) {
        self.faults.lock().push((Write::Unstage, 0, when));
    }

    /// The fault of this write, if it has one; the others of its kind come nearer.
    fn fault(&self, write: Write) -> Option<When> {
        let mut faults = self.faults.lock();
        let due = faults.iter().position(|(of, after, _)| *of == write && *after == 0);
        let due = due.map(|at| faults.swap_remove(at).2);
        for (_, after, _) in faults.iter_mut().filter(|(of, ..)| *of == write) {
            *after = after.saturating_sub(1);
        }
        due
    }

    async fn faulty<T: Send>(
        &self,
        write: Write,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let injected = || StoreError::Unavailable("a fault was injected".into());
        match self.fault(write) {
            None => work.await,
            Some(When::BeforeCommit) => Err(injected()),
            Some(When::AfterCommit) => {
                work.await?;
                Err(injected())
            }
        }
    }
}

#[async_trait]
impl LogStore for FaultyStore {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Inserted>, StoreError> {
        self.faulty(Write::Append, self.inner.append(batch)).await
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
        self.faulty(Write::Stage, self.inner.stage(staged, content)).await
    }

    async fn staged(&self) -> Result<Vec<StagedRow>, StoreError> {
        self.inner.staged().await
    }

    async fn staged_content(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.staged_content(id).await
    }

    async fn unstage(&self, id: Uuid) -> Result<bool, StoreError> {
        self.faulty(Write::Unstage, self.inner.unstage(id)).await
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
