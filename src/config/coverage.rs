//! From when on something is a gap of coverage, and how often gaps are counted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::coverage::CoverageRules;

const HOUR_S: u64 = 3_600;
const DAY_S: u64 = 24 * HOUR_S;

/// The coverage board.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Coverage {
    /// A device is live if it reported within so many hours.
    pub live_within_hours: u64,
    /// A mapping is about to end if it does within so many days.
    pub ending_within_days: u64,
    /// Names of relationships from a unit to the position that it occupies: what measures the one covers the other.
    pub occupancy: Vec<String>,
    /// Gaps are counted for the metrics every so many seconds; never with 0.
    pub count_every_s: u64,
}

impl Default for Coverage {
    fn default() -> Self {
        let CoverageRules { live_within, ending_within, occupancy } = CoverageRules::default();
        Self {
            live_within_hours: live_within.as_secs() / HOUR_S,
            ending_within_days: ending_within.as_secs() / DAY_S,
            occupancy,
            count_every_s: 300,
        }
    }
}

impl Coverage {
    /// The rules for the domain.
    pub fn rules(&self) -> CoverageRules {
        CoverageRules {
            live_within: Duration::from_secs(self.live_within_hours.saturating_mul(HOUR_S)),
            ending_within: Duration::from_secs(self.ending_within_days.saturating_mul(DAY_S)),
            occupancy: self.occupancy.clone(),
        }
    }

    /// How often gaps are counted, if at all.
    pub fn count_every(&self) -> Option<Duration> {
        (self.count_every_s > 0).then(|| Duration::from_secs(self.count_every_s))
    }
}
