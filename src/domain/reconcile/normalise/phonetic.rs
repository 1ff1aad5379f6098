//! Phonetic codes.

use super::text::unaccent;

/// American Soundex (one letter, three digits) of the first word's letters; nothing when it has none.
///
/// The rule of the US National Archives: `h` and `w` do not part equal codes, vowels do.
pub fn soundex(raw: &str) -> String {
    let plain = unaccent(raw);
    let mut letters = plain
        .chars()
        .skip_while(|c| !c.is_ascii_alphabetic())
        .take_while(|c| c.is_ascii_alphabetic() || *c == '\'')
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_uppercase());
    let Some(first) = letters.next() else { return String::new() };
    let mut code = String::from(first);
    let mut last = digit(first);
    for letter in letters {
        let own = digit(letter);
        if own.is_some() && own != last {
            code.extend(own);
            if code.len() == 4 {
                break;
            }
        }
        if !matches!(letter, 'H' | 'W') {
            last = own;
        }
    }
    while code.len() < 4 {
        code.push('0');
    }
    code
}

fn digit(letter: char) -> Option<char> {
    match letter {
        'B' | 'F' | 'P' | 'V' => Some('1'),
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => Some('2'),
        'D' | 'T' => Some('3'),
        'L' => Some('4'),
        'M' | 'N' => Some('5'),
        'R' => Some('6'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_the_national_archives() {
        for (name, code) in [
            ("Robert", "R163"),
            ("Rupert", "R163"),
            ("Ashcraft", "A261"),
            ("Tymczak", "T522"),
            ("Pfister", "P236"),
            ("Honeyman", "H555"),
            ("Lee", "L000"),
            ("Gutierrez", "G362"),
            ("O'Hara", "O600"),
            ("12", ""),
        ] {
            assert_eq!(soundex(name), code, "{name}");
        }
    }
}
