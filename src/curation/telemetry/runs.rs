//! When a stream began to say something else.
//!
//! What is found depends on the readings alone, not on the order in which they came (invariant I1).

use std::sync::Arc;

use crate::domain::id::{Position, StreamId};
use crate::domain::nameplate::{NameplateRules, identifier};
use crate::domain::reading::Recorded;
use crate::domain::time::{Interval, Timestamp};
use crate::store::{Store, StoreError, Window};

/// Readings of one stream that are looked at one by one; beyond them, changes are searched for by halving time.
pub const READINGS_READ_MAX: usize = 200;
/// A stream with more changes than this counts something, and tells nothing of its device.
pub const CHANGES_MAX: usize = 16;

/// From when on a stream said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The first reading that said so.
    pub from: Timestamp,
    /// What it said.
    pub text: Arc<str>,
}

/// The stream of one field, and how it is read.
pub struct Reported<'a> {
    /// Where its readings are.
    pub store: &'a dyn Store,
    /// What is taken of them.
    pub rules: &'a NameplateRules,
    /// The stream.
    pub stream: StreamId,
    /// The field that it tells.
    pub field: &'a str,
}

impl Reported<'_> {
    /// What the stream said, each with the moment from which on it did, in the order of time; spellings of one value are
    /// one, and fillers nothing. Nothing at all for a stream that changes too often.
    ///
    /// Behind the first [`READINGS_READ_MAX`] readings, a change that was taken back later may not be seen.
    ///
    /// # Errors
    /// When history cannot be read.
    pub async fn runs(&self) -> Result<Vec<Run>, StoreError> {
        let window = self.window(Interval::ALWAYS);
        let read = self.store.readings(window, None, READINGS_READ_MAX).await?;
        let mut runs: Vec<(String, Run)> = Vec::new();
        read.iter().for_each(|recorded| self.take(recorded, &mut runs));
        let last = read.last().filter(|_| read.len() >= READINGS_READ_MAX);
        if let Some(last) = last
            && runs.len() <= CHANGES_MAX
        {
            self.search(last.clone(), &mut runs).await?;
        }
        if runs.len() > CHANGES_MAX {
            return Ok(Vec::new());
        }
        Ok(runs.into_iter().map(|(_, run)| run).collect())
    }

    /// The changes between a reading and the latest one.
    async fn search(
        &self,
        mut known: Recorded,
        runs: &mut Vec<(String, Run)>,
    ) -> Result<(), StoreError> {
        let Some(latest) = self.latest(Interval::ALWAYS).await? else { return Ok(()) };
        for _ in 0..=CHANGES_MAX {
            if self.says(&known) == self.says(&latest) {
                return Ok(());
            }
            known = self.change(&known, latest.clone()).await?;
            self.take(&known, runs);
        }
        Ok(())
    }

    /// A reading between two that say different things which says something else than what stands before it.
    async fn change(&self, before: &Recorded, after: Recorded) -> Result<Recorded, StoreError> {
        let (said, mut from, mut found) = (self.says(before), before.reading.time, after);
        while found.reading.time.0 > from.0.saturating_add(1) {
            let middle = Timestamp(from.0.midpoint(found.reading.time.0));
            let times = Interval { from: before.reading.time, to: middle.plus_nanos(1) };
            match self.latest(times).await? {
                Some(other) if self.says(&other) != said => found = other,
                _ => from = middle,
            }
        }
        Ok(found)
    }

    /// What the stream said last in an interval.
    ///
    /// # Errors
    /// When history cannot be read.
    pub async fn text_in(&self, times: Interval) -> Result<Option<Arc<str>>, StoreError> {
        let latest = self.latest(times).await?;
        Ok(latest.and_then(|latest| self.rules.text_of(&latest.reading)))
    }

    async fn latest(&self, times: Interval) -> Result<Option<Recorded>, StoreError> {
        self.store.latest(self.window(times)).await
    }

    fn window(&self, times: Interval) -> Window {
        Window { stream: self.stream, times, known: Position::LATEST_KNOWN }
    }

    fn says(&self, recorded: &Recorded) -> Option<String> {
        identifier(self.field, &self.rules.text_of(&recorded.reading)?)
    }

    fn take(&self, recorded: &Recorded, runs: &mut Vec<(String, Run)>) {
        let Some(text) = self.rules.text_of(&recorded.reading) else { return };
        let Some(said) = identifier(self.field, &text) else { return };
        if runs.last().is_none_or(|(held, _)| *held != said) {
            runs.push((said, Run { from: recorded.reading.time, text }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Change;
    use crate::domain::id::{ExternalId, StreamKey};
    use crate::domain::log::Entry;
    use crate::domain::reading::{Quality, Reading};
    use crate::domain::value::Value;
    use crate::store::{Append, LogStore, MemoryStore};

    fn reading(time: i64, text: &str) -> Reading {
        let value = Value::Text(text.into());
        Reading {
            stream: StreamId(0),
            time: Timestamp(time),
            sequence: 0,
            value,
            quality: Quality::Good,
        }
    }

    /// The runs of these readings, each in an entry of its own.
    async fn runs(readings: impl IntoIterator<Item = Reading>) -> Vec<(i64, String)> {
        let store = MemoryStore::default();
        let device = ExternalId::new("mqtt", "", "GW-1").unwrap();
        let key = StreamKey::new(device, "serial").unwrap();
        let mut changes = vec![Change::StreamOpened { stream: StreamId(0), key }];
        for (number, reading) in (1..).zip(readings) {
            let (position, recorded_at) = (Position(number), Timestamp(number as i64));
            let changes = std::mem::take(&mut changes);
            let entry = Entry {
                position,
                recorded_at,
                actor: "device".into(),
                changes,
                readings: vec![reading],
            };
            store.append(&[Append { entry, edits: Vec::new() }]).await.unwrap();
        }
        let rules = NameplateRules::default();
        let reported =
            Reported { store: &store, rules: &rules, stream: StreamId(0), field: "serial" };
        let runs = reported.runs().await.unwrap();
        runs.into_iter().map(|run| (run.from.0, run.text.to_string())).collect()
    }

    #[tokio::test]
    async fn changes_are_found_among_few_readings_and_among_many_in_any_order() {
        for count in [12, 150, 1_500] {
            let said = |time: i64| match 10 * time / count {
                0..3 => "A-4711",
                3 => "n/a",
                4..7 => "B-9222",
                _ => "C-1357",
            };
            let mut all: Vec<Reading> = (0..count).map(|time| reading(time, said(time))).collect();
            let first = |text: &str| (0..count).find(|time| said(*time) == text).unwrap();
            let expected: Vec<(i64, String)> =
                ["A-4711", "B-9222", "C-1357"].map(|text| (first(text), text.to_owned())).into();
            assert_eq!(runs(all.clone()).await, expected, "{count} in order");
            all.reverse();
            all.rotate_left(7);
            assert_eq!(runs(all).await, expected, "{count} in another order");
        }
    }

    #[tokio::test]
    async fn a_stream_that_counts_tells_nothing() {
        for count in [40, 400] {
            let counted = (0..count).map(|n| reading(n, &format!("SER-{}", 7_000_001 + 37 * n)));
            assert!(runs(counted).await.is_empty());
        }
    }

    #[tokio::test]
    async fn what_is_bad_or_too_long_or_hidden_is_not_taken() {
        let mut bad = reading(2, "B-9222");
        bad.quality = Quality::Bad;
        let readings =
            [reading(1, " A-4711 "), bad, reading(3, &"9".repeat(500)), reading(4, "C-13\u{1b}57")];
        assert_eq!(runs(readings).await, [(1, "A-4711".to_owned())]);
    }
}
