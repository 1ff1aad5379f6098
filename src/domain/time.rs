//! Moments and half-open intervals of valid time.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A moment, in nanoseconds since 1970-01-01T00:00:00Z (years 1677 to 2262).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A text that is not a moment, and what would be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a moment: {reason}; write RFC 3339 with an offset, for example 2026-03-01T08:00:00Z"
)]
pub struct InvalidTime {
    /// The text, abridged.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Timestamp {
    /// Before every moment: an interval that starts here has always been.
    pub const MIN: Timestamp = Timestamp(i64::MIN);
    /// After every moment: an interval that ends here has not ended.
    pub const MAX: Timestamp = Timestamp(i64::MAX);

    /// The moment `millis` milliseconds after 1970, if it is in range.
    pub fn from_millis(millis: i64) -> Option<Self> {
        millis.checked_mul(1_000_000).map(Self)
    }

    /// This moment moved by `nanos`, held inside the range.
    pub fn plus_nanos(self, nanos: i64) -> Self {
        Self(self.0.saturating_add(nanos))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(moment) => moment.fmt(f),
            Err(_) => self.0.fmt(f),
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let invalid = |reason: String| InvalidTime { text: super::id::abridged(text), reason };
        let moment = text.parse::<jiff::Timestamp>().map_err(|e| invalid(e.to_string()))?;
        // A leap second is read as the last nanosecond representable would be: that changes the value.
        if text.contains(":60") {
            return Err(invalid("leap seconds are not kept".to_owned()));
        }
        i64::try_from(moment.as_nanosecond())
            .map(Self)
            .map_err(|_| invalid("only the years 1678 to 2261 are kept".to_owned()))
    }
}

/// A half-open interval of valid time, `[from, to)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// The first moment inside.
    pub from: Timestamp,
    /// The first moment after.
    pub to: Timestamp,
}

impl Interval {
    /// All of time.
    pub const ALWAYS: Interval = Interval { from: Timestamp::MIN, to: Timestamp::MAX };

    /// The interval `[from, to)`, unless it is empty.
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// From `from` on, with no end.
    pub fn since(from: Timestamp) -> Self {
        Self { from, to: Timestamp::MAX }
    }

    /// Whether `moment` lies inside.
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.from <= moment && (moment < self.to || self.to == Timestamp::MAX)
    }

    /// `moment` if it lies inside, else the moment inside that is nearest to it.
    pub fn nearest(&self, moment: Timestamp) -> Timestamp {
        if self.contains(moment) {
            return moment;
        }
        if moment < self.from { self.from } else { Timestamp(self.to.0 - 1) }
    }

    /// Whether the whole of `other` lies inside.
    pub fn covers(&self, other: &Interval) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// Whether the two share a moment.
    pub fn overlaps(&self, other: &Interval) -> bool {
        self.from < other.to && other.from < self.to
    }

    /// What the two share.
    pub fn and(&self, other: &Interval) -> Option<Interval> {
        Interval::new(self.from.max(other.from), self.to.min(other.to))
    }

    /// What is left of this interval without any of `others`, in order.
    pub fn without_all(self, others: impl IntoIterator<Item = Interval>) -> Vec<Interval> {
        let mut left = vec![self];
        for other in others {
            left = left.iter().flat_map(|part| part.without(&other).collect::<Vec<_>>()).collect();
        }
        left
    }

    /// What is left of this interval without `other`: none, one or two parts, in order.
    pub fn without(&self, other: &Interval) -> impl Iterator<Item = Interval> {
        let before = Interval::new(self.from, self.to.min(other.from));
        let after = Interval::new(self.from.max(other.to), self.to);
        before.into_iter().chain(after)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Timestamp::MIN, Timestamp::MAX) => f.write_str("always"),
            (from, Timestamp::MAX) => write!(f, "since {from}"),
            (Timestamp::MIN, to) => write!(f, "until {to}"),
            (from, to) => write!(f, "{from} to {to}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn nanoseconds_survive_text_and_back() {
        let text = "2026-03-01T08:00:00.123456789Z";
        assert_eq!(at(text).to_string(), text);
    }

    #[test]
    fn what_cannot_be_kept_exactly_is_refused() {
        for text in [
            "9999-12-31T23:59:60Z",
            "2026-02-30T00:00:00Z",
            "2026-03-01T08:00:00",
            "+275760-09-13T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn removing_the_middle_leaves_both_ends() {
        let whole = Interval { from: Timestamp(0), to: Timestamp(10) };
        let middle = Interval { from: Timestamp(3), to: Timestamp(5) };
        let left: Vec<_> = whole.without(&middle).collect();
        assert_eq!(
            left,
            [
                Interval { from: Timestamp(0), to: Timestamp(3) },
                Interval { from: Timestamp(5), to: Timestamp(10) },
            ]
        );
    }
}
