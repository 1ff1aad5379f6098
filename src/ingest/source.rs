//! Who sends: a name for the audit trail, and the counters that account for every reading.

use std::collections::HashMap;
use std::sync::Arc;

use metrics::{Counter, counter};

use super::problem::Code;
use crate::domain::batch::Account;
use crate::domain::id::{InvalidId, name};

/// The label of sources beyond the limit.
const OTHER: &str = "other";

/// A sender of readings.
#[derive(Clone)]
pub struct Source {
    name: Arc<str>,
    counters: Arc<Counters>,
}

/// Counters of one source; received is the sum of the other four (invariant I4).
struct Counters {
    label: Arc<str>,
    received: Counter,
    accepted: Counter,
    duplicate: Counter,
    quarantined: Counter,
    rejected: Counter,
}

impl Counters {
    fn new(label: Arc<str>) -> Self {
        let outcome = |outcome: &'static str| counter!("counterpart_readings_total", "source" => label.to_string(), "outcome" => outcome);
        Self {
            received: counter!("counterpart_readings_received_total", "source" => label.to_string()),
            accepted: outcome("accepted"),
            duplicate: outcome("duplicate"),
            quarantined: outcome("quarantined"),
            rejected: outcome("rejected"),
            label,
        }
    }
}

impl Source {
    /// The name, as the audit trail holds it.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Counts what the engine answered.
    pub(super) fn count(&self, account: &Account) {
        let Account { accepted, duplicate, quarantined, rejected } = *account;
        let counters = &self.counters;
        counters.accepted.increment(accepted as u64);
        counters.duplicate.increment(duplicate as u64);
        counters.quarantined.increment(quarantined as u64);
        let kept = accepted + duplicate + quarantined;
        counters.received.increment(kept as u64);
        self.count_rejected(Code::LimitReached, rejected);
    }

    /// Counts readings that were not kept.
    pub(super) fn count_rejected(&self, code: Code, readings: usize) {
        if readings == 0 {
            return;
        }
        let readings = readings as u64;
        self.counters.received.increment(readings);
        self.counters.rejected.increment(readings);
        let label = self.counters.label.to_string();
        counter!("counterpart_readings_rejected_total", "source" => label, "code" => code.as_str())
            .increment(readings);
    }
}

/// The sources heard of, up to a limit: a label is for ever, so senders must not make up new ones.
pub(super) struct Sources {
    known: parking_lot::Mutex<HashMap<Arc<str>, Source>>,
    other: Arc<Counters>,
    sources_max: usize,
}

impl Sources {
    pub(super) fn new(sources_max: usize) -> Self {
        metrics::describe_counter!(
            "counterpart_readings_received_total",
            "Readings that came in, by source: the sum of counterpart_readings_total"
        );
        metrics::describe_counter!(
            "counterpart_readings_total",
            "Readings by source and by what became of them"
        );
        metrics::describe_counter!(
            "counterpart_readings_rejected_total",
            "Readings that were not kept, by source and cause"
        );
        Self {
            known: parking_lot::Mutex::default(),
            other: Arc::new(Counters::new(OTHER.into())),
            sources_max,
        }
    }

    pub(super) fn get(&self, text: &str) -> Result<Source, InvalidId> {
        let mut known = self.known.lock();
        if let Some(source) = known.get(text) {
            return Ok(source.clone());
        }
        let name = name("the source", text)?;
        if known.len() >= self.sources_max {
            let counters = self.other.clone();
            return Ok(Source { name, counters });
        }
        let counters = Arc::new(Counters::new(name.clone()));
        let source = Source { name: name.clone(), counters };
        known.insert(name, source.clone());
        Ok(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_beyond_the_limit_share_their_counters_but_keep_their_names() {
        let sources = Sources::new(1);
        let first = sources.get("line-1").unwrap();
        let second = sources.get("line-2").unwrap();
        let third = sources.get("line-3").unwrap();
        assert_eq!(first.counters.label.as_ref(), "line-1");
        assert!(Arc::ptr_eq(&second.counters, &third.counters));
        assert_eq!(third.name().as_ref(), "line-3");
        assert!(sources.get("a\nb").is_err());
    }
}
