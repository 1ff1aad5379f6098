//! Source records: what each system says about each thing, as it said it.

use std::collections::HashMap;

use super::fact::SourceRecord;
use super::id::{ExternalId, Position};
use super::timeline::Timeline;

/// All source records, by the id that their system gives the thing.
#[derive(Debug, Default)]
pub struct Records {
    records: HashMap<ExternalId, Timeline<SourceRecord>>,
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

    /// Takes back what the entry at `position` did to a record.
    pub(super) fn roll_back(&mut self, key: &ExternalId, position: Position) {
        if let Some(timeline) = self.records.get_mut(key) {
            timeline.roll_back(position);
            if timeline.is_empty() {
                self.records.remove(key);
            }
        }
    }

    /// Every record, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = (&ExternalId, &Timeline<SourceRecord>)> {
        self.records.iter()
    }
}
