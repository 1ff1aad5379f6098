//! A reading, and the register that keeps the latest one whatever the order of arrival.

use serde::{Deserialize, Serialize};

use super::id::{Position, StreamId};
use super::time::Timestamp;
use super::value::Value;

/// How far the device trusts its own measurement (the three classes of OPC UA Part 8, 7.3).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Quality {
    /// Measured as it should be.
    #[default]
    Good,
    /// Usable with care.
    Uncertain,
    /// Not usable; kept all the same.
    Bad,
}

impl Quality {
    /// The class as a small number: 0 good, 1 uncertain, 2 bad.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The class of a small number; unknown numbers are bad.
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Good,
            1 => Self::Uncertain,
            _ => Self::Bad,
        }
    }
}

/// One measured value of one stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The stream that it lives on, for ever.
    pub stream: StreamId,
    /// When it was measured.
    pub time: Timestamp,
    /// The device's own count among readings of one moment; 0 when it keeps none.
    pub sequence: u64,
    /// What was measured.
    pub value: Value,
    /// How good the measurement is.
    pub quality: Quality,
}

/// What orders the readings of one stream: event time, then sequence, then an arbitrary but fixed tie-break.
///
/// Arrival is no part of it, so that any order of delivery gives the same state.
pub type ReadingOrder = (Timestamp, u64, i64);

impl Reading {
    /// The reading's place among all readings of its stream; equal only for the same reading.
    pub fn order(&self) -> ReadingOrder {
        (self.time, self.sequence, self.fingerprint())
    }

    /// 64 bits of a hash over value and quality: tells two readings of one moment apart, and breaks their tie.
    pub fn fingerprint(&self) -> i64 {
        let tag = [self.value.kind(), self.quality.code()];
        let mut hasher = Fnv1a::new();
        hasher.write(&tag);
        match &self.value {
            Value::Boolean(b) => hasher.write(&[u8::from(*b)]),
            Value::Integer(i) => hasher.write(&i.to_le_bytes()),
            Value::Double(d) => hasher.write(&d.to_bits().to_le_bytes()),
            Value::Text(t) | Value::Json(t) => {
                let digest = blake3::hash(t.as_bytes());
                hasher.write(digest.as_bytes());
            }
        }
        hasher.0.cast_signed()
    }
}

/// FNV-1a, 64 bits: fixed for ever, because its results are stored.
struct Fnv1a(u64);

impl Fnv1a {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// A reading as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The reading.
    pub reading: Reading,
    /// The log entry that brought it.
    pub position: Position,
}

/// The latest reading of one stream: a last-writer-wins register.
///
/// Merging is commutative, associative and idempotent (invariant I1).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Register {
    latest: Option<Recorded>,
    /// How many readings the stream has.
    pub count: u64,
    /// The position up to which `count` counts.
    pub counted_to: Position,
}

impl Register {
    /// A register as a checkpoint kept it.
    pub fn restored(latest: Option<Recorded>, count: u64, counted_to: Position) -> Self {
        Self { latest, count, counted_to }
    }

    /// The latest reading, if there is any.
    pub fn latest(&self) -> Option<&Recorded> {
        self.latest.as_ref()
    }

    /// Counts a reading, unless the entry that brought it was counted before a restart.
    pub fn count(&mut self, position: Position) {
        if position > self.counted_to {
            self.count += 1;
        }
    }

    /// Takes a reading in; the later of the two stays. Tells whether the latest changed.
    pub fn merge(&mut self, reading: &Reading, position: Position) -> bool {
        let wins = match &self.latest {
            Some(held) => reading.order() > held.reading.order(),
            None => true,
        };
        if wins {
            self.latest = Some(Recorded { reading: reading.clone(), position });
        }
        wins
    }
}
