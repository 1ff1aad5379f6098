//! From when on something is a gap.

use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// From when on something is a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRules {
    /// A device is live if it reported within this time.
    pub live_within: Duration,
    /// A mapping is about to end if it does within this time.
    pub ending_within: Duration,
    /// Names of relationships from a unit to the position that it occupies: what measures the one covers the other.
    pub occupancy: Vec<String>,
}

impl Default for CoverageRules {
    fn default() -> Self {
        Self { live_within: DAY, ending_within: 30 * DAY, occupancy: vec!["occupies".to_owned()] }
    }
}
