//! Facts that name the place: site, area, line and station, aligned across the notations of the systems.

use hashbrown::{HashMap, HashSet};

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
    /// Places by (source, site, location text), as far as they were read.
    read: HashMap<(u16, u32, u32), Place>,
    /// The (site, line, station) that unglued texts name.
    known: HashSet<(u32, String, String)>,
}

/// How many location texts there are, and how many of them have each atom.
type Seen<'a> = (u32, HashMap<&'a str, u32>);

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
        places.noise = places.noise(sheet);
        for row in 0..sheet.len() {
            let key = places.key(sheet, row);
            if !places.read.contains_key(&key) {
                let place = places.raw(sheet, row);
                if let Place { line: Some(line), station: Some(station), .. } = &place {
                    places.known.insert((key.1, line.clone(), station.clone()));
                }
                places.read.insert(key, place);
            }
        }
        places
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

    /// Site, area, line and station of a row; 0: not known.
    pub fn of(&mut self, sheet: &Sheet, row: usize, said: &Description) -> [u32; 4] {
        let key = self.key(sheet, row);
        let site = key.1;
        let mut place = self.read.get(&key).cloned().unwrap_or_else(|| self.raw(sheet, row));
        if let Some(glued) = place.glued.take() {
            let split = location::split_glued(&glued, |line, station| {
                self.known.contains(&(site, line.to_owned(), station.to_owned()))
            });
            if let Some((line, station)) = split {
                (place.line, place.station) = (Some(line), Some(station));
            }
        }
        let line = place.line.as_deref().or(said.line.as_deref());
        let station = place.station.as_deref().or(said.station.as_deref());
        let mut number = |text: Option<&str>| text.map_or(0, |text| self.names.intern(text));
        let (area, line, station) = (number(place.area.as_deref()), number(line), number(station));
        [site, self.areas.get(area as usize).copied().unwrap_or(area), line, station]
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

    /// Source, site and location text of a row.
    fn key(&self, sheet: &Sheet, row: usize) -> (u16, u32, u32) {
        (sheet.source(row), self.sites.of(sheet, row), sheet.value(row, Field::Location))
    }

    fn raw(&self, sheet: &Sheet, row: usize) -> Place {
        let (source, site, _) = self.key(sheet, row);
        let noise = self.noise.get(&(source, site));
        let head = self.sites.head(sheet, row);
        location::place(self.atoms.at(sheet, row), |atom| {
            noise.is_some_and(|noise| noise.contains(atom))
                || head
                    .split(' ')
                    .any(|part| !part.is_empty() && part == atom.trim_start_matches('0'))
        })
    }

    fn noise(&self, sheet: &Sheet) -> HashMap<(u16, u32), HashSet<String>> {
        let mut uses: HashMap<(u16, u32, u32), u32> = HashMap::new();
        for row in (0..sheet.len()).filter(|&row| !self.atoms.at(sheet, row).is_empty()) {
            *uses.entry(self.key(sheet, row)).or_default() += 1;
        }
        let mut seen: HashMap<(u16, u32), Seen<'_>> = HashMap::new();
        for (&(source, site, text), &count) in &uses {
            let (texts, counts) = seen.entry((source, site)).or_default();
            *texts += count;
            let here = &self.atoms.all()[text as usize];
            let distinct: HashSet<&str> = here.iter().map(|atom| &*atom.text).collect();
            distinct.into_iter().for_each(|atom| *counts.entry(atom).or_default() += count);
        }
        let untelling = |(texts, counts): Seen<'_>| {
            counts
                .into_iter()
                .filter(|&(_, count)| f64::from(count) >= NOISE_SHARE * f64::from(texts))
                .map(|(atom, _)| atom.to_owned())
                .collect()
        };
        seen.into_iter()
            .filter(|(_, (texts, _))| *texts >= TEXTS_MIN)
            .map(|(group, seen)| (group, untelling(seen)))
            .collect()
    }
}
