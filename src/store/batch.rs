//! What every store does alike with a batch: find its distinct readings, and seal its entries.

use super::contract::{Append, Head, Inserted, ModelEvent, ModelRow, StoreError};
use crate::domain::change::Change;
use crate::domain::fact::FactRow;
use crate::domain::id::Position;
use crate::domain::log::{Entry, GENESIS, SealedEntry};
use crate::domain::reading::{Reading, ReadingOrder};
use crate::domain::time::Timestamp;

/// The head of an empty log.
pub(super) const EMPTY: Head =
    Head { position: Position::START, recorded_at: Timestamp::MIN, hash: GENESIS };

/// A reading of a batch that no earlier reading of the same batch repeats.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub reading: &'a Reading,
    pub order: ReadingOrder,
    /// The entry that brings it, and its place there.
    pub entry: usize,
    pub index: usize,
    pub position: Position,
}

/// The distinct readings of a batch, by stream and order: neighbours in the table are neighbours here.
pub(super) fn candidates(batch: &[Append]) -> Vec<Candidate<'_>> {
    let mut all: Vec<Candidate<'_>> = Vec::with_capacity(readings_in(batch));
    for (entry, append) in batch.iter().enumerate() {
        let position = append.entry.position;
        all.extend(append.entry.readings.iter().enumerate().map(|(index, reading)| Candidate {
            reading,
            order: reading.order(),
            entry,
            index,
            position,
        }));
    }
    all.sort_unstable_by_key(|c| (c.reading.stream, c.order, c.entry, c.index));
    all.dedup_by_key(|c| (c.reading.stream, c.order));
    all
}

fn readings_in(batch: &[Append]) -> usize {
    batch.iter().map(|append| append.entry.readings.len()).sum()
}

/// For each entry, which of its readings are new; `new` tells it of each candidate.
pub(super) fn inserted(
    batch: &[Append],
    candidates: &[Candidate<'_>],
    new: &[bool],
) -> Vec<Inserted> {
    let new_count = new.iter().filter(|is_new| **is_new).count();
    if new_count == readings_in(batch) {
        return vec![Inserted::All; batch.len()];
    }
    let mut masks: Vec<Vec<bool>> =
        batch.iter().map(|append| vec![false; append.entry.readings.len()]).collect();
    for (candidate, is_new) in candidates.iter().zip(new) {
        masks[candidate.entry][candidate.index] = *is_new;
    }
    masks.into_iter().map(of_mask).collect()
}

fn of_mask(mask: Vec<bool>) -> Inserted {
    match mask.iter().filter(|is_new| **is_new).count() {
        n if n == mask.len() => Inserted::All,
        0 => Inserted::None,
        _ => Inserted::Some(mask),
    }
}

/// Links entries to the end of the log, one after the other.
pub(super) struct Chain {
    pub head: Head,
}

impl Chain {
    /// Seals an entry with its new readings only; `None` when nothing of it is worth keeping.
    pub fn seal(
        &mut self,
        append: &Append,
        inserted: &Inserted,
    ) -> Result<Option<SealedEntry>, StoreError> {
        let entry = &append.entry;
        let nothing_new = entry.readings.is_empty() || *inserted == Inserted::None;
        if nothing_new && entry.changes.is_empty() && append.edits.is_empty() {
            return Ok(None);
        }
        self.check(entry)?;
        let sealed = match inserted {
            Inserted::All => entry.seal(&self.head.hash),
            Inserted::None => with_readings(entry, Vec::new()).seal(&self.head.hash),
            Inserted::Some(mask) => {
                let kept = entry.readings.iter().zip(mask).filter(|(_, is_new)| **is_new);
                let readings = kept.map(|(reading, _)| reading.clone()).collect();
                with_readings(entry, readings).seal(&self.head.hash)
            }
        };
        let sealed = sealed.map_err(|damaged| StoreError::Refused(damaged.to_string()))?;
        self.head =
            Head { position: sealed.position, recorded_at: sealed.recorded_at, hash: sealed.hash };
        Ok(Some(sealed))
    }

    fn check(&self, entry: &Entry) -> Result<(), StoreError> {
        let (position, head) = (entry.position, self.head);
        if position <= head.position || position >= Position::LATEST_KNOWN {
            return Err(StoreError::Refused(format!(
                "entry {position} cannot follow entry {}: positions only grow",
                head.position
            )));
        }
        if entry.recorded_at < head.recorded_at {
            return Err(StoreError::Refused(format!(
                "entry {position} was recorded at {}, before entry {} at {}: recorded times never go back",
                entry.recorded_at, head.position, head.recorded_at
            )));
        }
        Ok(())
    }
}

fn with_readings(entry: &Entry, readings: Vec<Reading>) -> Entry {
    Entry {
        position: entry.position,
        recorded_at: entry.recorded_at,
        actor: entry.actor.clone(),
        changes: entry.changes.clone(),
        readings,
    }
}

/// The edits of an entry: facts that it ended, then facts that it added, the order in which no two overlap.
pub(super) fn edits(append: &Append) -> Result<(Vec<&FactRow>, Vec<&FactRow>), StoreError> {
    let position = append.entry.position;
    let (added, ended): (Vec<_>, Vec<_>) =
        append.edits.iter().partition(|row| row.span().recorded_from == position);
    if let Some(stray) = ended.iter().find(|row| row.span().recorded_to != position) {
        return Err(StoreError::Refused(format!(
            "entry {position} brings a fact that it neither added nor ended: {:?}",
            stray.key()
        )));
    }
    Ok((ended, added))
}

/// The rows that a change adds to the table of models.
pub(super) fn model_rows(change: &Change, position: Position) -> Vec<ModelRow> {
    let row = |event| ModelRow { position, event };
    match change {
        Change::ModelsAdded(added) => {
            added.documents.iter().map(|text| row(ModelEvent::Added(text.clone()))).collect()
        }
        Change::ModelsMarked { models, status } => {
            let marked = models.iter().map(|id| ModelEvent::Marked(id.clone(), *status));
            marked.map(row).collect()
        }
        _ => Vec::new(),
    }
}
