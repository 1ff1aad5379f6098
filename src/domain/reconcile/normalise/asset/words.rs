//! Descriptions as words: what the thing is and does, and what they say in passing of its place.

use super::labels::{self, Label};
use super::{serial, tag};

/// What a description says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Words in lower case, in the order of the text, without those below.
    pub words: Vec<String>,
    /// Line, where a label announces it.
    pub line: Option<String>,
    /// Station, where a label announces it.
    pub station: Option<String>,
    /// Letter of the parallel unit at the end (`FEED PUMP B`), upper case.
    pub suffix: Option<char>,
    /// A tag in the text.
    pub tag: Option<tag::Tag>,
    /// The canonical serial that the text ends with.
    pub serial: Option<String>,
}

/// Reads a description.
pub fn parse(raw: &str) -> Description {
    let mut found = Description { tag: tag::in_text(raw), ..Description::default() };
    let mut text = raw;
    if let Some(tail) = serial::in_text(raw) {
        found.serial = serial::canonical(tail);
        text = raw.strip_suffix(tail).or_else(|| raw.trim_end().strip_suffix(tail)).unwrap_or(raw);
    }
    let lower = text.to_lowercase();
    let mut pending = None;
    for token in lower.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|t| !t.is_empty())
    {
        if tag::in_text(token).is_some() {
            continue;
        }
        for word in token.split('-').filter(|w| !w.is_empty()) {
            take(&mut found, word, &mut pending);
        }
    }
    if let Some(last) = found.words.last()
        && last.len() == 1
        && last.bytes().all(|b| b.is_ascii_lowercase())
    {
        found.suffix = last.chars().next().map(|c| c.to_ascii_uppercase());
        found.words.pop();
    }
    found
}

fn take(found: &mut Description, word: &str, pending: &mut Option<Label>) {
    let code = word.len() <= 4 && (word.bytes().all(|b| b.is_ascii_digit()) || word.len() == 1);
    match pending.take() {
        Some(Label::Line) if code => found.line = Some(bare(word)),
        Some(Label::Station) if code => found.station = Some(bare(word)),
        _ => match labels::label(word).filter(|_| word.len() > 1) {
            Some(label) => *pending = Some(label),
            None => found.words.push(word.to_owned()),
        },
    }
}

fn bare(word: &str) -> String {
    let bare = word.trim_start_matches('0');
    if bare.is_empty() { "0".to_owned() } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_says_place_and_suffix_in_passing() {
        let found = parse("Wastewater line 2 stn 010 pressure transmitter B");
        assert_eq!(found.words, ["wastewater", "pressure", "transmitter"]);
        assert_eq!(
            (found.line.as_deref(), found.station.as_deref(), found.suffix),
            (Some("2"), Some("10"), Some('B'))
        );
    }

    #[test]
    fn a_station_letter_is_no_suffix() {
        let found = parse("mixer station B");
        assert_eq!((found.station.as_deref(), found.suffix), (Some("b"), None));
    }

    #[test]
    fn tags_and_serials_are_taken_out() {
        let found = parse("PLC controller PLC-61059 reject SN S12-99");
        assert_eq!(found.words, ["plc", "controller", "reject"]);
        assert_eq!(found.tag.map(|tag| tag.text()).as_deref(), Some("PLC61059"));
        assert_eq!(found.serial.as_deref(), Some("S1299"));
    }
}
