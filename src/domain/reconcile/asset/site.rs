//! Which site a record names, by its plant or else by the head of its location, aligned across the systems' names for it.

use hashbrown::{HashMap, HashSet};

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::location::{self, Atom};
use super::alias::Counts;
use super::prior::Subject;
use super::sheet::{Field, Sheet};
use super::values::PerValue;

/// Share of the pairs that must put two sites side by side.
const SITE_SHARE: f64 = 0.08;
/// The same where only tags tell that two records are one place: another site may have the tag too.
const SITE_SHARE_BY_TAG: f64 = 0.15;
/// Share of the records with a name in their location that must name one plant, so that the name stands for it.
const PLANT_SHARE: f64 = 0.8;
/// A name must head so many locations before it is known where it stands alone.
const HEADS_MIN: u32 = 3;
/// Fewest positions that two names of one site share where no pair of records is sure.
const SHARED_MIN: u32 = 3;
/// How many times as many positions as with the next best name.
const SHARED_RATIO: u32 = 2;
/// A position that more records than this name is no position.
const POSITION_RECORDS_MAX: usize = 64;

/// A source and how it names a site.
type Named = (u16, u32);

/// What is known of sites.
#[derive(Debug)]
pub struct Sites {
    /// Names of sites, as plants and locations say them.
    pub names: Dictionary,
    plants: PerValue<u32>,
    heads: PerValue<u32>,
    /// Names that heads of locations are known by.
    known: HashSet<String>,
    /// The plant that a location's name of the site stands for.
    plant_of: HashMap<u32, u32>,
    /// The site of each name: the class of names that records put side by side.
    classes: Vec<u32>,
    /// Sources whose names for sites nothing ties to those of others: their sites cannot be told.
    untold: Vec<bool>,
}

impl Default for Sites {
    fn default() -> Self {
        Self {
            names: Dictionary::default(),
            plants: PerValue::new(Field::Plant),
            heads: PerValue::new(Field::Location),
            known: HashSet::new(),
            plant_of: HashMap::new(),
            classes: Vec::new(),
            untold: Vec::new(),
        }
    }
}

impl Sites {
    /// Learns from all records. `anchors` are pairs of rows that surely describe one thing; `positions` tells what else
    /// names the position of a row.
    pub fn learn(
        sheet: &Sheet,
        atoms: &PerValue<Vec<Atom>>,
        anchors: &[(u32, u32)],
        subject: Subject,
        positions: impl Fn(usize) -> [u32; 3],
    ) -> Self {
        let share = match subject {
            Subject::Units => SITE_SHARE,
            Subject::Places => SITE_SHARE_BY_TAG,
        };
        let mut sites = Self { known: known(sheet, atoms), ..Self::default() };
        sites.extend(sheet, atoms);
        sites.plant_of = sites.plants_of_heads(sheet);
        let mut counts = Counts::default();
        for &(a, b) in anchors {
            counts.add(sites.name(sheet, a as usize), sites.name(sheet, b as usize));
        }
        sites.classes = counts.aliases(share).classes(sites.names.id_bound());
        sites.find_untold(sheet);
        if sites.untold.contains(&true) {
            sites.join_by_positions(sheet, positions);
            sites.find_untold(sheet);
        }
        sites
    }

    /// Reads the texts that came since.
    pub fn extend(&mut self, sheet: &Sheet, atoms: &PerValue<Vec<Atom>>) {
        let (names, known) = (&mut self.names, &self.known);
        self.plants
            .extend_by(sheet, location::plant, |plant| plant.map_or(0, |name| names.intern(&name)));
        self.heads.extend_from(atoms, |atoms| {
            location::site(atoms, |name| known.contains(name)).map_or(0, |name| names.intern(&name))
        });
    }

    /// Forgets the texts that the sheet no longer has; the names were cut back already.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.plants.rewind(sheet);
        self.heads.rewind(sheet);
    }

    /// The site of a row; 0: not known.
    pub fn of(&self, sheet: &Sheet, row: usize) -> u32 {
        if self.untold.get(sheet.source(row) as usize) == Some(&true) {
            return 0;
        }
        self.class(self.name(sheet, row))
    }

    /// How a row's location itself names its site.
    pub fn head(&self, sheet: &Sheet, row: usize) -> &str {
        self.names.text(*self.heads.at(sheet, row))
    }

    fn class(&self, name: u32) -> u32 {
        self.classes.get(name as usize).copied().unwrap_or(name)
    }

    fn name(&self, sheet: &Sheet, row: usize) -> u32 {
        match (*self.plants.at(sheet, row), *self.heads.at(sheet, row)) {
            (0, head) => self.plant_of.get(&head).copied().unwrap_or(head),
            (plant, _) => plant,
        }
    }

    /// The plants that names in locations stand for, where nearly all records with the name agree.
    fn plants_of_heads(&self, sheet: &Sheet) -> HashMap<u32, u32> {
        let mut counts: HashMap<u32, (u32, HashMap<u32, u32>)> = HashMap::new();
        for row in 0..sheet.len() {
            let (plant, head) = (*self.plants.at(sheet, row), *self.heads.at(sheet, row));
            if plant != 0 && head != 0 {
                let (all, by_plant) = counts.entry(head).or_default();
                *all += 1;
                *by_plant.entry(plant).or_default() += 1;
            }
        }
        let most = |(head, (all, by_plant)): (u32, (u32, HashMap<u32, u32>))| {
            let (plant, count) =
                by_plant.into_iter().max_by_key(|&(plant, count)| (count, plant))?;
            (f64::from(count) >= PLANT_SHARE * f64::from(all)).then_some((head, plant))
        };
        counts.into_iter().filter_map(most).collect()
    }

    /// Finds the sources whose sites are nobody else's.
    fn find_untold(&mut self, sheet: &Sheet) {
        let mut uses: Vec<(u32, u16)> = (0..sheet.len())
            .map(|row| (self.class(self.name(sheet, row)), sheet.source(row)))
            .filter(|&(site, _)| site != 0)
            .collect();
        uses.sort_unstable();
        uses.dedup();
        let mut untold = vec![sheet.source_count() > 1; sheet.source_count() + 1];
        for shared in uses.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() > 1) {
            shared.iter().for_each(|&(_, source)| untold[source as usize] = false);
        }
        self.untold = untold;
    }

    /// Joins names of two sources that share by far the most positions with each other.
    fn join_by_positions(&mut self, sheet: &Sheet, positions: impl Fn(usize) -> [u32; 3]) {
        let mut uses: Vec<((u8, u32), Named)> = Vec::new();
        for row in 0..sheet.len() {
            let site = self.class(self.name(sheet, row));
            let named = positions(row).into_iter().zip(0u8..).filter(|named| named.0 != 0);
            if site != 0 {
                uses.extend(named.map(|(value, kind)| ((kind, value), (sheet.source(row), site))));
            }
        }
        uses.sort_unstable();
        uses.dedup();
        let mut shared: HashMap<(Named, Named), u32> = HashMap::new();
        let groups = uses.chunk_by(|x, y| x.0 == y.0);
        for group in groups.filter(|group| group.len() <= POSITION_RECORDS_MAX) {
            for (at, x) in group.iter().enumerate() {
                for y in group[at + 1..].iter().filter(|y| y.1.0 != x.1.0) {
                    *shared.entry((x.1, y.1)).or_default() += 1;
                    *shared.entry((y.1, x.1)).or_default() += 1;
                }
            }
        }
        let mut best: HashMap<(Named, u16), (u32, u32, u32)> = HashMap::new();
        for (&(x, y), &count) in &shared {
            let entry = best.entry((x, y.0)).or_default();
            if (count, y.1) > (entry.0, entry.1) {
                *entry = (count, y.1, entry.0);
            } else {
                entry.2 = entry.2.max(count);
            }
        }
        let chosen = |x: Named, y: Named| {
            best.get(&(x, y.0)).is_some_and(|&(count, site, next)| {
                site == y.1 && count >= SHARED_MIN && count >= SHARED_RATIO * next
            })
        };
        let mut counts = Counts::default();
        for &(x, y) in shared.keys().filter(|&&(x, y)| chosen(x, y) && chosen(y, x)) {
            (0..SHARED_MIN).for_each(|_| counts.add(x.1, y.1));
        }
        let joined = counts.aliases(SITE_SHARE).classes(self.names.id_bound());
        self.classes.iter_mut().for_each(|class| *class = joined[*class as usize]);
    }
}

/// The names that head several locations.
fn known(sheet: &Sheet, atoms: &PerValue<Vec<Atom>>) -> HashSet<String> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    let mut heads = vec![0u32; atoms.all().len()];
    (0..sheet.len()).for_each(|row| heads[sheet.value(row, Field::Location) as usize] += 1);
    for (atoms, count) in atoms.all().iter().zip(heads) {
        if let Some(name) = location::site(atoms, |_| false) {
            *counts.entry(name).or_default() += count;
        }
    }
    counts.into_iter().filter(|found| found.1 >= HEADS_MIN).map(|found| found.0).collect()
}
