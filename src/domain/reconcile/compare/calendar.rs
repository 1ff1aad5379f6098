//! Dates.

use jiff::civil;

/// The parts of a date as written, and its day if it exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Written {
    year: u16,
    month: u8,
    day: u8,
    /// Days since the common era's start of the calendar; `None` when the day does not exist.
    number: Option<i32>,
}

/// Reads `YYYY-MM-DD`, also of days that do not exist.
pub(super) fn parse(text: &str) -> Option<Written> {
    let mut parts = text.splitn(3, '-');
    let year: u16 = parts.next()?.parse().ok()?;
    let month: u8 = parts.next()?.parse().ok()?;
    let day: u8 = parts.next()?.parse().ok()?;
    let number = i16::try_from(year)
        .ok()
        .and_then(|y| civil::Date::new(y, month.try_into().ok()?, day.try_into().ok()?).ok())
        .and_then(|date| civil::Date::ZERO.until(date).ok())
        .map(|span| span.get_days());
    Some(Written { year, month, day, number })
}

/// Whether two days that exist lie at most so many days apart.
pub(super) fn within(a: Written, b: Written, days: u32) -> bool {
    matches!((a.number, b.number), (Some(a), Some(b)) if a.abs_diff(b) <= days)
}

/// Whether all but one of year, month and day agree, or day and month are swapped.
pub(super) fn one_part_differs(a: Written, b: Written) -> bool {
    let equal = [a.year == b.year, a.month == b.month, a.day == b.day];
    equal.iter().filter(|equal| **equal).count() >= 2
        || (a.year == b.year && a.month == b.day && a.day == b.month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Written {
        parse(text).expect("it is written as a date")
    }

    #[test]
    fn distances_of_days() {
        assert!(within(day("2023-12-31"), day("2024-01-01"), 1));
        assert!(!within(day("2023-12-30"), day("2024-01-01"), 1));
        assert!(!within(day("2023-02-31"), day("2023-02-31"), 9), "no such day");
        assert_eq!(parse("2023"), None);
    }

    #[test]
    fn one_part_may_differ() {
        for (a, b, expected) in [
            ("1980-05-04", "1980-04-05", true),
            ("1980-05-04", "1981-05-04", true),
            ("1980-05-04", "1980-05-24", true),
            ("1980-05-04", "1981-05-05", false),
        ] {
            assert_eq!(one_part_differs(day(a), day(b)), expected, "{a} {b}");
        }
    }
}
