//! Changes in the order of the database's log: each holds until the next of its key.

use std::collections::HashMap;

use super::known::RowId;
use crate::domain::time::{Interval, Timestamp};
use crate::sources::limits::KEYS_REMEMBERED_MAX;
use crate::sources::rows::{Event, Place};

/// All changes of a source's files.
#[derive(Default)]
pub struct Events {
    by_key: HashMap<u128, Vec<(Place, Option<Timestamp>, RowId)>>,
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
            self.by_key.entry(key).or_default().push((event.place, event.at, row));
        } else {
            self.next.insert(row, Timestamp::MAX);
        }
    }

    /// Puts them in order.
    pub fn settle(&mut self) {
        for (_, mut changes) in std::mem::take(&mut self.by_key) {
            // The log may be sent twice; the first time counts.
            changes.sort();
            changes.dedup_by_key(|(place, at, _)| (*place, *at));
            for (number, (_, _, row)) in changes.iter().enumerate() {
                let after = changes[number + 1..].iter().find_map(|(_, at, _)| *at);
                self.next.insert(*row, after.unwrap_or(Timestamp::MAX));
            }
        }
    }

    /// When what a change says holds; none where it never does: it was sent before, or overtaken at
    /// the same moment.
    pub fn interval(&self, row: RowId, event: Event) -> Option<Interval> {
        let next = self.next.get(&row)?;
        Interval::new(event.at.unwrap_or(Timestamp::MIN), *next)
    }
}
