//! Facts that name the place: site, area, line and station, aligned across the notations of the systems.

use hashbrown::{HashMap, HashSet};

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::location::{self, Atom, Place};
use super::super::normalise::asset::words::Description;
use super::alias::Counts;
use super::sheet::{Field, Sheet};

/// Atoms in this share of a site's location texts say nothing inside the site.
const NOISE_SHARE: f64 = 0.6;
/// Fewer texts than this teach no noise.
const TEXTS_MIN: u32 = 8;
/// Share of the pairs that must put two sites, or two areas, side by side.
const SITE_SHARE: f64 = 0.08;
const AREA_SHARE: f64 = 0.1;

/// The place of each record.
#[derive(Debug, Default, Clone)]
pub struct Places {
    /// Site, area, line, station; 0: not known.
    pub of: Vec<[u32; 4]>,
    /// The words for areas, lines and stations.
    pub names: Dictionary,
}

/// Reads and aligns the places. `anchors` are pairs of rows that surely describe one thing.
pub fn places(sheet: &Sheet, descriptions: &[Description], anchors: &[(u32, u32)]) -> Places {
    let sites = sites(sheet, anchors);
    let raw = raw_places(sheet, &sites);
    let mut names = Dictionary::default();
    let known = stations_by_site(&sites, &raw);
    let mut of: Vec<[u32; 4]> = Vec::with_capacity(sheet.len());
    for row in 0..sheet.len() {
        let mut place = raw.place(row).cloned().unwrap_or_default();
        if let Some(glued) = place.glued.take() {
            let split = location::split_glued(&glued, |line, station| {
                known.contains(&(sites[row], line.to_owned(), station.to_owned()))
            });
            if let Some((line, station)) = split {
                (place.line, place.station) = (Some(line), Some(station));
            }
        }
        let said = &descriptions[sheet.value(row, Field::Description) as usize];
        let line = place.line.as_deref().or(said.line.as_deref());
        let station = place.station.as_deref().or(said.station.as_deref());
        let mut number = |text: Option<&str>| text.map_or(0, |text| names.intern(text));
        of.push([sites[row], number(place.area.as_deref()), number(line), number(station)]);
    }
    align_areas(&mut of, names.id_bound(), anchors);
    Places { of, names }
}

/// The site of each record: its plant's text, or the class of texts that pairs of records put side by side.
fn sites(sheet: &Sheet, anchors: &[(u32, u32)]) -> Vec<u32> {
    let column = sheet.column(Field::Plant);
    let mut counts = Counts::default();
    for &(a, b) in anchors {
        counts.add(column.cells[a as usize], column.cells[b as usize]);
    }
    let classes = counts.aliases(SITE_SHARE).classes(column.values.id_bound());
    column.cells.iter().map(|&value| classes[value as usize]).collect()
}

/// Places by (source, plant, location) text.
struct RawPlaces {
    of: Vec<u32>,
    places: Vec<Place>,
}

impl RawPlaces {
    fn place(&self, row: usize) -> Option<&Place> {
        self.places.get(self.of[row] as usize)
    }
}

fn raw_places(sheet: &Sheet, sites: &[u32]) -> RawPlaces {
    let locations = sheet.column(Field::Location);
    let atoms: Vec<Vec<Atom>> = (0..locations.values.id_bound() as u32)
        .map(|value| location::atoms(locations.values.text(value)))
        .collect();
    let mut uses: HashMap<(u16, u32, u32), u32> = HashMap::new();
    for (row, &site) in sites
        .iter()
        .enumerate()
        .filter(|(row, _)| !atoms[locations.cells[*row] as usize].is_empty())
    {
        *uses.entry((sheet.source(row), site, locations.cells[row])).or_default() += 1;
    }
    let mut texts: HashMap<(u16, u32), u32> = HashMap::new();
    let mut seen: HashMap<(u16, u32), HashMap<&str, u32>> = HashMap::new();
    for (&(source, site, text), &count) in &uses {
        *texts.entry((source, site)).or_default() += count;
        let counts = seen.entry((source, site)).or_default();
        let distinct: HashSet<&str> = atoms[text as usize].iter().map(|atom| &*atom.text).collect();
        distinct.into_iter().for_each(|atom| *counts.entry(atom).or_default() += count);
    }
    let mut memo: HashMap<(u16, u32, u32), u32> = HashMap::new();
    let mut raw = RawPlaces { of: Vec::with_capacity(sheet.len()), places: Vec::new() };
    for (row, &site) in sites.iter().enumerate() {
        let (source, text) = (sheet.source(row), locations.cells[row]);
        let next = raw.places.len() as u32;
        let index = *memo.entry((source, site, text)).or_insert(next);
        if index == next {
            let all = texts.get(&(source, site)).copied().unwrap_or(0);
            let counts = seen.get(&(source, site));
            let noise = |atom: &str| {
                let count = counts.and_then(|counts| counts.get(atom)).copied().unwrap_or(0);
                all >= TEXTS_MIN && f64::from(count) >= NOISE_SHARE * f64::from(all)
            };
            raw.places.push(location::place(&atoms[text as usize], noise));
        }
        raw.of.push(index);
    }
    raw
}

/// The (site, line, station) that unglued texts name.
fn stations_by_site(sites: &[u32], raw: &RawPlaces) -> HashSet<(u32, String, String)> {
    let mut known = HashSet::new();
    for (row, &site) in sites.iter().enumerate() {
        if let Some(Place { line: Some(line), station: Some(station), .. }) = raw.place(row) {
            known.insert((site, line.clone(), station.clone()));
        }
    }
    known
}

/// Gives the words of one area in the systems' notations one number.
fn align_areas(of: &mut [[u32; 4]], bound: usize, anchors: &[(u32, u32)]) {
    let mut counts = Counts::default();
    for &(a, b) in anchors {
        let (a, b) = (of[a as usize], of[b as usize]);
        if a[0] == b[0] {
            counts.add(a[1], b[1]);
        }
    }
    let classes = counts.aliases(AREA_SHARE).classes(bound);
    of.iter_mut().for_each(|place| place[1] = classes[place[1] as usize]);
}
