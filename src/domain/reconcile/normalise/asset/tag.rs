//! Tags of positions (ISA-5.1 style): `P-101A`, `p_101a`, `07-P-00101A` and `P07.P-101A` are one place in plant 7.

/// A tag in its parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tag {
    /// Letters of the function, upper case: `PT`.
    pub letters: String,
    /// Loop number without leading zeros.
    pub number: String,
    /// Letter of the parallel unit (`A` in `P-101A`), upper case.
    pub suffix: Option<char>,
}

impl Tag {
    /// The tag as one text: `PT101A`.
    pub fn text(&self) -> String {
        let mut text = format!("{}{}", self.letters, self.number);
        text.extend(self.suffix);
        text
    }
}

/// The parts of a tag, or `None` when it has no letters before its number.
pub fn parse(raw: &str) -> Option<Tag> {
    let upper = raw.trim().to_ascii_uppercase();
    let runs = runs(&upper);
    let number = runs.iter().rposition(|run| run.digits && !run.text.is_empty())?;
    let letters = number.checked_sub(1).filter(|&at| !runs[at].digits)?;
    let suffix = match &runs[number + 1..] {
        [] => None,
        [only] if only.text.len() == 1 => only.text.chars().next(),
        _ => return None,
    };
    let digits = runs[number].text.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    Some(Tag { letters: runs[letters].text.to_owned(), number: digits.to_owned(), suffix })
}

/// The first word of a description that has the form of a tag: letters, a hyphen, at least three digits.
pub fn in_text(text: &str) -> Option<Tag> {
    text.split([' ', ',', ';', '(', ')']).filter(|word| looks_like_tag(word)).find_map(parse)
}

fn looks_like_tag(word: &str) -> bool {
    let Some((letters, rest)) = word.split_once('-') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    !letters.is_empty()
        && letters.len() <= 4
        && letters.bytes().all(|b| b.is_ascii_alphabetic())
        && digits >= 3
        && rest.len() <= digits + 1
}

struct Run<'a> {
    text: &'a str,
    digits: bool,
}

/// Maximal runs of letters and of digits; everything else separates.
fn runs(upper: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::with_capacity(4);
    let mut start = None::<(usize, bool)>;
    for (at, c) in upper.char_indices() {
        let class =
            if c.is_ascii_digit() { Some(true) } else { c.is_alphabetic().then_some(false) };
        if start.map(|(_, digits)| digits) != class {
            if let Some((from, digits)) = start {
                runs.push(Run { text: &upper[from..at], digits });
            }
            start = class.map(|digits| (at, digits));
        }
    }
    if let Some((from, digits)) = start {
        runs.push(Run { text: &upper[from..], digits });
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn notations_of_a_tag_agree() {
        for raw in ["P-101A", "P101A", "p 101a", "07-P-101A", "P07.P-00101A", "P_101A", "P-101-A"] {
            assert_eq!(parse(raw).map(|tag| tag.text()).as_deref(), Some("P101A"), "{raw}");
        }
    }

    #[test]
    fn parallel_units_are_two_places() {
        assert_ne!(parse("P-101A"), parse("P-101B"));
        assert_ne!(parse("P-101A"), parse("P-101"));
    }

    #[test]
    fn what_has_no_letters_or_no_number_is_no_tag() {
        for raw in ["", "101", "PUMP", "P-101ABC", "P-101A-B"] {
            assert_eq!(parse(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_tag_in_a_description_is_found() {
        assert_eq!(
            in_text("flow meter FT-40311 main").map(|tag| tag.text()).as_deref(),
            Some("FT40311")
        );
        assert_eq!(in_text("S7-1500 CPU 1515-2 PN"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_safe(raw in "\\PC{0,20}") {
            if let Some(tag) = parse(&raw) {
                prop_assert_eq!(parse(&tag.text()), Some(tag));
            }
        }
    }
}
