//! Text: case, accents, punctuation and white space.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Without accents: `é` is `e`, `ß` is `ss`, `ø` is `o`. Compatibility forms are folded (NFKD).
pub fn unaccent(raw: &str) -> String {
    if raw.is_ascii() {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    for c in raw.nfkd().filter(|c| !is_combining_mark(*c)) {
        match plain(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    out
}

/// Letters that Unicode does not take apart.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'ẞ' => "SS",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'ø' => "o",
        'Ø' => "O",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ł' => "l",
        'Ł' => "L",
        'þ' => "th",
        'Þ' => "TH",
        'ı' => "i",
        '’' | '‘' => "'",
        '–' | '—' => "-",
        _ => return None,
    })
}

/// Lower case without accents; white space trimmed and single.
pub fn fold(raw: &str) -> String {
    let lower = unaccent(raw).to_lowercase();
    let mut out = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Words of letters and digits in lower case without accents. Apostrophes join (`o'brien` is
/// `obrien`), all other punctuation parts.
pub fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut gap = false;
    for c in unaccent(raw).chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else if c != '\'' {
            gap = true;
        }
    }
    out
}

/// Only the letters, in lower case without accents.
pub fn letters(raw: &str) -> String {
    unaccent(raw).chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_words_only() {
        for (raw, plain) in [
            ("  Müller-Lüdenscheidt, K. ", "muller ludenscheidt k"),
            ("O'Brien", "obrien"),
            ("Straße 5/a", "strasse 5 a"),
            ("ＡＢＣ", "abc"),
            ("--", ""),
        ] {
            assert_eq!(text(raw), plain);
        }
    }

    #[test]
    fn fold_keeps_punctuation() {
        assert_eq!(fold(" P-101\t A "), "p-101 a");
        assert_eq!(letters("O'Brien 3rd"), "obrienrd");
    }
}
