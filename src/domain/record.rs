//! Source records: what each system says about each thing, as it said it.

use std::collections::HashMap;

use super::fact::SourceRecord;
use super::id::ExternalId;
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

    /// Every record, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = (&ExternalId, &Timeline<SourceRecord>)> {
        self.records.iter()
    }
}
