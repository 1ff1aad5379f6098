//! Words that announce a place in a plant, in the languages that equipment lists are kept in.

/// Which level of a plant a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// Whole sites: plant, works.
    Site,
    /// Lines.
    Line,
    /// Stations, cells, bays.
    Station,
}

const SITE: [&str; 14] = [
    "plant", "site", "werk", "planta", "usine", "factory", "works", "plt", "p", "w", "fabrik",
    "sitio", "location", "loc",
];
const LINE: [&str; 11] =
    ["line", "ln", "l", "linie", "linea", "ligne", "lane", "lin", "anlage", "train", "unit"];
const STATION: [&str; 14] = [
    "station", "stn", "st", "s", "stat", "estacion", "cell", "zelle", "celda", "bay", "poste",
    "stelle", "platz", "ws",
];

/// What a lower-case word announces, if anything.
pub fn label(word: &str) -> Option<Label> {
    if LINE.contains(&word) {
        Some(Label::Line)
    } else if STATION.contains(&word) {
        Some(Label::Station)
    } else if SITE.contains(&word) {
        Some(Label::Site)
    } else {
        None
    }
}

/// A label glued to a single letter, as in `sta` (station A): the label and the letter.
pub fn glued_letter(word: &str) -> Option<(Label, char)> {
    let letter = word.chars().next_back()?;
    let head = word.strip_suffix(letter)?;
    label(head).filter(|found| *found != Label::Site).map(|found| (found, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_announce_levels() {
        assert_eq!(label("linie"), Some(Label::Line));
        assert_eq!(label("stn"), Some(Label::Station));
        assert_eq!(label("packaging"), None);
        assert_eq!(glued_letter("sta"), Some((Label::Station, 'a')));
        assert_eq!(glued_letter("mix"), None);
    }
}
