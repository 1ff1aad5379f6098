//! What the sensors measure, and what that makes of their state.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Readings of each point.
pub const READINGS: u16 = 20;
/// When the first is taken, in milliseconds since 1970.
const START_MS: i64 = 1_750_000_000_000;
/// Between two readings of a point.
const STEP_MS: i64 = 60_000;

/// One reading of a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub point: String,
    pub time_ms: i64,
    pub sequence: u16,
    pub value: f64,
    pub quality: &'static str,
}

impl Reading {
    /// As it goes over HTTP.
    pub fn to_json(&self) -> Value {
        let mut item = self.to_message();
        item["system"] = json!("bms");
        item["device"] = json!(self.point);
        item["channel"] = json!("value");
        item
    }

    /// As it goes over MQTT, where the topic names the point.
    pub fn to_message(&self) -> Value {
        json!({
            "time": self.time_ms,
            "seq": self.sequence,
            "value": self.value,
            "quality": self.quality,
        })
    }
}

/// All readings of all points, in the order in which they are taken.
pub fn taken(points: &[&str]) -> Vec<Reading> {
    let numbered = |n| points.iter().zip(0_u32..).map(move |(id, p)| (*id, p, n));
    let all = (0..READINGS).flat_map(numbered);
    all.map(|(id, point, n)| reading(id, point, n)).collect()
}

fn reading(id: &str, point: u32, n: u16) -> Reading {
    // Some devices correct their last reading: the same moment, a greater sequence.
    let is_correction = point.is_multiple_of(5) && n + 1 == READINGS;
    let step = i64::from(n) - i64::from(is_correction);
    let tenths = (point * 31 + u32::from(n) * 7) % 200;
    let quality = if (point + u32::from(n)).is_multiple_of(11) { "uncertain" } else { "good" };
    Reading {
        point: id.to_owned(),
        time_ms: START_MS + step * STEP_MS + i64::from(point),
        sequence: n,
        value: 10.0 + f64::from(tenths) / 10.0,
        quality,
    }
}

/// The state that readings make, in whatever order they come.
pub fn latest(readings: &[Reading]) -> BTreeMap<&str, &Reading> {
    let mut latest: BTreeMap<&str, &Reading> = BTreeMap::new();
    for reading in readings {
        let held = latest.entry(&reading.point).or_insert(reading);
        if (reading.time_ms, reading.sequence) > (held.time_ms, held.sequence) {
            *held = reading;
        }
    }
    latest
}

/// The readings in two shares, each out of order. A part goes both ways, and some twice the same way.
pub fn shares(readings: &[Reading]) -> (Vec<Reading>, Vec<Reading>) {
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for (n, reading) in readings.iter().enumerate() {
        let both = n.is_multiple_of(5);
        if n.is_multiple_of(2) || both {
            one.push(reading.clone());
        }
        if !n.is_multiple_of(2) || both {
            other.push(reading.clone());
        }
        if n.is_multiple_of(50) {
            one.push(reading.clone());
            other.push(reading.clone());
        }
    }
    shuffle(&mut one, 1);
    shuffle(&mut other, 2);
    (one, other)
}

fn shuffle(readings: &mut [Reading], seed: u64) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for n in (1..readings.len()).rev() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let other = usize::try_from(random % (n as u64 + 1)).expect("an index");
        readings.swap(n, other);
    }
}
