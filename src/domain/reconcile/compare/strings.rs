//! Distances and similarities of strings, by the `rapidfuzz` crate, worked out once per pair.

use rapidfuzz::distance::{jaro_winkler, levenshtein, osa};

use super::super::dictionary::Dictionary;
use super::super::profile::Profile;
use super::super::table::Cell;

/// Two texts, and what was already worked out about them. The texts themselves are only fetched when
/// the profiles do not tell enough.
pub(super) struct Strings<'a> {
    values: &'a Dictionary,
    cells: (&'a Cell, &'a Cell),
    /// What the profiles leave open.
    jaro_winkler_max: Option<f64>,
    jaro_winkler: Option<f64>,
    levenshtein: Option<usize>,
    damerau: Option<usize>,
}

impl<'a> Strings<'a> {
    pub(super) fn new(values: &'a Dictionary, cells: (&'a Cell, &'a Cell)) -> Self {
        Self {
            values,
            cells,
            jaro_winkler_max: None,
            jaro_winkler: None,
            levenshtein: None,
            damerau: None,
        }
    }

    /// The two texts.
    pub(super) fn texts(&self) -> (&'a str, &'a str) {
        (self.values.text(self.cells.0.value), self.values.text(self.cells.1.value))
    }

    fn profiles(&self) -> (&'a Profile, &'a Profile) {
        (&self.cells.0.profile, &self.cells.1.profile)
    }

    fn ascii(&self) -> bool {
        let (a, b) = self.profiles();
        a.ascii() && b.ascii()
    }

    /// Whether the sketches leave a Jaro-Winkler similarity of this open.
    pub(super) fn may_jaro_winkler(&mut self, least: f64) -> bool {
        let (a, b) = self.profiles();
        *self.jaro_winkler_max.get_or_insert_with(|| a.jaro_winkler_max(b)) >= least
    }

    /// Whether the sketches leave open that at most so many edits lie between the two.
    pub(super) fn may_edits(&self, most: usize) -> bool {
        let (a, b) = self.profiles();
        a.edits_min(b) as usize <= most
    }

    /// Whether the sketches leave open that the shorter one, of at least so many characters, begins the longer one.
    pub(super) fn may_prefix(&self, least: usize) -> bool {
        let (a, b) = self.profiles();
        usize::from(self.shorter()) >= least && a.same_first(b)
    }

    /// Whether one is a single character.
    pub(super) fn is_initial(&self) -> bool {
        self.shorter() == 1
    }

    fn shorter(&self) -> u8 {
        let (a, b) = self.profiles();
        a.length().min(b.length())
    }

    /// How many edits are this share of the longer one's characters (of 255 at most).
    pub(super) fn edits_of(&self, share: f64) -> usize {
        let (a, b) = self.profiles();
        (share * f64::from(a.length().max(b.length()))) as usize
    }

    /// Whether the Jaro-Winkler similarity is at least this.
    pub(super) fn jaro_winkler(&mut self, least: f64) -> bool {
        if !self.may_jaro_winkler(least) {
            return false;
        }
        let similarity = self.jaro_winkler.unwrap_or_else(|| {
            let (a, b) = self.texts();
            if self.ascii() {
                jaro_winkler::similarity(a.bytes(), b.bytes())
            } else {
                jaro_winkler::similarity(a.chars(), b.chars())
            }
        });
        self.jaro_winkler = Some(similarity);
        similarity >= least
    }

    /// Whether at most so many insertions, deletions and substitutions lie between the two.
    pub(super) fn levenshtein(&mut self, most: usize) -> bool {
        if !self.may_edits(most) {
            return false;
        }
        let distance = self.levenshtein.unwrap_or_else(|| {
            let (a, b) = self.texts();
            if self.ascii() {
                levenshtein::distance(a.bytes(), b.bytes())
            } else {
                levenshtein::distance(a.chars(), b.chars())
            }
        });
        self.levenshtein = Some(distance);
        distance <= most
    }

    /// As [`Strings::levenshtein`], where a swap of neighbours is one edit, too (optimal string
    /// alignment).
    pub(super) fn damerau(&mut self, most: usize) -> bool {
        if !self.may_edits(most) {
            return false;
        }
        let distance = self.damerau.unwrap_or_else(|| {
            let (a, b) = self.texts();
            if self.ascii() {
                osa::distance(a.bytes(), b.bytes())
            } else {
                osa::distance(a.chars(), b.chars())
            }
        });
        self.damerau = Some(distance);
        distance <= most
    }

    /// Whether at most this share of the longer one's characters (of 255 at most) are edits.
    pub(super) fn relative(&mut self, share: f64) -> bool {
        self.damerau(self.edits_of(share))
    }

    /// Whether the shorter one, of at least so many characters, begins the longer one.
    pub(super) fn prefix(&self, least: usize) -> bool {
        let (a, b) = self.by_length();
        usize::from(self.shorter()) >= least && b.starts_with(a)
    }

    /// Whether one is a single letter that begins the other.
    pub(super) fn initial(&self) -> bool {
        if !self.is_initial() {
            return false;
        }
        let (a, b) = self.by_length();
        b.starts_with(a)
    }

    fn by_length(&self) -> (&'a str, &'a str) {
        let (a, b) = self.texts();
        if a.len() <= b.len() { (a, b) } else { (b, a) }
    }

    /// How many first segments of a path (`a/b/c`) are in common.
    pub(super) fn path_depth(&self) -> usize {
        let (a, b) = self.texts();
        a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
    }
}

/// Whether the Jaro-Winkler similarity of two texts is at least this.
pub(super) fn alike(a: &str, b: &str, least: f64) -> bool {
    Profile::of(a).jaro_winkler_max(&Profile::of(b)) >= least
        && jaro_winkler::similarity(a.chars(), b.chars()) >= least
}
