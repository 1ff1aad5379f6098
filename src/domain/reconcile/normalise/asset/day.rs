//! Dates as days, for differences.

/// Days since 1970-01-01 of a date in ISO 8601, `20240131` or `31.01.2024`; a time of day after it is ignored.
pub fn parse(raw: &str) -> Option<i32> {
    let raw = raw.trim();
    let b = raw.as_bytes();
    let (year, month, day) = if b.len() >= 10 && b[4] == b'-' && b[7] == b'-' {
        (raw.get(0..4)?, raw.get(5..7)?, raw.get(8..10)?)
    } else if b.len() >= 10 && b[2] == b'.' && b[5] == b'.' {
        (raw.get(6..10)?, raw.get(3..5)?, raw.get(0..2)?)
    } else if b.len() == 8 && b.iter().all(u8::is_ascii_digit) {
        (raw.get(0..4)?, raw.get(4..6)?, raw.get(6..8)?)
    } else {
        return None;
    };
    let date =
        jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (date.year() > 1900 && date.year() < 9999).then(|| days_from_civil(date))
}

fn days_from_civil(date: jiff::civil::Date) -> i32 {
    let (y, m, d) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_date_agree() {
        assert_eq!(parse("1970-01-01"), Some(0));
        for raw in ["2024-02-29", "20240229", "29.02.2024", "2024-02-29T10:00:00Z"] {
            assert_eq!(parse(raw), Some(19_782), "{raw}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for raw in ["", "2023-02-31", "0000-00-00", "9999-12-31", "00000000", "yesterday"] {
            assert_eq!(parse(raw), None, "{raw}");
        }
    }
}
