//! Numbers.

/// The numbers of a field's values; not a number where the text is none.
pub(super) fn parse(text: &str) -> f64 {
    text.trim().parse().unwrap_or(f64::NAN)
}

/// Whether two numbers differ by at most this.
pub(super) fn within(a: f64, b: f64, most: f64) -> bool {
    (a - b).abs() <= most
}

/// Whether two numbers differ by at most this share of the greater.
pub(super) fn within_ratio(a: f64, b: f64, share: f64) -> bool {
    (a - b).abs() <= share * a.abs().max(b.abs())
}
