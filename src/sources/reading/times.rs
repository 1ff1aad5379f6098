//! Moments as systems write them.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::domain::id::abridged;
use crate::domain::time::Timestamp;
use crate::sources::declaration::{ReadOptions, ZoneName};
use crate::sources::moment::Moments;

/// Reads moments as one source writes them.
#[derive(Debug, Clone)]
pub struct Times {
    zone: TimeZone,
    format: Option<String>,
    moments: Moments,
}

const MEND: &str = "write ISO 8601, for example 2026-03-01T08:00:00Z or 2026-03-01, or declare how moments are written, for example time_format = \"%d.%m.%Y\"";
const FIRST_YEAR: i16 = 1678;
const LAST_YEAR: i16 = 2261;

impl Times {
    /// Reads as declared; moments without an offset are those of the declared time zone.
    pub fn new(read: &ReadOptions, moments: Moments) -> Self {
        let zone = read.time_zone.as_ref().map_or(TimeZone::UTC, ZoneName::zone);
        Self { zone, format: read.time_format.clone(), moments }
    }

    /// The moment that a value is. Before the years that are kept it is the beginning of time, after
    /// them its end, as systems write "for ever" as 9999-12-31. None for SAP's `00000000`.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub fn moment(&self, value: &Value) -> Result<Option<Timestamp>, String> {
        match value {
            Value::Number(number) => self.number(number).map(Some),
            Value::String(text) => self.text(text.trim()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                Err(format!("`{}` is not a moment; {MEND}", abridged(&value.to_string())))
            }
        }
    }

    /// The moment after the day in which `last` lies.
    pub fn after_day_of(&self, last: Timestamp) -> Timestamp {
        let day = jiff::Timestamp::from_nanosecond(i128::from(last.0))
            .and_then(|moment| moment.to_zoned(self.zone.clone()).tomorrow())
            .and_then(|next| next.start_of_day());
        match day {
            Ok(day) if last != Timestamp::MAX => {
                i64::try_from(day.timestamp().as_nanosecond()).map_or(Timestamp::MAX, Timestamp)
            }
            Ok(_) | Err(_) => last,
        }
    }

    fn number(&self, number: &serde_json::Number) -> Result<Timestamp, String> {
        let unknown = || {
            Err(format!(
                "`{number}` is not a moment that is known; declare time_format = \"milliseconds\" or \"seconds\", or how it is written, for example \"%Y%m%d\""
            ))
        };
        let scale = match self.format.as_deref() {
            Some("milliseconds") => 1_000_000,
            Some("seconds") => 1_000_000_000,
            // Milliseconds since 1970 of our times have 12 or 13 digits: no date is written so.
            None if number.as_i64().is_some_and(|n| n.unsigned_abs() >= 100_000_000_000) => {
                1_000_000
            }
            None => return unknown(),
            Some(format) => {
                return match self.formatted(format, &number.to_string())? {
                    Some(moment) => Ok(moment),
                    None => unknown(),
                };
            }
        };
        match number.as_i64() {
            Some(whole) => Ok(clamped(i128::from(whole) * i128::from(scale))),
            None => match number.as_f64() {
                Some(number) if number.is_finite() => Ok(clamped((number * scale as f64) as i128)),
                Some(_) | None => unknown(),
            },
        }
    }

    fn text(&self, text: &str) -> Result<Option<Timestamp>, String> {
        if let Some(inner) = text.strip_prefix("/Date(").and_then(|t| t.strip_suffix(")/")) {
            return odata(inner).map(Some).ok_or_else(|| not_a_moment(text));
        }
        match self.format.as_deref() {
            Some("milliseconds" | "seconds") => {
                let number = text.parse::<serde_json::Number>();
                return number
                    .map_err(|_| not_a_moment(text))
                    .and_then(|n| self.number(&n))
                    .map(Some);
            }
            Some(format) => return self.formatted(format, text),
            None => {}
        }
        if text.bytes().all(|b| b == b'0') {
            return Ok(None);
        }
        if text.starts_with(['P', '-', '+']) {
            return self.moments.parse(text).map(Some);
        }
        self.iso(text).map(Some)
    }

    fn iso(&self, text: &str) -> Result<Timestamp, String> {
        if text.contains(":60") {
            return Err(not_a_moment(text));
        }
        let day = text.get(..10).and_then(|day| day.parse::<Date>().ok());
        if let Some(day) = day.filter(|day| !(FIRST_YEAR..=LAST_YEAR).contains(&day.year())) {
            return Ok(self.local(day.into()));
        }
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Ok(clamped(moment.as_nanosecond()));
        }
        // A date with an offset that cannot be is no local moment.
        let has_offset =
            text.ends_with('Z') || text.get(10..).is_some_and(|t| t.contains(['+', '-']));
        if has_offset {
            return Err(not_a_moment(text));
        }
        let wrong = |e: jiff::Error| format!("`{}` is not a moment: {e}; {MEND}", abridged(text));
        if text.len() <= 10 {
            return text.parse::<Date>().map(|d| self.local(d.into())).map_err(wrong);
        }
        text.parse::<DateTime>().map(|moment| self.local(moment)).map_err(wrong)
    }

    fn formatted(&self, format: &str, text: &str) -> Result<Option<Timestamp>, String> {
        let wrong = |e: jiff::Error| {
            let shown = abridged(text);
            format!("`{shown}` is not a moment written as `{format}`: {e}")
        };
        let parts = strtime::parse(format, text).map_err(wrong)?;
        if parts.offset().is_some() {
            return parts.to_timestamp().map(|m| Some(clamped(m.as_nanosecond()))).map_err(wrong);
        }
        let local = parts.to_datetime().or_else(|_| parts.to_date().map(DateTime::from));
        local.map(|local| Some(self.local(local))).map_err(wrong)
    }

    /// The moment at which clocks show this.
    fn local(&self, local: DateTime) -> Timestamp {
        if local.year() > LAST_YEAR {
            return Timestamp::MAX;
        }
        if local.year() < FIRST_YEAR {
            return Timestamp::MIN;
        }
        let moment = self.zone.to_timestamp(local);
        moment.map_or(Timestamp::MAX, |moment| clamped(moment.as_nanosecond()))
    }
}

fn not_a_moment(text: &str) -> String {
    format!("`{}` is not a moment; {MEND}", abridged(text))
}

/// The milliseconds of OData's dates; an offset in minutes only tells what clocks showed.
fn odata(inner: &str) -> Option<Timestamp> {
    let at = inner.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-'));
    let (millis, offset) = inner.split_at(at.map_or(inner.len(), |(at, _)| at));
    if !offset.is_empty() {
        offset[1..].parse::<u16>().ok()?;
    }
    millis.parse::<i64>().ok().map(|millis| clamped(i128::from(millis) * 1_000_000))
}

fn clamped(nanos: i128) -> Timestamp {
    match i64::try_from(nanos) {
        Ok(nanos) => Timestamp(nanos),
        Err(_) if nanos > 0 => Timestamp::MAX,
        Err(_) => Timestamp::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(read: &str) -> Times {
        let read: ReadOptions = toml::from_str(read).unwrap();
        Times::new(&read, Moments::new("2026-03-08T15:04:05Z".parse().unwrap()))
    }

    #[test]
    fn moments_are_read_as_systems_write_them() {
        for (read, value, expected) in [
            ("", Value::from("2026-03-01"), "2026-03-01T00:00:00Z"),
            ("", Value::from("20260301"), "2026-03-01T00:00:00Z"),
            ("", Value::from("2026-03-01 08:00:00"), "2026-03-01T08:00:00Z"),
            ("", Value::from("2026-03-01T08:00:00+01:00"), "2026-03-01T07:00:00Z"),
            ("", Value::from("/Date(1772323199000)/"), "2026-02-28T23:59:59Z"),
            ("", Value::from("/Date(1772323199000+0060)/"), "2026-02-28T23:59:59Z"),
            ("", Value::from(1_772_323_199_000_i64), "2026-02-28T23:59:59Z"),
            ("", Value::from("-P7D"), "2026-03-01T00:00:00Z"),
            ("time_zone = 'Europe/Berlin'", Value::from("2026-07-01"), "2026-06-30T22:00:00Z"),
            ("time_zone = '-05:00'", Value::from("2026-07-01"), "2026-07-01T05:00:00Z"),
            ("time_format = '%d.%m.%Y'", Value::from("01.03.2026"), "2026-03-01T00:00:00Z"),
            ("time_format = '%Y%m%d'", Value::from(20_260_301), "2026-03-01T00:00:00Z"),
            ("time_format = 'seconds'", Value::from("1772323199"), "2026-02-28T23:59:59Z"),
        ] {
            let found = times(read).moment(&value).unwrap().unwrap();
            assert_eq!(found.to_string(), expected, "{read} {value}");
        }
    }

    #[test]
    fn beyond_the_years_that_are_kept_is_for_ever() {
        for text in ["9999-12-31", "/Date(253402214400000)/", "9999-12-31T23:59:59Z"] {
            assert_eq!(times("").moment(&text.into()), Ok(Some(Timestamp::MAX)), "{text}");
        }
        assert_eq!(times("").moment(&"0001-01-01".into()), Ok(Some(Timestamp::MIN)));
        assert_eq!(times("").moment(&"00000000".into()), Ok(None));
    }

    #[test]
    fn what_is_no_moment_is_not_guessed() {
        for value in [
            Value::from("31.02.2026"),
            Value::from("2026-02-31"),
            Value::from("2026-02-31T00:00:00Z"),
            Value::from("2026-02-31T00:00:00"),
            Value::from("yesterday"),
            Value::from("/Date()/"),
            Value::from("/Date(é)/"),
            Value::from(20_260_301),
            Value::from("46000"),
            Value::from(true),
        ] {
            let message = times("").moment(&value).unwrap_err();
            assert!(message.contains("not a moment"), "{value}: {message}");
        }
    }

    #[test]
    fn the_last_day_is_inside() {
        let last = times("").moment(&"/Date(1772323199000)/".into()).unwrap().unwrap();
        assert_eq!(times("").after_day_of(last).to_string(), "2026-03-01T00:00:00Z");
        assert_eq!(times("").after_day_of(Timestamp::MAX), Timestamp::MAX);
    }
}
