//! The spellings of dates, times, durations, decimals, bytes and UUIDs in strings.

/// Takes exactly `count` digits off the front.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (number, rest) = text.split_at_checked(count)?;
    let all = number.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| number.parse().ok().map(|number| (number, rest))).flatten()
}

fn after<'t>(text: &'t str, separator: &str) -> Option<&'t str> {
    text.strip_prefix(separator)
}

/// Takes a full-date of RFC 3339 off the front.
fn date(text: &str) -> Option<&str> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(after(rest, "-")?, 2)?;
    let (day, rest) = digits(after(rest, "-")?, 2)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (year >= 1 && (1..=days).contains(&day)).then_some(rest)
}

/// Takes a full-time of RFC 3339 off the front: seconds with any fraction, and an offset.
fn time(text: &str) -> Option<&str> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(after(rest, ":")?, 2)?;
    let (second, rest) = digits(after(rest, ":")?, 2)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let rest = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let end = fraction.bytes().take_while(u8::is_ascii_digit).count();
            (end > 0).then(|| &fraction[end..])?
        }
    };
    if let Some(rest) = rest.strip_prefix('Z') {
        return Some(rest);
    }
    let (hour, rest) = digits(rest.strip_prefix(['+', '-'])?, 2)?;
    let (minute, rest) = digits(after(rest, ":")?, 2)?;
    (hour <= 23 && minute <= 59).then_some(rest)
}

/// A full-date of RFC 3339.
pub(crate) fn is_date(text: &str) -> bool {
    date(text) == Some("")
}

/// A full-time of RFC 3339.
pub(crate) fn is_time(text: &str) -> bool {
    time(text) == Some("")
}

/// A date-time of RFC 3339, with a capital T.
pub(crate) fn is_date_time(text: &str) -> bool {
    date(text).and_then(|rest| after(rest, "T")).and_then(time) == Some("")
}

/// A duration of ISO 8601: `P3Y6M4DT12H30M5S`, `P4W`. Only the last part may have a fraction.
pub(crate) fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    let (days, times) = match rest.split_once('T') {
        Some((_, "")) => return false,
        Some((days, times)) => (days, Some(times)),
        None => (rest, None),
    };
    if days.is_empty() && times.is_none() {
        return false;
    }
    let last = times.is_none();
    let calendar = takes(days, "YMD", last) || takes(days, "WD", last);
    calendar && times.is_none_or(|times| takes(times, "HMS", true))
}

/// Whether a text is numbers with these designators, in this order, each at most once.
fn takes(mut text: &str, designators: &str, fraction_allowed: bool) -> bool {
    let mut designators = designators.chars();
    while !text.is_empty() {
        let whole = text.bytes().take_while(u8::is_ascii_digit).count();
        let mut rest = &text[whole..];
        let fraction = rest.strip_prefix('.');
        if let Some(after) = fraction {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            if count == 0 {
                return false;
            }
            rest = &after[count..];
        }
        let Some(found) = rest.chars().next() else {
            return false;
        };
        if whole == 0 || !designators.any(|designator| designator == found) {
            return false;
        }
        text = &rest[found.len_utf8()..];
        if fraction.is_some() && !(fraction_allowed && text.is_empty()) {
            return false;
        }
    }
    true
}

/// A decimal number: a sign, digits without leading zeros, a fraction.
pub(crate) fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let good_whole =
        !whole.is_empty() && digits(whole) && (whole == "0" || !whole.starts_with('0'));
    good_whole && digits(fraction)
}

/// Base64 with padding (RFC 4648 section 4).
pub(crate) fn is_base64(text: &str) -> bool {
    let unpadded = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let letters =
        unpadded.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    letters && text.len().is_multiple_of(4)
}

/// A UUID (RFC 9562 section 4), in either case.
pub(crate) fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut parts = text.split('-');
    let hex = |part: &str, length| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    lengths.into_iter().all(|length| parts.next().is_some_and(|part| hex(part, length)))
        && parts.next().is_none()
}

/// The whole number that digits spell, without fraction and exponent: `2` and `-2`, but not
/// `2.0`, which the standard's integral schemas do not take.
pub(crate) fn whole_number(digits: &str) -> Option<i128> {
    digits.parse().ok()
}
