//! A store whose commits, and whose forgetting of staged imports, wait while its gate is closed.

use std::sync::Arc;

use async_trait::async_trait;
use counterpart::domain::id::{Position, StreamId};
use counterpart::domain::log::SealedEntry;
use counterpart::domain::reading::{ReadingOrder, Recorded, Register};
use counterpart::domain::time::Timestamp;
use counterpart::store::{
    Append, Head, Inserted, LogStore, MemoryStore, ReadingHistory, Snapshot, SnapshotStore,
    StagedRow, StagedStore, Store, StoreError, Window,
};
use tokio::sync::watch;
use uuid::Uuid;

/// Opens and closes a [`GatedStore`].
#[derive(Clone)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub fn close(&self) {
        self.0.send_replace(false);
    }
}

/// A memory store behind a gate.
pub struct GatedStore {
    store: MemoryStore,
    gate: watch::Receiver<bool>,
}

impl GatedStore {
    /// A store, and its gate, open.
    pub fn new() -> (Arc<Self>, Gate) {
        let (sender, gate) = watch::channel(true);
        let store = MemoryStore::new();
        (Arc::new(Self { store, gate }), Gate(Arc::new(sender)))
    }
}

#[async_trait]
impl LogStore for GatedStore {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Inserted>, StoreError> {
        drop(self.gate.clone().wait_for(|open| *open).await);
        self.store.append(batch).await
    }
    async fn entries(&self, after: Position, limit: usize) -> Result<Vec<SealedEntry>, StoreError> {
        self.store.entries(after, limit).await
    }
    async fn decided(
        &self,
        before: Position,
        limit: usize,
    ) -> Result<Vec<SealedEntry>, StoreError> {
        self.store.decided(before, limit).await
    }
    async fn head(&self) -> Result<Head, StoreError> {
        self.store.head().await
    }
    async fn position_at(&self, moment: Timestamp) -> Result<Position, StoreError> {
        self.store.position_at(moment).await
    }
}

#[async_trait]
impl ReadingHistory for GatedStore {
    async fn latest(&self, window: Window) -> Result<Option<Recorded>, StoreError> {
        self.store.latest(window).await
    }
    async fn readings(
        &self,
        window: Window,
        after: Option<ReadingOrder>,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        self.store.readings(window, after, limit).await
    }
    async fn count(&self, window: Window, max: u64) -> Result<u64, StoreError> {
        self.store.count(window, max).await
    }
}

#[async_trait]
impl SnapshotStore for GatedStore {
    async fn load(&self) -> Result<Snapshot, StoreError> {
        self.store.load().await
    }
    async fn masters(&self) -> Result<Snapshot, StoreError> {
        self.store.masters().await
    }
    async fn checkpoint(
        &self,
        registers: &[(StreamId, Register)],
        complete: Option<Position>,
    ) -> Result<(), StoreError> {
        self.store.checkpoint(registers, complete).await
    }
}

#[async_trait]
impl StagedStore for GatedStore {
    async fn stage(&self, staged: &StagedRow, content: &[u8]) -> Result<(), StoreError> {
        self.store.stage(staged, content).await
    }
    async fn staged(&self) -> Result<Vec<StagedRow>, StoreError> {
        self.store.staged().await
    }
    async fn staged_content(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.staged_content(id).await
    }
    async fn unstage(&self, id: Uuid) -> Result<bool, StoreError> {
        drop(self.gate.clone().wait_for(|open| *open).await);
        self.store.unstage(id).await
    }
}

#[async_trait]
impl Store for GatedStore {
    fn kind(&self) -> &'static str {
        "gated"
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
    async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }
}
