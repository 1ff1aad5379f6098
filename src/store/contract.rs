//! What a store promises. Small traits that speak the domain; one conformance suite tests them all.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use crate::domain::change::ModelStatus;
use crate::domain::fact::{FactRow, JsonMap};
use crate::domain::id::{Position, StreamId, StreamKey};
use crate::domain::log::{Entry, Hash, SealedEntry};
use crate::domain::reading::{ReadingOrder, Recorded, Register};
use crate::domain::time::{Interval, Timestamp};
use crate::dtdl::Dtmi;

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or refused for a reason that may pass (disk full, connection lost).
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// Another process writes to it.
    #[error("the store is in use: {0}")]
    Locked(String),
    /// What it holds breaks a promise: damage, or another version's data.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// A constraint of the tables refused a write that the engine let pass: a defect of ours.
    #[error("the store refused a write that breaks an invariant: {0}")]
    Refused(String),
}

/// One entry to append, with what it does to the tables.
#[derive(Debug, Clone)]
pub struct Append {
    /// The entry. Its readings may hold duplicates; the store keeps only the new ones, in the log too.
    pub entry: Entry,
    /// Facts that it added (`recorded_from` is its position) and ended (`recorded_to` is its position).
    pub edits: Vec<FactRow>,
}

/// Which readings of an entry were new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inserted {
    /// Every one.
    All,
    /// None: all were there already.
    None,
    /// Those whose flag is true, in the order of the entry.
    Some(Vec<bool>),
}

/// The end of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Position of the last entry; [`Position::START`] when there is none.
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Its hash.
    pub hash: Hash,
}

/// Readings of one stream inside an interval of event time, as known at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The stream.
    pub stream: StreamId,
    /// Event times.
    pub times: Interval,
    /// Only readings recorded at or before this position.
    pub known: Position,
}

/// Latest readings as they were kept at a position.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checkpoint {
    /// All entries up to here are in the registers; later ones may be.
    pub position: Position,
    /// The registers of streams that have readings.
    pub registers: Vec<(StreamId, Register)>,
}

/// Something that happened to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    /// The entry that did it. Models of one entry were uploaded, and must be read, together.
    pub position: Position,
    /// What happened.
    pub event: ModelEvent,
}

/// See [`ModelRow`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelEvent {
    /// An interface joined the catalogue: its DTDL.
    Added(Arc<str>),
    /// It was decommissioned, taken into use again, or deleted.
    Marked(Dtmi, ModelStatus),
}

/// An import that waits, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedRow {
    /// Names it.
    pub id: Uuid,
    /// What is to be known of it: a JSON object.
    pub about: String,
}

/// All that a start needs, besides the entries after the checkpoint.
#[derive(Debug)]
pub struct Snapshot {
    /// The end of the log that the tables agree with.
    pub head: Head,
    /// What happened to models, in order.
    pub models: Vec<ModelRow>,
    /// Names and titles of systems.
    pub systems: Vec<(Arc<str>, Arc<str>)>,
    /// Names and declarations of sources.
    pub sources: Vec<(Arc<str>, Arc<JsonMap>)>,
    /// Streams in the order of their numbers, each with the entry that opened it.
    pub streams: Vec<(StreamId, StreamKey, Position)>,
    /// Every fact ever recorded.
    pub facts: Vec<FactRow>,
    /// Latest readings.
    pub checkpoint: Checkpoint,
}

/// The log, and the only way to write.
#[async_trait]
pub trait LogStore: Send + Sync {
    /// Appends entries in one transaction and returns when they are on disk, fsynced.
    ///
    /// For each entry: its facts, streams, models, systems and sources go to their tables; those of its readings
    /// that the store does not hold yet (same stream, time, sequence and fingerprint) are
    /// inserted; the entry is sealed with the new readings only and linked to the entry before.
    /// An entry without changes whose readings are all duplicates is not kept.
    ///
    /// Answers, for each entry, which readings were new.
    ///
    /// # Errors
    /// Nothing was appended, except after [`StoreError::Unavailable`], when it is unknown: the caller
    /// must load again before it goes on.
    async fn append(&self, batch: &[Append]) -> Result<Vec<Inserted>, StoreError>;

    /// Up to `limit` entries after `after`, in order.
    async fn entries(&self, after: Position, limit: usize) -> Result<Vec<SealedEntry>, StoreError>;

    /// Up to `limit` entries before `before` that hold decisions about identity, the last one first.
    async fn decided(&self, before: Position, limit: usize)
    -> Result<Vec<SealedEntry>, StoreError>;

    /// The end of the log.
    async fn head(&self) -> Result<Head, StoreError>;

    /// The last entry recorded at or before `moment`; [`Position::START`] when there is none.
    async fn position_at(&self, moment: Timestamp) -> Result<Position, StoreError>;
}

/// Readings of the past.
#[async_trait]
pub trait ReadingHistory: Send + Sync {
    /// The greatest reading inside the window, in [`ReadingOrder`].
    async fn latest(&self, window: Window) -> Result<Option<Recorded>, StoreError>;

    /// Up to `limit` readings inside the window, ascending, after `after` if it is given.
    async fn readings(
        &self,
        window: Window,
        after: Option<ReadingOrder>,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError>;

    /// How many readings are inside the window; `max` when there are more.
    async fn count(&self, window: Window, max: u64) -> Result<u64, StoreError>;
}

/// What a start reads, and what makes the next start quick.
#[async_trait]
pub trait SnapshotStore: Send + Sync {
    /// Everything in the tables.
    async fn load(&self) -> Result<Snapshot, StoreError>;

    /// Everything in the tables but the latest readings, as it is at one moment, for who looks while the writer goes
    /// on: neither waits for the other.
    async fn masters(&self) -> Result<Snapshot, StoreError>;

    /// Keeps registers; `complete` is the position up to which, with this call, all are kept.
    ///
    /// Long checkpoints come in several calls, of which only the last has `complete`.
    async fn checkpoint(
        &self,
        registers: &[(StreamId, Register)],
        complete: Option<Position>,
    ) -> Result<(), StoreError>;
}

/// Imports that wait to be committed or discarded. They are no part of the log, and nothing follows from them.
#[async_trait]
pub trait StagedStore: Send + Sync {
    /// Keeps one under a new id, whole or not at all, and returns when it is on disk, fsynced.
    async fn stage(&self, staged: &StagedRow, content: &[u8]) -> Result<(), StoreError>;

    /// Those that wait, in the order of their ids.
    async fn staged(&self) -> Result<Vec<StagedRow>, StoreError>;

    /// The content of one that waits.
    async fn staged_content(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError>;

    /// Forgets one, and tells whether it was there.
    async fn unstage(&self, id: Uuid) -> Result<bool, StoreError>;
}

/// A whole store. Opening one takes it for this process alone.
#[async_trait]
pub trait Store: LogStore + ReadingHistory + SnapshotStore + StagedStore {
    /// A word for people and metrics: `memory`, `sqlite`, `postgres`.
    fn kind(&self) -> &'static str;

    /// Whether it answers; for readiness.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Writes out what is left and lets go of the store.
    async fn close(&self) -> Result<(), StoreError>;
}
