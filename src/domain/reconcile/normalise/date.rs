//! Dates in their usual notations.

/// `YYYY-MM-DD` where the text is a date: ISO 8601 (a time after it is dropped), `YYYYMMDD`,
/// `DD.MM.YYYY`, and with slashes or dashes day first unless only month first makes sense.
/// Years alone stay `YYYY`. Digits that are no date stay as they are (a typing error is still
/// comparable), with dashes where they belong when there are eight; anything else says nothing.
pub fn date(raw: &str) -> String {
    let text = raw.trim();
    let text = text.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    if parts.iter().any(|p| p.is_empty() || !p.bytes().all(|b| b.is_ascii_digit())) {
        return String::new();
    }
    match parts[..] {
        [all] if all.len() == 8 => format!("{}-{}-{}", &all[..4], &all[4..6], &all[6..]),
        [all] => all.to_owned(),
        [y, m] if y.len() == 4 => format!("{y}-{m:0>2}"),
        [y, m, d] if y.len() == 4 => format!("{y}-{m:0>2}-{d:0>2}"),
        [d, m, y] if y.len() == 4 => day_first(d, m, y),
        _ => String::new(),
    }
}

fn day_first(first: &str, second: &str, year: &str) -> String {
    let is_month = |part: &str| part.parse::<u32>().is_ok_and(|m| (1..=12).contains(&m));
    let (day, month) = if is_month(second) { (first, second) } else { (second, first) };
    format!("{year}-{month:0>2}-{day:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_of_one_day() {
        for raw in
            ["2024-03-09", "20240309", "09.03.2024", "9/3/2024", "2024-03-09T12:00:00Z", "2024/3/9"]
        {
            assert_eq!(date(raw), "2024-03-09", "{raw}");
        }
        assert_eq!(date("12/25/2024"), "2024-12-25");
        assert_eq!(date("1893"), "1893");
        assert_eq!(date("2024-03"), "2024-03");
        assert_eq!(date("soon"), "");
        assert_eq!(date("20241399"), "2024-13-99");
    }
}
