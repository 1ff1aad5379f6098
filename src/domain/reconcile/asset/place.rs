//! Facts that name the place: site, area, line and station, aligned across the notations of the systems.

use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::location::{self, Atom, Place};
use super::super::normalise::asset::words::Description;
use super::alias::Counts;
use super::facts::Facts;
use super::prior::Subject;
use super::sheet::{Field, Sheet};
use super::site::Sites;
use super::values::PerValue;

/// Atoms in this share of a site's location texts say nothing inside the site.
const NOISE_SHARE: f64 = 0.6;
/// Fewer texts than this teach no noise.
const TEXTS_MIN: u32 = 8;
/// Share of the pairs that must put two areas side by side.
const AREA_SHARE: f64 = 0.1;

/// How places are read: which sites are one, what says nothing at a site, which words name one area.
#[derive(Debug)]
pub struct Places {
    /// The words for areas, lines and stations.
    pub names: Dictionary,
    /// Which site a row is at.
    pub sites: Sites,
    /// The area by the number of its word.
    areas: Vec<u32>,
    atoms: PerValue<Vec<Atom>>,
    /// Atoms that say nothing at a (source, site).
    noise: HashMap<(u16, u32), HashSet<String>>,
    /// Area, line and station by what they were read from.
    read: HashMap<From, [u32; 3]>,
    /// The (site, line, station) that unglued texts name.
    known: HashSet<(u32, String, String)>,
}

/// What a place is read from: source, site and location text.
type From = (u16, u32, u32);

/// A [`From`], the first row that has it, and how many have it.
type Use = (From, usize, u32);

impl Default for Places {
    fn default() -> Self {
        Self {
            names: Dictionary::default(),
            sites: Sites::default(),
            areas: Vec::new(),
            atoms: PerValue::new(Field::Location),
            noise: HashMap::new(),
            read: HashMap::new(),
            known: HashSet::new(),
        }
    }
}

impl Places {
    /// Learns from all records. `anchors` are pairs of rows that surely describe one thing; `positions` tells what else
    /// names the position of a row.
    pub fn learn(
        sheet: &Sheet,
        anchors: &[(u32, u32)],
        subject: Subject,
        positions: impl Fn(usize) -> [u32; 3],
    ) -> Self {
        let mut places = Self::default();
        places.atoms.extend(sheet, location::atoms);
        places.sites = Sites::learn(sheet, &places.atoms, anchors, subject, positions);
        let uses = places.uses(sheet);
        places.noise = places.noise(&uses);
        let read: Vec<Place> = uses.par_iter().map(|&(_, row, _)| places.raw(sheet, row)).collect();
        for ((from, ..), place) in uses.iter().zip(&read) {
            if let Place { line: Some(line), station: Some(station), .. } = place {
                places.known.insert((from.1, line.clone(), station.clone()));
            }
        }
        for ((from, ..), place) in uses.iter().zip(read) {
            let numbers = places.numbers(from.1, place);
            places.read.insert(*from, numbers);
        }
        places
    }

    /// What the rows' places are read from, in order.
    fn uses(&self, sheet: &Sheet) -> Vec<Use> {
        let rows = (0..sheet.len()).into_par_iter();
        let mut found: Vec<(From, usize)> = rows.map(|row| (self.from(sheet, row), row)).collect();
        found.par_sort_unstable();
        let same = found.chunk_by(|x, y| x.0 == y.0);
        same.map(|rows| (rows[0].0, rows[0].1, rows.len() as u32)).collect()
    }

    /// Reads the texts that came since.
    pub fn extend(&mut self, sheet: &Sheet) {
        self.atoms.extend(sheet, location::atoms);
        self.sites.extend(sheet, &self.atoms);
    }

    /// Forgets the texts that the sheet no longer has.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.atoms.rewind(sheet);
        self.sites.rewind(sheet);
    }

    /// The numbers of the line and the station that a description names; 0: none.
    pub fn said(&mut self, said: &Description) -> [u32; 2] {
        let mut number = |text: &Option<String>| number(&mut self.names, text.as_deref());
        [number(&said.line), number(&said.station)]
    }

    /// Site, area, line and station of a row, of which the description says what [`Self::said`] tells; 0: not known.
    pub fn of(&mut self, sheet: &Sheet, row: usize, said: [u32; 2]) -> [u32; 4] {
        self.learnt(sheet, row, said).unwrap_or_else(|| {
            let site = self.sites.of(sheet, row);
            let numbers = self.numbers(site, self.raw(sheet, row));
            self.together(site, numbers, said)
        })
    }

    /// The same, of a row that was there when places were learnt.
    pub fn learnt(&self, sheet: &Sheet, row: usize, said: [u32; 2]) -> Option<[u32; 4]> {
        let from = self.from(sheet, row);
        self.read.get(&from).map(|&numbers| self.together(from.1, numbers, said))
    }

    fn together(&self, site: u32, [area, line, station]: [u32; 3], said: [u32; 2]) -> [u32; 4] {
        let or = |own: u32, said: u32| if own == 0 { said } else { own };
        let area = self.areas.get(area as usize).copied().unwrap_or(area);
        [site, area, or(line, said[0]), or(station, said[1])]
    }

    fn numbers(&mut self, site: u32, mut place: Place) -> [u32; 3] {
        if let Some(glued) = place.glued.take() {
            let split = location::split_glued(&glued, |line, station| {
                self.known.contains(&(site, line.to_owned(), station.to_owned()))
            });
            if let Some((line, station)) = split {
                (place.line, place.station) = (Some(line), Some(station));
            }
        }
        let parts = [&place.area, &place.line, &place.station];
        parts.map(|part| number(&mut self.names, part.as_deref()))
    }

    /// Gives the words of one area in the systems' notations one number.
    pub fn align_areas(&mut self, facts: &mut [Facts], anchors: &[(u32, u32)]) {
        let mut counts = Counts::default();
        for &(a, b) in anchors {
            let (a, b) = (&facts[a as usize], &facts[b as usize]);
            if a.site == b.site {
                counts.add(a.area, b.area);
            }
        }
        self.areas = counts.aliases(AREA_SHARE).classes(self.names.id_bound());
        facts.iter_mut().for_each(|fact| fact.area = self.areas[fact.area as usize]);
    }

    fn from(&self, sheet: &Sheet, row: usize) -> From {
        (sheet.source(row), self.sites.of(sheet, row), sheet.value(row, Field::Location))
    }

    fn raw(&self, sheet: &Sheet, row: usize) -> Place {
        let (source, site, _) = self.from(sheet, row);
        let noise = self.noise.get(&(source, site));
        let head = self.sites.head(sheet, row);
        location::place(self.atoms.at(sheet, row), |atom| {
            noise.is_some_and(|noise| noise.contains(atom))
                || head
                    .split(' ')
                    .any(|part| !part.is_empty() && part == atom.trim_start_matches('0'))
        })
    }

    /// What says nothing at a (source, site).
    fn noise(&self, uses: &[Use]) -> HashMap<(u16, u32), HashSet<String>> {
        let here = |&((source, site, _), ..): &Use| (source, site);
        let groups: Vec<&[Use]> = uses.chunk_by(|x, y| here(x) == here(y)).collect();
        let told = |group: &[Use]| Some((here(&group[0]), self.untelling(group)?));
        let found: Vec<_> = groups.into_par_iter().filter_map(told).collect();
        found.into_iter().collect()
    }

    /// The atoms that most of some location texts have; `None` when too few are there to tell.
    fn untelling(&self, uses: &[Use]) -> Option<HashSet<String>> {
        let atoms = |&((.., text), ..): &Use| &self.atoms.all()[text as usize];
        let (mut texts, mut counts) = (0, HashMap::<&str, u32>::new());
        for of in uses.iter().filter(|of| !atoms(of).is_empty()) {
            texts += of.2;
            let distinct: HashSet<&str> = atoms(of).iter().map(|atom| &*atom.text).collect();
            distinct.into_iter().for_each(|atom| *counts.entry(atom).or_default() += of.2);
        }
        let is_noise = |count: u32| f64::from(count) >= NOISE_SHARE * f64::from(texts);
        let noise = counts.into_iter().filter(|&(_, count)| is_noise(count));
        (texts >= TEXTS_MIN).then(|| noise.map(|(atom, _)| atom.to_owned()).collect())
    }
}

fn number(names: &mut Dictionary, text: Option<&str>) -> u32 {
    text.map_or(0, |text| names.intern(text))
}
