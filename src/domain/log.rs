//! The log: entries, their stored form, and the hash that links each to the one before.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::id::Position;
use super::reading::Reading;
use super::time::Timestamp;

/// A 32-byte BLAKE3 hash.
pub type Hash = [u8; 32];

/// The hash before the first entry.
pub const GENESIS: Hash = [0; 32];

/// One accepted request: changes of master data, readings, or both.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the log. Places may be left out, never used twice.
    pub position: Position,
    /// When it was accepted, by the server's clock, never before the entry before.
    pub recorded_at: Timestamp,
    /// Who asked.
    pub actor: Arc<str>,
    /// What changed, in order.
    pub changes: Vec<Change>,
    /// The new readings of the batch.
    pub readings: Vec<Reading>,
}

/// An entry as a store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// See [`Entry::position`].
    pub position: Position,
    /// See [`Entry::recorded_at`].
    pub recorded_at: Timestamp,
    /// See [`Entry::actor`].
    pub actor: Arc<str>,
    /// The changes as a JSON array; empty when there are none.
    pub changes: String,
    /// The readings, packed; empty when there are none.
    pub readings: Vec<u8>,
    /// The hash over the entry before and all of the above.
    pub hash: Hash,
}

/// Why a stored entry cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("log entry {position} is damaged or from a newer version: {reason}")]
pub struct Damaged {
    /// The entry.
    pub position: Position,
    /// What is wrong with it.
    pub reason: String,
}

#[derive(Serialize, Deserialize)]
struct Packed {
    /// Format of what follows; 1 is a list of readings.
    version: u8,
    readings: Vec<Reading>,
}

impl Entry {
    /// The entry as it is stored after an entry whose hash is `previous`.
    ///
    /// # Errors
    /// When a value cannot be written; no accepted value is like that.
    pub fn seal(&self, previous: &Hash) -> Result<SealedEntry, Damaged> {
        let damaged = |reason: String| Damaged { position: self.position, reason };
        let changes = if self.changes.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&self.changes).map_err(|e| damaged(e.to_string()))?
        };
        let readings = if self.readings.is_empty() {
            Vec::new()
        } else {
            pack(&self.readings).map_err(|e| damaged(e.to_string()))?
        };
        let mut sealed = SealedEntry {
            position: self.position,
            recorded_at: self.recorded_at,
            actor: self.actor.clone(),
            changes,
            readings,
            hash: GENESIS,
        };
        sealed.hash = sealed.hash_after(previous);
        Ok(sealed)
    }
}

impl SealedEntry {
    /// The hash that this entry must have after an entry whose hash is `previous`.
    pub fn hash_after(&self, previous: &Hash) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(previous);
        hasher.update(&self.position.0.to_le_bytes());
        hasher.update(&self.recorded_at.0.to_le_bytes());
        for part in [self.actor.as_bytes(), self.changes.as_bytes(), &self.readings] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }

    /// The entry, read back.
    ///
    /// # Errors
    /// When the stored form is damaged or from a newer version.
    pub fn open(&self) -> Result<Entry, Damaged> {
        let damaged = |reason: String| Damaged { position: self.position, reason };
        let changes = if self.changes.is_empty() {
            Vec::new()
        } else {
            serde_json::from_str(&self.changes).map_err(|e| damaged(e.to_string()))?
        };
        let readings = if self.readings.is_empty() {
            Vec::new()
        } else {
            unpack(&self.readings).map_err(damaged)?
        };
        Ok(Entry {
            position: self.position,
            recorded_at: self.recorded_at,
            actor: self.actor.clone(),
            changes,
            readings,
        })
    }
}

#[derive(Serialize)]
struct PackedRef<'a> {
    version: u8,
    readings: &'a [Reading],
}

fn pack(readings: &[Reading]) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_stdvec(&PackedRef { version: 1, readings })
}

fn unpack(bytes: &[u8]) -> Result<Vec<Reading>, String> {
    let packed: Packed = postcard::from_bytes(bytes).map_err(|e| e.to_string())?;
    match packed.version {
        1 => Ok(packed.readings),
        other => Err(format!("readings are packed in version {other}; this program reads 1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::StreamId;
    use crate::domain::reading::Quality;
    use crate::domain::value::Value;

    fn entry() -> Entry {
        let reading = Reading {
            stream: StreamId(3),
            time: Timestamp(1),
            sequence: 2,
            value: Value::Double(0.1),
            quality: Quality::Uncertain,
        };
        Entry {
            position: Position(7),
            recorded_at: Timestamp(9),
            actor: "test".into(),
            changes: Vec::new(),
            readings: vec![reading],
        }
    }

    #[test]
    fn a_sealed_entry_opens_to_the_same_readings() {
        let sealed = entry().seal(&GENESIS).unwrap();
        assert_eq!(sealed.open().unwrap().readings, entry().readings);
    }

    #[test]
    fn any_edit_breaks_the_link() {
        let sealed = entry().seal(&GENESIS).unwrap();
        for tamper in [
            |e: &mut SealedEntry| e.position.0 += 1,
            |e: &mut SealedEntry| e.recorded_at.0 += 1,
            |e: &mut SealedEntry| e.actor = "other".into(),
            |e: &mut SealedEntry| e.changes.push(' '),
            |e: &mut SealedEntry| e.readings[3] ^= 1,
        ] {
            let mut tampered = sealed.clone();
            tamper(&mut tampered);
            assert_ne!(tampered.hash_after(&GENESIS), sealed.hash);
        }
    }
}
