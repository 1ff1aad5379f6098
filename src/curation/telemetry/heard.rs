//! Which devices say something new of themselves, entry by entry.

use std::collections::{BTreeSet, HashMap};

use super::runs::CHANGES_MAX;
use crate::domain::change::Change;
use crate::domain::id::{ExternalId, StreamId};
use crate::domain::nameplate::NameplateRules;
use crate::domain::reading::Reading;
use crate::domain::time::Timestamp;
use crate::engine::{Committed, Engine};

/// How many devices are looked at while the writer waits.
const DEVICES_A_LOOK: usize = 500;

/// The streams that are lines of a nameplate.
pub struct Heard {
    rules: NameplateRules,
    lines: HashMap<StreamId, Line>,
}

/// A line of a device's nameplate.
struct Line {
    device: ExternalId,
    last: Option<Said>,
    /// How often it was heard to say something new.
    changes: usize,
}

/// What was heard last, and of what time the earliest was.
struct Said {
    fingerprint: i64,
    earliest: Timestamp,
}

/// Devices that say something new of themselves.
#[derive(Debug, Default)]
pub struct News {
    /// The devices.
    pub devices: BTreeSet<ExternalId>,
    /// Whether it is worth a look for its own sake: a line that says something else each time is no nameplate, and is
    /// looked at less and less often.
    pub is_urgent: bool,
}

impl Heard {
    /// The streams that there are, and what each says; what they say again is no news.
    pub async fn start(engine: &Engine) -> Self {
        let (rules, devices): (NameplateRules, Vec<ExternalId>) = engine.read(|state| {
            let nameplates = state.streams.nameplates();
            (nameplates.rules().clone(), nameplates.devices().cloned().collect())
        });
        let mut lines = HashMap::new();
        for chunk in devices.chunks(DEVICES_A_LOOK) {
            engine.read(|state| {
                for device in chunk {
                    for line in state.streams.nameplates().of(device) {
                        let stream = state.streams.get(line.stream);
                        let latest = stream.and_then(|stream| stream.register.latest());
                        let last = latest.map(|latest| Said::of(&latest.reading));
                        lines
                            .insert(line.stream, Line { device: device.clone(), last, changes: 0 });
                    }
                }
            });
            tokio::task::yield_now().await;
        }
        Self { rules, lines }
    }

    /// Starts again, when entries went by unheard.
    pub async fn start_again(&mut self, engine: &Engine) {
        let before = std::mem::replace(self, Self::start(engine).await);
        for (stream, held) in before.lines {
            if let Some(line) = self.lines.get_mut(&stream) {
                line.changes = held.changes;
            }
        }
    }

    /// Whether no device says anything of itself.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The devices that say something of themselves which they did not say before. A reading of any other stream costs a
    /// look into a table, and nothing where no device says anything.
    pub fn news(&mut self, committed: &Committed) -> News {
        for change in &committed.changes {
            if let Change::StreamOpened { stream, key } = change
                && self.rules.field_of(&key.channel).is_some()
            {
                let line = Line { device: key.device.clone(), last: None, changes: 0 };
                self.lines.insert(*stream, line);
            }
        }
        let mut news = News::default();
        if self.lines.is_empty() {
            return news;
        }
        for reading in &committed.readings {
            let Some(line) = self.lines.get_mut(&reading.stream) else { continue };
            if line.is_news(reading) && self.rules.text_of(reading).is_some() {
                line.take(reading);
                news.is_urgent |= line.changes <= CHANGES_MAX || line.changes.is_power_of_two();
                news.devices.insert(line.device.clone());
            }
        }
        news
    }
}

impl Line {
    /// The same, but of an earlier time, is news, too: it came late.
    fn is_news(&self, reading: &Reading) -> bool {
        let is_new =
            |said: &Said| said.fingerprint != reading.fingerprint() || reading.time < said.earliest;
        self.last.as_ref().is_none_or(is_new)
    }

    fn take(&mut self, reading: &Reading) {
        let mut said = Said::of(reading);
        said.earliest = self.last.as_ref().map_or(said.earliest, |l| l.earliest.min(said.earliest));
        self.last = Some(said);
        self.changes = self.changes.saturating_add(1);
    }
}

impl Said {
    fn of(reading: &Reading) -> Self {
        Self { fingerprint: reading.fingerprint(), earliest: reading.time }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{Position, StreamKey};
    use crate::domain::reading::Quality;
    use crate::domain::value::Value;

    fn entry(number: u64, time: i64, text: &str) -> Committed {
        let device = ExternalId::new("mqtt", "", "GW-1").unwrap();
        let key = StreamKey::new(device, "serial").unwrap();
        let opened = Change::StreamOpened { stream: StreamId(0), key };
        let reading = Reading {
            stream: StreamId(0),
            time: Timestamp(time),
            sequence: 0,
            value: Value::Text(text.into()),
            quality: Quality::Good,
        };
        Committed {
            position: Position(number),
            recorded_at: Timestamp(0),
            actor: "http".into(),
            changes: if number == 1 { vec![opened] } else { Vec::new() },
            readings: vec![reading],
        }
    }

    fn heard() -> Heard {
        Heard { rules: NameplateRules::default(), lines: HashMap::new() }
    }

    #[test]
    fn what_is_said_again_is_no_news_unless_it_is_of_an_earlier_time() {
        let mut heard = heard();
        let told = [(5, "A-4711", true), (6, "A-4711", false), (4, "A-4711", true)];
        let told = told.into_iter().chain([(7, "B-9222", true), (8, "B-9222", false)]);
        for (number, (time, text, is_news)) in (1..).zip(told) {
            let news = heard.news(&entry(number, time, text));
            assert_eq!(news.devices.len(), usize::from(is_news), "{text} at {time}");
            assert_eq!(news.is_urgent, is_news);
        }
    }

    #[test]
    fn a_line_that_says_something_else_each_time_wakes_nobody_after_a_while() {
        let mut heard = heard();
        let news = |number| heard.news(&entry(number, number as i64, &format!("SN-{number}")));
        let urgent: Vec<u64> =
            (1..=100).map(news).zip(1..).filter_map(|(n, at)| n.is_urgent.then_some(at)).collect();
        let expected: Vec<u64> = (1..=16).chain([32, 64]).collect();
        assert_eq!(urgent, expected);
    }
}
