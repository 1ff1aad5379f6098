//! Identifiers: what remains when notation is taken away.

use super::text::unaccent;

/// Letters and digits in lower case, nothing between them. Fillers (`n/a`, `none`, `unknown`,
/// `000…`, `xxx…`) say nothing.
pub fn identifier(raw: &str) -> String {
    let plain: String = unaccent(raw)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    if is_filler(&plain) { String::new() } else { plain }
}

fn is_filler(plain: &str) -> bool {
    const FILLERS: &[&str] =
        &["na", "none", "null", "nil", "nan", "unknown", "unbekannt", "tbd", "tba", "notavailable"];
    let mut letters = plain.chars();
    let first = letters.next();
    let uniform = matches!(first, Some('0' | 'x' | '9')) && letters.all(|c| Some(c) == first);
    FILLERS.contains(&plain) || (uniform && plain.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_goes_and_fillers_say_nothing() {
        assert_eq!(identifier("SN-00 12/a"), "sn0012a");
        for filler in ["N/A", "unknown", "0000", "xxxx", "-"] {
            assert_eq!(identifier(filler), "", "{filler}");
        }
        assert_eq!(identifier("0"), "0");
    }
}
