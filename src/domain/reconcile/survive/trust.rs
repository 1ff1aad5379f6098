//! How far a source is trusted, and how that wears off.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::time::Timestamp;

/// The authority of a source of which nobody said any.
pub const AUTHORITY_DEFAULT: f64 = 0.5;

/// How far a source is trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct Trust {
    /// Its authority, from 0 (the last to be asked) on; what counts is how sources compare.
    pub authority: f64,
    /// The same for single properties.
    pub properties: BTreeMap<Arc<str>, f64>,
    /// After this time since the source touched a record, its trust in it is halved, and so on.
    pub half_life: Option<Duration>,
    /// After this time a record is stale: all that are not go before it.
    pub stale_after: Option<Duration>,
}

impl Trust {
    /// The trust in a source of which nobody said anything.
    pub const DEFAULT: Trust = Trust {
        authority: AUTHORITY_DEFAULT,
        properties: BTreeMap::new(),
        half_life: None,
        stale_after: None,
    };

    /// The trust in what the source says of a property, when it touched it last at `stated`.
    ///
    /// What has no date does not age: the source may look at it every day.
    pub fn of(&self, path: &str, stated: Option<Timestamp>, moment: Timestamp) -> f64 {
        let authority = self.properties.get(path).copied().unwrap_or(self.authority);
        authority * stated.map_or(1.0, |stated| self.left_after(age(stated, moment)))
    }

    /// What is left of a trust of 1 after some time.
    fn left_after(&self, age: Duration) -> f64 {
        if self.stale_after.is_some_and(|limit| age > limit) {
            return 0.0;
        }
        match self.half_life {
            Some(half_life) if !half_life.is_zero() => {
                (-(age.as_secs_f64() / half_life.as_secs_f64())).exp2()
            }
            Some(_) | None => 1.0,
        }
    }
}

/// The trust in a source of which nobody said anything.
pub static UNTOLD: Trust = Trust::DEFAULT;

impl Default for Trust {
    fn default() -> Self {
        Self::DEFAULT
    }
}

fn age(stated: Timestamp, moment: Timestamp) -> Duration {
    let nanos = i128::from(moment.0) - i128::from(stated.0);
    Duration::from_nanos(u64::try_from(nanos.max(0)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000_000;

    #[test]
    fn trust_halves_with_each_half_life_and_ends_when_stale() {
        let day = Duration::from_secs(86_400);
        let trust = Trust {
            authority: 0.8,
            half_life: Some(day * 100),
            stale_after: Some(day * 365),
            ..Trust::DEFAULT
        };
        let after = |days: i64| trust.of("name", Some(Timestamp(0)), Timestamp(days * DAY));
        assert_eq!([after(0), after(100), after(200)], [0.8, 0.4, 0.2]);
        assert!(after(365) > 0.0);
        assert_eq!(after(366), 0.0);
        assert_eq!(after(-10), 0.8, "what is stated later is no older than now");
        assert_eq!(trust.of("name", None, Timestamp(0)), 0.8, "what has no date does not age");
    }

    #[test]
    fn a_property_may_have_an_authority_of_its_own() {
        let properties = BTreeMap::from([(Arc::from("serialNumber"), 0.9)]);
        let trust = Trust { authority: 0.2, properties, ..Trust::DEFAULT };
        assert_eq!(trust.of("serialNumber", None, Timestamp(0)), 0.9);
        assert_eq!(trust.of("name", None, Timestamp(0)), 0.2);
    }
}
