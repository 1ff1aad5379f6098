//! Source records: what each system says about each thing, as it said it.

use indexmap::IndexMap;

use super::fact::SourceRecord;
use super::id::{ExternalId, Position};
use super::timeline::Timeline;

/// All source records, by the id that their system gives the thing.
#[derive(Debug, Default)]
pub struct Records {
    records: IndexMap<ExternalId, Timeline<SourceRecord>>,
}

impl Records {
    /// All that a system ever said about the thing that it calls so.
    pub fn timeline(&self, key: &ExternalId) -> Option<&Timeline<SourceRecord>> {
        self.records.get(key)
    }

    /// The timeline of a record, made when it is new.
    pub fn timeline_mut(&mut self, key: &ExternalId) -> &mut Timeline<SourceRecord> {
        self.records.entry(key.clone()).or_default()
    }

    /// Up to `limit` records from this place on; their places change only when an entry is taken back.
    pub fn chunk(
        &self,
        from: usize,
        limit: usize,
    ) -> impl Iterator<Item = (&ExternalId, &Timeline<SourceRecord>)> {
        let to = from.saturating_add(limit).min(self.records.len());
        self.records.get_range(from.min(to)..to).into_iter().flatten()
    }

    /// How many records were ever kept.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no record was ever kept.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Takes back what the entry at `position` did to a record.
    pub(super) fn roll_back(&mut self, key: &ExternalId, position: Position) {
        if let Some(timeline) = self.records.get_mut(key) {
            timeline.roll_back(position);
            if timeline.is_empty() {
                self.records.swap_remove(key);
            }
        }
    }

    /// Every record, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = (&ExternalId, &Timeline<SourceRecord>)> {
        self.records.iter()
    }
}
