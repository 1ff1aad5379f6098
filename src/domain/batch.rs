//! A batch of readings on its way in, and the account of what became of it.

use super::id::{Position, StreamKey};
use super::reading::{Quality, Reading};
use super::rejection::Rejection;
use super::time::Timestamp;
use super::value::Value;

/// Readings that arrived together and are acknowledged together.
#[derive(Debug, Clone, Default)]
pub struct ReadingBatch {
    /// Readings of streams that are open.
    pub known: Vec<Reading>,
    /// Readings of channels that were never heard of when the batch was decoded.
    pub unknown: Vec<UnknownReading>,
}

/// A reading whose stream is not open yet.
#[derive(Debug, Clone)]
pub struct UnknownReading {
    /// The channel.
    pub key: StreamKey,
    /// When it was measured.
    pub time: Timestamp,
    /// The device's own count among readings of one moment; 0 when it keeps none.
    pub sequence: u64,
    /// What was measured.
    pub value: Value,
    /// How good the measurement is.
    pub quality: Quality,
}

impl ReadingBatch {
    /// How many readings there are.
    pub fn len(&self) -> usize {
        self.known.len() + self.unknown.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.unknown.is_empty()
    }
}

/// What became of a batch (invariant I4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// New, and attributed to a twin.
    pub accepted: usize,
    /// Kept already.
    pub duplicate: usize,
    /// New and kept, but at its event time its stream measures nothing yet.
    pub quarantined: usize,
    /// Not kept, because of a limit.
    pub rejected: usize,
}

/// An acknowledged batch.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    /// What became of the readings.
    pub account: Account,
    /// Why readings were rejected, if any were.
    pub rejection: Option<Rejection>,
    /// The position at which all of this can be read.
    pub position: Position,
}
