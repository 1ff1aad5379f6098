//! Digits and numbers.

/// Only the digits.
pub fn digits(raw: &str) -> String {
    raw.chars().filter(char::is_ascii_digit).collect()
}

/// A number in its shortest form (`007.50` is `7.5`); nothing when it is none.
///
/// A comma is a decimal point when it is the only separator and not followed by exactly three digits.
pub fn number(raw: &str) -> String {
    let text = raw.trim().replace(['\u{a0}', ' ', '\''], "");
    let plain = match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => text.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => text.replace(',', ""),
        (Some(comma), None) if text.len() - comma - 1 != 3 && text.matches(',').count() == 1 => {
            text.replace(',', ".")
        }
        (Some(_), None) => text.replace(',', ""),
        _ => text,
    };
    match plain.parse::<f64>() {
        Ok(value) if value.is_finite() => format!("{value}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_their_notations() {
        for (raw, plain) in [
            ("007.50", "7.5"),
            ("1.234,5", "1234.5"),
            ("1,234.5", "1234.5"),
            ("1,5", "1.5"),
            ("1,500", "1500"),
            ("12 000", "12000"),
            ("n/a", ""),
            ("inf", ""),
        ] {
            assert_eq!(number(raw), plain, "{raw}");
        }
        assert_eq!(digits("+49 (0) 30-1"), "490301");
    }
}
