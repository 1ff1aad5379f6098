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
    /// Which step of the path it is in.
    pub step: u8,
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
    for (text, number, step) in runs(&lower) {
        if !number
            && let Some(found) = labels::label(text)
            && !(pending.is_some() && text.len() == 1)
        {
            pending = Some((found, text, step));
            continue;
        }
        if !number
            && text.len() <= 4
            && atoms.iter().any(|atom| atom.number)
            && let Some((found, letter)) = labels::glued_letter(text)
        {
            atoms.push(Atom { text: letter.to_string(), number: false, label: Some(found), step });
            pending = None;
            continue;
        }
        let label = pending.take().map(|(found, ..)| found);
        atoms.push(Atom { text: text.to_owned(), number, label, step });
    }
    if let Some((_, text, step)) = pending.filter(|(_, text, _)| text.len() == 1) {
        atoms.push(Atom { text: text.to_owned(), number: false, label: None, step });
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

/// Maximal runs of letters or digits, with whether they are digits and in which step of the path they are; a space ends no step.
fn runs(lower: &str) -> impl Iterator<Item = (&str, bool, u8)> {
    let steps = lower.split(|c: char| !c.is_alphanumeric() && c != ' ');
    let steps = steps
        .filter(|step| !step.trim().is_empty())
        .zip((0..u8::MAX).chain(std::iter::repeat(u8::MAX)));
    steps.flat_map(|(text, step)| text.split(' ').map(move |part| (part, step))).flat_map(
        |(part, step)| {
            let mut rest = part;
            std::iter::from_fn(move || {
                let digits = rest.chars().next()?.is_ascii_digit();
                let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
                let (run, tail) = rest.split_at(end);
                rest = tail;
                Some((run, digits, step))
            })
        },
    )
}

/// How a plant's text names the site: `site-97`, `PLANT-97` and `W97` say `97`, `LEIP97` says `leip 97`.
pub fn plant(raw: &str) -> Option<String> {
    let atoms = atoms(raw);
    let labelled = atoms.iter().find(|atom| atom.label == Some(Label::Site) && atom.number);
    match labelled {
        Some(atom) => Some(code_text(atom)),
        None if atoms.is_empty() => {
            Some(raw.trim().to_lowercase()).filter(|name| name.contains(char::is_alphanumeric))
        }
        None => Some(joined(&atoms)),
    }
}

/// How a location path names its site, if it does: by a number that a word announces (`P97-UTL`), by its first step when
/// another step names the area (`1097-UTL`, `Leipzig/UTL`), by a number between area and line (`UTL97L4`), or by a name that
/// `known` recognises.
pub fn site(atoms: &[Atom], known: impl Fn(&str) -> bool) -> Option<String> {
    let announced = |atom: &&Atom| atom.label == Some(Label::Site) && atom.number;
    if let Some(atom) = atoms.iter().find(announced) {
        return Some(code_text(atom));
    }
    let head = atoms.first().filter(|head| head.label.is_none())?;
    let end = atoms.iter().position(|atom| atom.step != head.step).unwrap_or(atoms.len());
    let (first, rest) = atoms.split_at(end);
    let number = first.get(1).filter(|atom| !head.number && atom.number && atom.label.is_none());
    if let Some(number) = number {
        let lines = atoms.get(2).is_some_and(|next| next.label == Some(Label::Line));
        if lines || (known(&code_text(number)) && !known(&joined(first))) {
            return Some(code_text(number));
        }
    }
    let is_area = |atom: &Atom| !atom.number && atom.text.len() > 1 && atom.label.is_none();
    let name = joined(first);
    let plain = first.iter().all(|atom| atom.label.is_none()) && (!head.number || first.len() == 1);
    (plain && (rest.iter().any(is_area) || known(&name))).then_some(name)
}

fn joined(atoms: &[Atom]) -> String {
    let texts: Vec<String> = atoms
        .iter()
        .map(|atom| if atom.number { code_text(atom) } else { atom.text.clone() })
        .collect();
    texts.join(" ")
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

    #[test]
    fn a_location_names_its_site_first() {
        let site = |raw: &str| site(&atoms(raw), |name| name == "graz");
        for (raw, name) in [
            ("P97-UTL-L04-S040", Some("97")),
            ("1097-UTL-04-040", Some("1097")),
            ("W07.UTL.4.040", Some("7")),
            ("Plant 97 > Boiler House > Line 4", Some("97")),
            ("spBv1.0/P97_UTL/DDATA/L04/040", Some("97")),
            ("leipzig/UTL/L4/040", Some("leipzig")),
            ("Leipzig 2/Packaging", Some("leipzig 2")),
            ("UTL97L4040", Some("97")),
            ("Graz", Some("graz")),
            ("Boiler House/LN3", None),
            ("MIX-03-010", None),
            ("L04-S040", None),
            ("", None),
        ] {
            assert_eq!(site(raw).as_deref(), name, "{raw}");
        }
    }

    #[test]
    fn names_of_a_plant_agree_where_a_word_announces_its_number() {
        for raw in ["PLANT-07", "site-7", "P07", "W7", "Werk 7"] {
            assert_eq!(plant(raw).as_deref(), Some("7"), "{raw}");
        }
        assert_eq!(plant("LEIP97").as_deref(), Some("leip 97"));
        assert_eq!(plant("1007").as_deref(), Some("1007"));
        assert_eq!((plant(""), plant("-"), plant("Plant").as_deref()), (None, None, Some("plant")));
    }

    proptest! {
        #[test]
        fn any_text_is_safe(raw in "\\PC{0,40}") {
            let _ = place(&atoms(&raw), |_| false);
            let _ = (plant(&raw), site(&atoms(&raw), |_| true));
        }
    }
}
