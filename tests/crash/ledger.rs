//! What was sent, and what was acknowledged.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// One reading, with values that tell it apart from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// Number of the channel.
    pub channel: u8,
    /// Event time in milliseconds.
    pub time_ms: i64,
    /// The value.
    pub value: i64,
}

impl Sent {
    /// As it goes over the wire.
    pub fn to_json(self) -> Value {
        json!({
            "device": "GW-1",
            "channel": format!("ch{}", self.channel),
            "time": self.time_ms,
            "value": self.value,
        })
    }
}

/// All that was sent.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Acknowledged: must be there.
    pub acknowledged: BTreeSet<Sent>,
    /// Sent, but never answered: may be there.
    pub uncertain: BTreeSet<Sent>,
}

impl Ledger {
    /// Notes a batch.
    pub fn note(&mut self, batch: &[Sent], acknowledged: bool) {
        if acknowledged {
            self.acknowledged.extend(batch);
        } else {
            self.uncertain.extend(batch);
        }
    }
}
