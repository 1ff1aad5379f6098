//! What a store promises. Small traits that speak the domain; one conformance suite tests them all.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::fact::{FactRow, JsonMap};
use crate::domain::id::{Position, StreamId, StreamKey};
use crate::domain::log::{Entry, Hash, SealedEntry};
use crate::domain::reading::{ReadingOrder, Recorded, Register};
use crate::domain::time::{Interval, Timestamp};

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

/// All that a start needs, besides the entries after the checkpoint.
#[derive(Debug)]
pub struct Snapshot {
    /// The end of the log that the tables agree with.
    pub head: Head,
    /// DTDL texts of one interface each, in the order of their arrival.
    pub models: Vec<Arc<str>>,
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

    /// Keeps registers; `complete` is the position up to which, with this call, all are kept.
    ///
    /// Long checkpoints come in several calls, of which only the last has `complete`.
    async fn checkpoint(
        &self,
        registers: &[(StreamId, Register)],
        complete: Option<Position>,
    ) -> Result<(), StoreError>;
}

/// A whole store. Opening one takes it for this process alone.
#[async_trait]
pub trait Store: LogStore + ReadingHistory + SnapshotStore {
    /// A word for people and metrics: `memory`, `sqlite`, `postgres`.
    fn kind(&self) -> &'static str;

    /// Whether it answers; for readiness.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Writes out what is left and lets go of the store.
    async fn close(&self) -> Result<(), StoreError>;
}
