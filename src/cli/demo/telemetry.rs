//! What the sample plant's devices would measure at any moment: pure functions of time.

use serde::Deserialize;
use serde_json::{Value, json};

const NANOS: i64 = 1_000_000_000;

/// The signals of a plant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Played live.
    pub signals: Vec<Signal>,
    /// Filled in before the start.
    pub history: Vec<Signal>,
}

/// One channel of one device.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Signal {
    device: String,
    channel: String,
    every_seconds: i64,
    from: Option<String>,
    to: Option<String>,
    wave: Option<Wave>,
    counter: Option<Counter>,
    choice: Option<Vec<Choice>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wave {
    base: f64,
    amplitude: f64,
    period_seconds: f64,
    noise: f64,
    decimals: i32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counter {
    start: i64,
    increment: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    value: Value,
    weight: u64,
}

impl Signal {
    /// The reading of this second, if one is due; `start` is when counters were at their start.
    pub fn due(&self, second: i64, start: i64) -> Option<Value> {
        (second % self.every_seconds == 0).then(|| self.reading(second, start))
    }

    /// All readings of the signal's past, as of `now`.
    pub fn past(&self, now: i64) -> Vec<Value> {
        let moment = |text: &Option<String>| text.as_deref().map_or(now, |t| before(now, t));
        let (from, to) = (moment(&self.from), moment(&self.to));
        let seconds = (from..to).filter(|second| second % self.every_seconds == 0);
        seconds.map(|second| self.reading(second, from)).collect()
    }

    fn reading(&self, second: i64, start: i64) -> Value {
        let (system, device) = self.device.split_once(':').unwrap_or(("mqtt", &self.device));
        json!({
            "system": system,
            "device": device,
            "channel": self.channel,
            "time": second * 1000,
            "value": self.value(second, start),
        })
    }

    fn value(&self, second: i64, start: i64) -> Value {
        let random = scattered(&self.device, &self.channel, second);
        if let Some(wave) = &self.wave {
            let phase = second as f64 / wave.period_seconds * std::f64::consts::TAU;
            let noise = (random as f64 / u64::MAX as f64 - 0.5) * 2.0 * wave.noise;
            let digits = 10f64.powi(wave.decimals);
            let value = wave.base + wave.amplitude * phase.sin() + noise;
            return json!((value * digits).round() / digits);
        }
        if let Some(counter) = &self.counter {
            let steps = (second - start) / self.every_seconds;
            return json!(counter.start + counter.increment * steps);
        }
        let choices = self.choice.as_deref().unwrap_or_default();
        let total: u64 = choices.iter().map(|c| c.weight).sum();
        let mut left = random % total.max(1);
        for choice in choices {
            if left < choice.weight {
                return choice.value.clone();
            }
            left -= choice.weight;
        }
        Value::Null
    }
}

/// The second that lies an ISO 8601 duration such as `-P7D` before `now`; `now` when it is none.
fn before(now: i64, duration: &str) -> i64 {
    let span = duration.parse::<jiff::SignedDuration>().map(|d| d.as_secs());
    let days = || duration.strip_prefix("-P")?.strip_suffix('D')?.parse::<i64>().ok();
    span.unwrap_or_else(|_| -days().unwrap_or(0) * 86_400) + now
}

/// A number that looks random, and is the same each time for one channel and second.
fn scattered(device: &str, channel: &str, second: i64) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(device.as_bytes()).update(channel.as_bytes()).update(&second.to_le_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

/// Whole seconds since 1970.
pub fn seconds(nanos: i64) -> i64 {
    nanos.div_euclid(NANOS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::plant::TELEMETRY;

    #[test]
    fn every_signal_of_the_plant_has_a_value() {
        let telemetry: Telemetry = serde_json::from_str(TELEMETRY).unwrap();
        for signal in telemetry.signals.iter().chain(&telemetry.history) {
            assert!(!signal.reading(1_790_000_000, 1_789_000_000)["value"].is_null(), "{signal:?}");
        }
    }

    #[test]
    fn history_reaches_back_over_the_swap() {
        let telemetry: Telemetry = serde_json::from_str(TELEMETRY).unwrap();
        let now = 1_790_000_000;
        let times = telemetry.history.iter().flat_map(|s| s.past(now));
        let earliest = times.map(|r| r["time"].as_i64().unwrap()).min().unwrap();
        assert!(earliest < (now - 9 * 86_400) * 1000);
    }
}
