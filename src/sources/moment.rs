//! Moments in files: absolute, or relative to the day of the import.

use jiff::Span;
use jiff::tz::TimeZone;

use crate::domain::id::abridged;
use crate::domain::time::{Interval, Timestamp};

/// Reads moments as of one import.
#[derive(Debug, Clone, Copy)]
pub struct Moments {
    now: Timestamp,
}

impl Moments {
    /// Relative moments count from the midnight (UTC) with which the day of `now` began, so that
    /// a file that is imported twice on one day says the same twice.
    pub fn new(now: Timestamp) -> Self {
        Self { now }
    }

    /// The moment that `text` names: RFC 3339 with an offset, or an ISO 8601 duration such as `-P7D`.
    ///
    /// # Errors
    /// What is wrong and how to mend it.
    pub fn parse(&self, text: &str) -> Result<Timestamp, String> {
        if text.trim_start_matches(['-', '+']).starts_with('P') {
            return self.relative(text);
        }
        text.parse::<Timestamp>()
            .map_err(|e| format!("{e}; or a duration from the day of the import, for example -P7D"))
    }

    /// The midnight with which the day of the import began.
    pub fn today(&self) -> Timestamp {
        self.parse("P0D").unwrap_or(self.now)
    }

    /// The interval between two moments; a missing one is open.
    ///
    /// # Errors
    /// What is wrong and how to mend it.
    pub fn interval(&self, from: Option<&str>, to: Option<&str>) -> Result<Interval, String> {
        let moment = |text: Option<&str>| text.map(|t| self.parse(t)).transpose();
        let (from, to) = (moment(from)?, moment(to)?);
        let (from, to) = (from.unwrap_or(Timestamp::MIN), to.unwrap_or(Timestamp::MAX));
        Interval::new(from, to)
            .ok_or_else(|| format!("`from` ({from}) must lie before `to` ({to})"))
    }

    fn relative(&self, text: &str) -> Result<Timestamp, String> {
        let wrong = |e: jiff::Error| {
            let shown = abridged(text);
            format!("`{shown}` is not a duration: {e}; write ISO 8601, for example -P7D")
        };
        let span: Span = text.parse().map_err(wrong)?;
        let day = jiff::Timestamp::from_nanosecond(i128::from(self.now.0))
            .and_then(|now| now.to_zoned(TimeZone::UTC).start_of_day())
            .and_then(|day| day.checked_add(span))
            .map_err(wrong)?;
        i64::try_from(day.timestamp().as_nanosecond())
            .map(Timestamp)
            .map_err(|_| format!("`{}` leads out of the years 1678 to 2261", abridged(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments() -> Moments {
        Moments::new("2026-03-08T15:04:05Z".parse().unwrap())
    }

    #[test]
    fn relative_moments_count_from_the_day_of_the_import() {
        for (text, expected) in [
            ("-P7D", "2026-03-01T00:00:00Z"),
            ("-P1W", "2026-03-01T00:00:00Z"),
            ("P1D", "2026-03-09T00:00:00Z"),
            ("-P1M", "2026-02-08T00:00:00Z"),
            ("-P6DT18H", "2026-03-01T06:00:00Z"),
            ("2026-03-01T01:00:00+01:00", "2026-03-01T00:00:00Z"),
        ] {
            assert_eq!(moments().parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused_with_an_example() {
        for text in ["", "yesterday", "P", "-P7", "P9999Y", "2026-02-31T00:00:00Z"] {
            let message = moments().parse(text).unwrap_err();
            assert!(message.contains("P7D") || message.contains("1678"), "{text}: {message}");
        }
    }

    #[test]
    fn an_interval_that_ends_before_it_begins_is_refused() {
        let message = moments().interval(Some("-P1D"), Some("-P2D")).unwrap_err();
        assert!(message.contains("must lie before"), "{message}");
    }
}
