//! Which devices say something new of themselves, entry by entry.

use std::collections::{BTreeSet, HashMap};

use crate::domain::change::Change;
use crate::domain::id::{ExternalId, StreamId};
use crate::domain::nameplate::NameplateRules;
use crate::domain::time::Timestamp;
use crate::engine::{Committed, Engine};

/// The streams that are lines of a nameplate, each with its device and what was heard of it last.
pub struct Heard {
    rules: NameplateRules,
    lines: HashMap<StreamId, (ExternalId, Option<Said>)>,
}

/// What was heard last, and of what time the earliest was.
struct Said {
    fingerprint: i64,
    earliest: Timestamp,
}

impl Heard {
    /// The streams that there are. Of each, the first reading from now on is news.
    pub fn start(engine: &Engine) -> Self {
        engine.read(|state| {
            let nameplates = state.streams.nameplates();
            let lines = nameplates.devices().flat_map(|device| {
                let of = nameplates.of(device).iter();
                of.map(|line| (line.stream, (device.clone(), None)))
            });
            Self { rules: nameplates.rules().clone(), lines: lines.collect() }
        })
    }

    /// The devices that say something of themselves which they did not say before. A reading of any other stream costs a
    /// look into a table, and nothing where no device says anything.
    pub fn news(&mut self, committed: &Committed) -> BTreeSet<ExternalId> {
        for change in &committed.changes {
            if let Change::StreamOpened { stream, key } = change
                && self.rules.field_of(&key.channel).is_some()
            {
                self.lines.insert(*stream, (key.device.clone(), None));
            }
        }
        let mut devices = BTreeSet::new();
        if self.lines.is_empty() {
            return devices;
        }
        for reading in &committed.readings {
            let Some((device, last)) = self.lines.get_mut(&reading.stream) else { continue };
            let (fingerprint, time) = (reading.fingerprint(), reading.time);
            // The same, but of an earlier time, is news, too: it came late.
            let is_new = last
                .as_ref()
                .is_none_or(|said| said.fingerprint != fingerprint || time < said.earliest);
            if is_new && self.rules.text_of(reading).is_some() {
                let earliest = last.as_ref().map_or(time, |said| said.earliest.min(time));
                *last = Some(Said { fingerprint, earliest });
                devices.insert(device.clone());
            }
        }
        devices
    }
}
