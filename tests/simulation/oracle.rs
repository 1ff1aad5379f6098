//! What must be true, kept the simple way: every reading in a list, every mapping moment by moment.

use counterpart::domain::id::{Position, StreamId};
use counterpart::domain::reading::{Quality, Reading};
use counterpart::domain::time::Timestamp;
use counterpart::domain::value::Value;

/// Moments of event time that occur: 1 to this.
pub const MOMENTS: usize = 100;
/// Channels that occur.
pub const CHANNELS: usize = 5;
/// Twins that occur.
pub const TWINS: usize = 3;
/// Properties of a twin that are measured.
pub const PATHS: [&str; 2] = ["flow", "vibration"];

/// What a channel measures: a twin and a property, by their places in the lists.
pub type Target = (usize, usize);

/// A reading as the oracle sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    pub channel: usize,
    pub time: usize,
    pub sequence: u64,
    pub value: i64,
}

/// The state of the world as it should be.
#[derive(Debug, Clone)]
pub struct Oracle {
    readings: Vec<Sent>,
    mapping: Vec<Vec<Option<Target>>>,
}

impl Oracle {
    /// Nothing measured, nothing mapped.
    pub fn new() -> Self {
        Self { readings: Vec::new(), mapping: vec![vec![None; MOMENTS + 1]; CHANNELS] }
    }

    /// Takes readings; answers how many were new and mapped, new and unmapped, and known before.
    pub fn ingest(&mut self, batch: &[Sent]) -> (usize, usize, usize) {
        let (mut accepted, mut quarantined, mut duplicate) = (0, 0, 0);
        for sent in batch {
            if self.readings.contains(sent) {
                duplicate += 1;
                continue;
            }
            match self.mapping[sent.channel][sent.time] {
                Some(_) => accepted += 1,
                None => quarantined += 1,
            }
            self.readings.push(*sent);
        }
        (accepted, quarantined, duplicate)
    }

    /// Maps a channel during `[from, to)`.
    pub fn map(&mut self, channel: usize, from: usize, to: usize, target: Option<Target>) {
        self.mapping[channel][from..to].fill(target);
    }

    /// Whether a channel measures anything during `[from, to)`.
    pub fn is_mapped(&self, channel: usize, from: usize, to: usize) -> bool {
        self.mapping[channel][from..to].iter().any(Option::is_some)
    }

    /// The state of a property as of a moment: value and event time.
    pub fn state(&self, target: Target, as_of: usize) -> Option<(Value, Timestamp)> {
        let fits = |s: &&Sent| s.time <= as_of && self.mapping[s.channel][s.time] == Some(target);
        let latest = self.readings.iter().filter(fits).map(reading).max_by_key(Reading::order)?;
        Some((latest.value, latest.time))
    }

    /// How many readings there are.
    pub fn len(&self) -> usize {
        self.readings.len()
    }
}

fn reading(sent: &Sent) -> Reading {
    Reading {
        stream: StreamId(0),
        time: Timestamp(sent.time as i64),
        sequence: sent.sequence,
        value: Value::Integer(sent.value),
        quality: Quality::Good,
    }
}

/// The world as it was known at a position.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// The position.
    pub position: Position,
    /// The world.
    pub oracle: Oracle,
}
