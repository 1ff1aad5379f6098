//! Location paths of any notation, as atoms that can be aligned.
//!
//! `P97-UTL-L04-S040`, `Plant 97 > Utilities > Line 4 > Station 040`, `site-97/utl/l4/st040` and `UTL97L4040` name one place.
//! Taken alone, a text yields atoms; which of them are noise (the site, a protocol's prefix) is learnt from its neighbours,
//! because atoms that nearly all locations of a site share tell nothing inside it.

use super::labels::{self, Label};

/// Digits from which on a number after a line's label may be a line and a station without a separator.
const GLUED_DIGITS_MIN: usize = 4;

/// A run of letters or of digits in a location path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atom {
    /// Lower case, with leading zeros.
    pub text: String,
    /// Whether it is a number.
    pub number: bool,
    /// What announced it, directly before.
    pub label: Option<Label>,
}

/// A place inside a site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Words of the area, lower case, joined by a space.
    pub area: Option<String>,
    /// Number or letter of the line.
    pub line: Option<String>,
    /// Number or letter of the station.
    pub station: Option<String>,
    /// Line and station in one number that is still to be split.
    pub glued: Option<String>,
}

/// The atoms of a location path; labels are not atoms, they stand at what they announce.
pub fn atoms(raw: &str) -> Vec<Atom> {
    let lower = raw.to_lowercase();
    let mut atoms: Vec<Atom> = Vec::with_capacity(6);
    let mut pending = None;
    for (text, number) in runs(&lower) {
        if !number
            && let Some(found) = labels::label(text)
            && !(pending.is_some() && text.len() == 1)
        {
            pending = Some((found, text));
            continue;
        }
        if !number
            && text.len() <= 4
            && atoms.iter().any(|atom| atom.number)
            && let Some((found, letter)) = labels::glued_letter(text)
        {
            atoms.push(Atom { text: letter.to_string(), number: false, label: Some(found) });
            pending = None;
            continue;
        }
        let label = pending.take().map(|(found, _)| found);
        atoms.push(Atom { text: text.to_owned(), number, label });
    }
    if let Some((_, text)) = pending.filter(|(_, text)| text.len() == 1) {
        atoms.push(Atom { text: text.to_owned(), number: false, label: None });
    }
    atoms
}

/// The place that atoms name when those that `noise` recognises are left out (each only at its first appearance).
pub fn place(atoms: &[Atom], noise: impl Fn(&str) -> bool) -> Place {
    let mut place = Place::default();
    let mut dropped: Vec<&str> = Vec::with_capacity(4);
    let mut area: Vec<&str> = Vec::new();
    for atom in atoms {
        if noise(&atom.text) && !dropped.contains(&&*atom.text) {
            dropped.push(&atom.text);
            continue;
        }
        let code = atom.number || atom.text.len() == 1;
        match atom.label {
            Some(Label::Site) if atom.number => {}
            Some(Label::Station) if code => place.station = Some(code_text(atom)),
            Some(Label::Line) if code => set_line(&mut place, atom),
            _ if !code => area.push(&atom.text),
            _ if place.line.is_none() && place.glued.is_none() => set_line(&mut place, atom),
            _ if place.station.is_none() => place.station = Some(code_text(atom)),
            _ => {}
        }
    }
    if !area.is_empty() {
        place.area = Some(area.join(" "));
    }
    place
}

fn set_line(place: &mut Place, atom: &Atom) {
    if atom.number && atom.text.len() >= GLUED_DIGITS_MIN {
        place.glued = Some(atom.text.clone());
    } else {
        place.line = Some(code_text(atom));
    }
}

/// A number without leading zeros, or a letter.
fn code_text(atom: &Atom) -> String {
    let bare = atom.text.trim_start_matches('0');
    if bare.is_empty() { "0".to_owned() } else { bare.to_owned() }
}

/// Splits a glued number into line and station, where the site knows such a line and such a station.
pub fn split_glued(digits: &str, known: impl Fn(&str, &str) -> bool) -> Option<(String, String)> {
    (1..digits.len()).find_map(|at| {
        let (line, station) = digits.split_at(at);
        let (line, station) = (line.trim_start_matches('0'), station.trim_start_matches('0'));
        (!line.is_empty() && !station.is_empty() && known(line, station))
            .then(|| (line.to_owned(), station.to_owned()))
    })
}

/// Maximal runs of letters or digits, with whether they are digits.
fn runs(lower: &str) -> impl Iterator<Item = (&str, bool)> {
    lower.split(|c: char| !c.is_alphanumeric()).flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            let digits = rest.chars().next()?.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
            let (run, tail) = rest.split_at(end);
            rest = tail;
            Some((run, digits))
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place_of(raw: &str) -> Place {
        let noise =
            |text: &str| ["97", "1097", "leipzig", "spbv", "1", "0", "ddata", "dt"].contains(&text);
        place(&atoms(raw), noise)
    }

    #[test]
    fn notations_of_a_place_agree() {
        let rows = [
            "P97-UTL-L04-S040",
            "1097-UTL-04-040",
            "W97.UTL.4.040",
            "PLANT-97/UTL/LINE-04/STATION-040",
            "site-97/utl/l4/st040",
            "spBv1.0/P97_UTL/DDATA/L04/040",
            "dt/p97/utl/line4/040",
            "leipzig/UTL/L4/040",
        ];
        for raw in rows {
            let place = place_of(raw);
            assert_eq!(
                (place.area.as_deref(), place.line.as_deref(), place.station.as_deref()),
                (Some("utl"), Some("4"), Some("40")),
                "{raw}"
            );
        }
    }

    #[test]
    fn stations_may_be_letters() {
        for raw in [
            "P97-PRS-L09-SL",
            "1097-PRS-09-L",
            "site-97/prs/l9/stl",
            "Plant 97 > Prs > Line 9 > Station L",
            "leipzig/PRS/LN9/STN L",
            "PRS97L9L",
        ] {
            let place = place_of(raw);
            assert_eq!(
                (place.line.as_deref(), place.station.as_deref()),
                (Some("9"), Some("l")),
                "{raw}"
            );
        }
    }

    #[test]
    fn glued_numbers_are_split_where_the_site_knows_the_parts() {
        assert_eq!(place_of("UTL97L4040").glued.as_deref(), Some("4040"));
        assert_eq!(
            split_glued("4040", |line, station| line == "4" && station == "40"),
            Some(("4".into(), "40".into()))
        );
        assert_eq!(split_glued("4040", |_, _| false), None);
    }

    proptest! {
        #[test]
        fn any_text_is_safe(raw in "\\PC{0,40}") {
            let _ = place(&atoms(&raw), |_| false);
        }
    }
}
