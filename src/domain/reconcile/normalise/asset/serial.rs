//! Serial numbers: one canonical form for all the ways in which people type them.

/// Fewest characters of a serial that can tell one unit from another.
pub const SERIAL_CHARS_MIN: usize = 3;

/// Words that people write before a serial; each is followed by something that is no letter or digit, except `S/N` and `#`.
const PREFIXES: [&str; 9] =
    ["SERIAL NO", "SERIENNR", "SERIAL", "SER.NR", "SER NO", "SER", "S/N", "SN", "NO"];

/// Words for "we have none" after everything but letters and digits is dropped.
const FILLERS: [&str; 16] = [
    "NA",
    "NV",
    "NONE",
    "NIL",
    "NULL",
    "TBD",
    "TBA",
    "UNKNOWN",
    "UNBEKANNT",
    "SEENAMEPLATE",
    "NOTREADABLE",
    "NOTAVAILABLE",
    "NOSERIAL",
    "NOTKNOWN",
    "DEFAULT",
    "TEST",
];

/// The letters and digits of a serial in upper case, without what people write around them.
///
/// `"S/N: 0604-529*"` becomes `"0604529"`; a filler (`"N/A"`, `"see nameplate"`, `"00000"`) becomes `None`.
pub fn canonical(raw: &str) -> Option<String> {
    let upper = raw.trim().to_uppercase();
    let bare: String = without_prefix(&upper).chars().filter(|c| c.is_alphanumeric()).collect();
    (!is_filler(&bare)).then_some(bare)
}

/// Classes of characters that are taken for each other on nameplates: O/0, I/1, S/5, B/8, Z/2, G/6. Leading zeros go.
pub fn folded(canonical: &str) -> String {
    let folded: String = canonical.chars().map(fold_char).collect();
    let trimmed = folded.trim_start_matches('0');
    if trimmed.is_empty() { folded } else { trimmed.to_owned() }
}

/// Fewest digits of a number after letters that may leave its leading zeros out.
const NUMBER_DIGITS_MIN: usize = 4;

/// A canonical serial of letters and then a number, in these parts, the number without leading zeros: `SZC00300650` is `SZC` and
/// `300650`.
pub fn numbered(canonical: &str) -> Option<(&str, &str)> {
    let letters = canonical.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, number) = canonical.split_at(letters);
    let number = number.trim_start_matches('0');
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    (!letters.is_empty() && digits >= NUMBER_DIGITS_MIN).then_some((letters, number))
}

/// The class of a character among those that look alike.
pub fn fold_char(c: char) -> char {
    match c {
        'O' | 'Q' => '0',
        'I' => '1',
        'S' => '5',
        'B' => '8',
        'Z' => '2',
        'G' => '6',
        other => other,
    }
}

/// The serial that a description ends with, as in `"FEED PUMP SN 4711-08"`.
pub fn in_text(text: &str) -> Option<&str> {
    let upper = text.to_ascii_uppercase();
    let at = ["S/N", " SN ", " SN:", "SER.NR", " SERIAL "]
        .iter()
        .filter_map(|mark| upper.rfind(mark))
        .max()?;
    let tail = text.get(at..)?.trim();
    tail.chars().any(|c| c.is_ascii_digit()).then_some(tail)
}

fn without_prefix(upper: &str) -> &str {
    let mut rest = upper.trim_start_matches(['#', ' ']);
    for prefix in PREFIXES {
        if let Some(tail) = rest.strip_prefix(prefix) {
            let glued = tail.starts_with(|c: char| c.is_alphanumeric());
            if (!glued || prefix == "S/N") && tail.chars().any(|c| c.is_ascii_digit()) {
                rest = tail;
                break;
            }
        }
    }
    rest
}

/// Whether letters and digits in upper case are a word for "we have none".
pub fn means_none(bare: &str) -> bool {
    FILLERS.contains(&bare)
}

fn is_filler(bare: &str) -> bool {
    let mut chars = bare.chars();
    let Some(first) = chars.next() else { return true };
    bare.chars().count() < SERIAL_CHARS_MIN
        || chars.all(|c| c == first)
        || !bare.contains(|c: char| c.is_ascii_digit())
        || means_none(bare)
        || "12345678901234567890".starts_with(bare)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_write_around_a_serial_is_dropped() {
        for raw in [
            "0604529-19",
            "S/N0604529-19",
            "SN: 0604529 19",
            "sn 0604529/19",
            "Ser.Nr. 0604529.19",
            "#060452919*",
            " 0604529-19 ",
        ] {
            assert_eq!(canonical(raw).as_deref(), Some("060452919"), "{raw}");
        }
        assert_eq!(canonical("SNA-0012").as_deref(), Some("SNA0012"), "a serial may begin with SN");
    }

    #[test]
    fn fillers_are_no_serials() {
        for raw in [
            "",
            "-",
            "0",
            "0000000000",
            "N/A",
            "n.v.",
            "XXXXXX",
            "see nameplate",
            "123456",
            "TBD",
            "not readable",
        ] {
            assert_eq!(canonical(raw), None, "{raw}");
        }
    }

    #[test]
    fn look_alikes_and_leading_zeros_fold() {
        assert_eq!(folded("O0I5B"), "158");
        assert_eq!(folded("000123"), folded("123"));
        assert_eq!(folded("5GZ"), folded("S62"));
    }

    #[test]
    fn a_number_after_letters_has_no_leading_zeros() {
        assert_eq!(numbered("SZC00300650"), Some(("SZC", "300650")));
        assert_eq!(numbered("SZC00300650"), numbered("SZC300650"));
        assert_eq!(numbered("00300650"), None);
        assert_eq!(numbered("A0012"), None, "too short to be a number of its own");
    }

    #[test]
    fn a_serial_is_found_at_the_end_of_a_description() {
        assert_eq!(in_text("FEED PUMP SN 4711-08").and_then(canonical).as_deref(), Some("471108"));
        assert_eq!(in_text("screw snap fit"), None);
    }

    proptest! {
        #[test]
        fn canonical_form_is_a_fixed_point(raw in "\\PC{0,24}") {
            if let Some(once) = canonical(&raw) {
                let twice = canonical(&once);
                prop_assert!(twice.is_none() || twice.as_deref() == Some(&once));
                prop_assert_eq!(folded(&folded(&once)), folded(&once));
            }
        }

        #[test]
        fn separators_change_nothing(serial in "[1-9][A-Z0-9]{5,12}[13579]", at in 1usize..5) {
            let mut dashed = serial.clone();
            dashed.insert(at, '-');
            prop_assert_eq!(canonical(&dashed), canonical(&serial));
        }
    }
}
