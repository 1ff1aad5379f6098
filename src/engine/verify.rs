//! Proof that everything derived follows from the log (invariant I2), and that the log is whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::apply::apply;
use crate::domain::id::{Position, StreamId};
use crate::domain::log::{GENESIS, Hash};
use crate::domain::reading::Reading;
use crate::domain::state::{Rules, State};
use crate::domain::time::Interval;
use crate::store::{Store, StoreError, Window};

use super::compare::compare;
use super::recovery::{Recovered, merge, recover};

/// Entries read at once.
const PAGE_ENTRIES: usize = 64;
/// Readings read at once.
const PAGE_READINGS: usize = 10_000;
/// Differences told; more are only counted.
const DIFFERENCES_TOLD: usize = 20;

/// What the proof found.
#[derive(Debug, Default)]
pub struct Verification {
    /// Entries replayed.
    pub entries: usize,
    /// Readings replayed.
    pub readings: u64,
    /// Facts compared.
    pub facts: usize,
    /// The position that was reached.
    pub position: Position,
    /// The hash of the last entry: note it down to prove later that nothing was rewritten.
    pub hash: Hash,
    /// Differences, the first few of them in words.
    pub differences: Vec<String>,
    /// How many differences there are.
    pub difference_count: usize,
}

impl Verification {
    fn differs(&mut self, what: impl FnOnce() -> String) {
        self.difference_count += 1;
        if self.differences.len() < DIFFERENCES_TOLD {
            self.differences.push(what());
        }
    }
}

/// Replays the whole log into an empty state and compares it with what the store's tables say.
///
/// # Errors
/// When the store cannot be read.
pub async fn verify(store: &dyn Store, rules: &Rules) -> Result<Verification, StoreError> {
    let mut found = Verification::default();
    let Recovered { state: kept, head, .. } = recover(store, rules).await?;
    let mut replayed = State::new(rules.clone());
    let mut digests = BTreeMap::new();
    let mut previous = GENESIS;
    loop {
        let entries = store.entries(found.position, PAGE_ENTRIES).await?;
        if entries.is_empty() {
            break;
        }
        for sealed in entries {
            if sealed.hash_after(&previous) != sealed.hash {
                let at = sealed.position;
                found.differs(|| format!("log entry {at} does not link to the one before it"));
            }
            previous = sealed.hash;
            found.position = sealed.position;
            found.entries += 1;
            match sealed.open() {
                Ok(entry) => replay(&mut replayed, &entry, &mut digests, &mut found),
                Err(damaged) => found.differs(|| damaged.to_string()),
            }
        }
    }
    found.hash = previous;
    if head.position != found.position {
        let (at, told) = (found.position, head.position);
        found.differs(|| format!("the log ends at {at}, but the store says {told}"));
    }
    let mut tell = |what: &dyn Fn() -> String| found.differs(what);
    let facts = compare(&replayed, &kept, &mut tell);
    found.facts = facts;
    compare_readings(store, &kept, &mut digests, &mut found).await?;
    Ok(found)
}

/// An order-free sum over readings: equal sets have equal digests.
#[derive(Debug, Default, PartialEq, Eq)]
struct Digest {
    count: u64,
    sum: u128,
}

impl Digest {
    fn add(&mut self, reading: &Reading, position: Position) {
        let (time, sequence, fingerprint) = reading.order();
        let mut hasher = blake3::Hasher::new();
        for part in [time.0.cast_unsigned(), sequence, fingerprint.cast_unsigned(), position.0] {
            hasher.update(&part.to_le_bytes());
        }
        let mut half = [0; 16];
        half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        self.count += 1;
        self.sum = self.sum.wrapping_add(u128::from_le_bytes(half));
    }
}

fn replay(
    state: &mut State,
    entry: &crate::domain::log::Entry,
    digests: &mut BTreeMap<StreamId, Digest>,
    found: &mut Verification,
) {
    let mut touched = BTreeSet::new();
    for change in &entry.changes {
        if let Err(errors) = apply(state, entry.position, change, &mut touched) {
            found.differs(|| format!("log entry {}: {errors}", entry.position));
        }
    }
    for reading in &entry.readings {
        found.readings += 1;
        digests.entry(reading.stream).or_default().add(reading, entry.position);
        if let Err(error) = merge(state, reading, entry.position) {
            found.differs(|| format!("log entry {}: {error}", entry.position));
        }
    }
}

async fn compare_readings(
    store: &dyn Store,
    kept: &State,
    digests: &mut BTreeMap<StreamId, Digest>,
    found: &mut Verification,
) -> Result<(), StoreError> {
    for stream in kept.streams.iter() {
        let window =
            Window { stream: stream.id, times: Interval::ALWAYS, known: Position::LATEST_KNOWN };
        let mut digest = Digest::default();
        let mut after = None;
        loop {
            let page = store.readings(window, after, PAGE_READINGS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.reading.order());
            page.iter().for_each(|r| digest.add(&r.reading, r.position));
        }
        let logged = digests.remove(&stream.id).unwrap_or_default();
        if logged != digest {
            found.differs(|| {
                format!(
                    "stream {}: {} readings in the log, {} in the table, or other ones",
                    stream.key, logged.count, digest.count
                )
            });
        }
    }
    for (stream, digest) in std::mem::take(digests) {
        let count = digest.count;
        found.differs(|| format!("stream {stream}: {count} readings in the log, 0 in the table"));
    }
    Ok(())
}
