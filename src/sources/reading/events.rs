//! Changes in the order of the database's log: each holds until the next of its key.

use std::collections::HashMap;

use super::known::{RowId, joined};
use crate::domain::time::{Interval, Timestamp};
use crate::sources::limits::KEYS_REMEMBERED_MAX;
use crate::sources::rows::Event;

/// All changes of a source's files.
#[derive(Default)]
pub struct Events {
    by_key: HashMap<u128, Vec<(Event, RowId)>>,
    count: usize,
    /// When the change after each happened; none for the last. What is not in it does not count.
    next: HashMap<RowId, Timestamp>,
}

impl Events {
    /// Takes up a change.
    pub fn add(&mut self, key: u128, event: Event, row: RowId) {
        // Beyond the limit a change counts from its moment on.
        if self.count < KEYS_REMEMBERED_MAX {
            self.count += 1;
            self.by_key.entry(key).or_default().push((event, row));
        } else {
            self.next.insert(row, Timestamp::MAX);
        }
    }

    /// Puts them in order; answers when the thing of each key is there without a gap.
    pub fn settle(&mut self) -> Vec<(u128, Vec<Interval>)> {
        let mut spans = Vec::new();
        for (key, mut changes) in std::mem::take(&mut self.by_key) {
            changes.sort_by_key(|(event, row)| (event.place, event.at, *row));
            // The log may be sent twice; the first time counts.
            changes.dedup_by_key(|(event, _)| (event.place, event.at, event.gone));
            let mut there = Vec::new();
            for (number, (event, row)) in changes.iter().enumerate() {
                let after = changes[number + 1..].iter().find_map(|(event, _)| event.at);
                self.next.insert(*row, after.unwrap_or(Timestamp::MAX));
                there.extend(self.interval(*row, *event).filter(|_| !event.gone));
            }
            if there.len() > 1 || changes.len() > there.len() {
                spans.push((key, joined(there)));
            }
        }
        spans
    }

    /// When what a change says holds; none where it never does: it was sent before, or overtaken at
    /// the same moment.
    pub fn interval(&self, row: RowId, event: Event) -> Option<Interval> {
        let next = self.next.get(&row)?;
        Interval::new(event.at.unwrap_or(Timestamp::MIN), *next)
    }
}
