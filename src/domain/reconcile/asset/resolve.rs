//! From records to units.

use rayon::prelude::*;

use super::super::cluster::{Affinity, agglomerate};
use super::candidates::{self, Pair};
use super::evidence::evidence;
use super::model::{self, Model};
use super::moved::Moved;
use super::sheet::Sheet;
use super::world::{World, world};

/// The largest set of connected segments that is clustered as a whole; larger ones are first divided by stronger links.
const COMPONENT_MAX: usize = 150;
/// Links this strong are not asked for more when a large set is divided.
const FLOOR_MAX: f32 = 16.0;
/// Logits are cut here, so that no single pair outvotes a whole group.
const LOGIT_MAX: f32 = 8.0;

/// Two neighbouring segments of one record that may be one unit after all.
#[derive(Debug, Clone, Copy)]
pub struct Seam {
    /// The earlier segment; the later one follows it.
    pub segment: u32,
    /// How sure it is that they describe one unit, in logits.
    pub logit: f32,
}

/// What a run found.
pub struct Resolution {
    /// The records as they were read.
    pub world: World,
    /// What was learnt.
    pub model: Model,
    /// Candidate pairs of rows, in the order of their rows.
    pub pairs: Vec<Pair>,
    /// The logit of each candidate pair.
    pub logits: Vec<f32>,
    /// The unit of each segment, numbered in the order of their first segments.
    pub units: Vec<u32>,
}

impl Resolution {
    /// The unit of a row.
    pub fn unit(&self, row: u32) -> u32 {
        self.units[self.world.facts[row as usize].segment as usize]
    }

    /// Numbers the units in the order of their first segments again, after segments were moved.
    pub fn renumber(&mut self) {
        let (mut numbers, mut next) = (vec![u32::MAX; self.units.len()], 0);
        for unit in &mut self.units {
            let number = &mut numbers[*unit as usize];
            if *number == u32::MAX {
                *number = next;
                next += 1;
            }
            *unit = *number;
        }
    }
}

/// Reads, compares, learns, weighs and clusters.
pub fn resolve(sheet: &Sheet, seams: &[Seam]) -> Resolution {
    let world = world(sheet);
    let pairs = candidates::candidates(&world);
    let model = model::learn(&world, &pairs);
    let logits = model::score(&world, &model, &pairs);
    let units = units(&world, &model, &pairs, &logits, seams);
    Resolution { world, model, pairs, logits, units }
}

/// The unit of each segment.
fn units(world: &World, model: &Model, pairs: &[Pair], logits: &[f32], seams: &[Seam]) -> Vec<u32> {
    let segment = |row: u32| world.facts[row as usize].segment;
    let mut edges: Vec<(u32, u32, f32)> = pairs
        .iter()
        .zip(logits)
        .filter(|&(_, &logit)| logit >= 0.0)
        .map(|(pair, &logit)| (segment(pair.a), segment(pair.b), logit))
        .collect();
    edges.extend(
        seams
            .iter()
            .filter(|seam| seam.logit >= 0.0)
            .map(|seam| (seam.segment, seam.segment + 1, seam.logit)),
    );
    let all: Vec<u32> = (0..world.segment_rows.len() as u32 - 1).collect();
    let count = all.len();
    let divider = Divider { world, model, seams };
    let sets = connected(&all, &edges, 0.0);
    let parts: Vec<Vec<Vec<u32>>> = sets
        .into_par_iter()
        .map(|(segments, edges)| divider.divide(&segments, &edges, 0.0))
        .collect();
    let mut units: Vec<Vec<u32>> = parts.into_iter().flatten().collect();
    units.sort_unstable_by_key(|segments| segments[0]);
    let mut of = vec![0; count];
    for (unit, segments) in units.iter().enumerate() {
        segments.iter().for_each(|&segment| of[segment as usize] = unit as u32);
    }
    of
}

struct Divider<'a> {
    world: &'a World,
    model: &'a Model,
    seams: &'a [Seam],
}

impl Divider<'_> {
    /// Divides connected segments into units.
    fn divide(&self, segments: &[u32], edges: &[(u32, u32, f32)], floor: f32) -> Vec<Vec<u32>> {
        // Two that hang together by a positive pair are one unit: there is nobody else to ask.
        if segments.len() <= 2 && self.seams.is_empty() {
            return vec![segments.to_vec()];
        }
        if segments.len() > COMPONENT_MAX && floor < FLOOR_MAX {
            let parts = connected(segments, edges, floor + 1.0);
            return parts
                .iter()
                .flat_map(|(part, edges)| self.divide(part, edges, floor + 1.0))
                .collect();
        }
        segments.chunks(COMPONENT_MAX).flat_map(|chunk| self.agglomerate(chunk)).collect()
    }

    fn agglomerate(&self, segments: &[u32]) -> Vec<Vec<u32>> {
        let affinity =
            Affinity::new(segments.len(), |a, b| self.affinity(segments[a], segments[b]));
        let mut of = agglomerate(&affinity);
        // Only of records with a past is it known that a unit moved.
        if !self.seams.is_empty() {
            let Self { world, model, .. } = *self;
            let moved = Moved { world, model, segments, affinity: &affinity, of: &of };
            of = agglomerate(&moved.excused());
        }
        let mut groups: Vec<Vec<u32>> =
            vec![Vec::new(); of.iter().max().map_or(0, |&group| group as usize + 1)];
        of.iter().zip(segments).for_each(|(&group, &segment)| groups[group as usize].push(segment));
        groups
    }

    /// The logit of the rows that fit best; of two segments of one record what their seam says.
    fn affinity(&self, a: u32, b: u32) -> f32 {
        let first = |segment: u32| self.world.segment_rows[segment as usize] as usize;
        let owner = |segment: u32| self.world.facts[first(segment)].owner;
        if owner(a) == owner(b) {
            let seam = self
                .seams
                .binary_search_by_key(&a.min(b), |seam| seam.segment)
                .ok()
                .filter(|_| a.abs_diff(b) == 1);
            return seam.map_or(0.0, |at| self.seams[at].logit).clamp(-LOGIT_MAX, LOGIT_MAX);
        }
        affinity(self.world, self.model, a, b)
    }
}

/// The logit of the rows of two records' segments that fit best; a contradiction parts them for good.
pub fn affinity(world: &World, model: &Model, a: u32, b: u32) -> f32 {
    let rows = |segment: u32| {
        world.segment_rows[segment as usize]..world.segment_rows[segment as usize + 1]
    };
    let mut best = f32::NEG_INFINITY;
    for (x, y) in rows(a).flat_map(|x| rows(b).map(move |y| (x.min(y), x.max(y)))) {
        let found = evidence(world, x, y);
        if found.is_contradiction() {
            return f32::NEG_INFINITY;
        }
        let logit = model.logit(&found);
        // Unlike serials hardly come together by way of a third record, unless what else is known of the two outvotes them.
        best = best.max(if found.is_unlike() && logit < 0.0 { -LOGIT_MAX } else { logit });
    }
    best.clamp(-LOGIT_MAX, LOGIT_MAX)
}

type Edges = Vec<(u32, u32, f32)>;

/// Sets of segments that hang together by edges at or above a logit, with the edges inside each.
fn connected(segments: &[u32], edges: &[(u32, u32, f32)], floor: f32) -> Vec<(Vec<u32>, Edges)> {
    let first = segments.first().copied().unwrap_or(0);
    let gapless = segments.last().is_none_or(|last| (last - first) as usize + 1 == segments.len());
    let place = |segment: u32| match gapless {
        true => segment - first,
        false => segments.binary_search(&segment).unwrap_or(0) as u32,
    };
    let mut parent: Vec<u32> = (0..segments.len() as u32).collect();
    let strong: Vec<&(u32, u32, f32)> = edges.iter().filter(|edge| edge.2 >= floor).collect();
    for (a, b, _) in &strong {
        let (x, y) = (root(&mut parent, place(*a)), root(&mut parent, place(*b)));
        parent[x.max(y) as usize] = x.min(y);
    }
    let mut sets: Vec<(Vec<u32>, Edges)> = Vec::new();
    let mut set_of = vec![u32::MAX; segments.len()];
    for at in 0..segments.len() as u32 {
        let top = root(&mut parent, at) as usize;
        if set_of[top] == u32::MAX {
            set_of[top] = sets.len() as u32;
            sets.push((Vec::new(), Vec::new()));
        }
        sets[set_of[top] as usize].0.push(segments[at as usize]);
    }
    for edge in strong {
        let top = root(&mut parent, place(edge.0)) as usize;
        sets[set_of[top] as usize].1.push(*edge);
    }
    sets
}

fn root(parent: &mut [u32], mut at: u32) -> u32 {
    while parent[at as usize] != at {
        parent[at as usize] = parent[parent[at as usize] as usize];
        at = parent[at as usize];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::super::sheet::{FIELDS, Field};
    use super::*;

    fn sheet(rows: &[(&str, &[(Field, &str)])]) -> Sheet {
        let mut sheet = Sheet::default();
        for (at, (source, fields)) in rows.iter().enumerate() {
            let mut texts = [""; FIELDS];
            fields.iter().for_each(|&(field, text)| texts[field as usize] = text);
            sheet.push(&format!("{source}:{at}"), source, &texts);
        }
        sheet
    }

    #[test]
    fn notations_of_one_unit_meet_and_its_sibling_stays_apart() {
        let first = [
            (Field::Serial, "S/N: 0604-529"),
            (Field::Model, "CR 32-4"),
            (Field::Tag, "P-101A"),
            (Field::InstallDate, "2019-07-19"),
        ];
        let again = [
            (Field::Serial, "604529"),
            (Field::Model, "cr32-4"),
            (Field::Tag, "p101a"),
            (Field::InstallDate, "2019-07-25"),
        ];
        let sibling = [
            (Field::Serial, "0604-530"),
            (Field::Model, "CR 32-4"),
            (Field::Tag, "P-101B"),
            (Field::InstallDate, "2019-07-19"),
        ];
        let found = resolve(&sheet(&[("erp", &first), ("cmms", &again), ("erp", &sibling)]), &[]);
        assert_eq!(found.units, [0, 0, 1]);
    }

    #[test]
    fn a_nameplate_alone_joins_by_what_names_the_unit_and_by_nothing_else() {
        let record = [
            (Field::Serial, "S/N: 0604-529-19"),
            (Field::Model, "CR 32-4"),
            (Field::Manufacturer, "Grundfos"),
            (Field::Tag, "P-101A"),
            (Field::InstallDate, "2019-07-19"),
        ];
        let named = [(Field::Serial, "060452919"), (Field::Hostname, "gw-7")];
        let kind = [(Field::Model, "CR 32-4"), (Field::Manufacturer, "Grundfos")];
        let silent = [(Field::Ip, "10.0.0.7")];
        let devices = [("mqtt", &named[..]), ("mqtt", &kind[..]), ("mqtt", &silent[..])];
        let rows: Vec<_> = [("erp", &record[..])].into_iter().chain(devices).collect();
        let world = world(&sheet(&rows));
        let logit = |device: u32| model::logit(&world, &Model::default(), (0, device));
        assert!(logit(1) > 2.2, "nine in ten: {}", logit(1));
        for device in [2, 3] {
            assert!((-0.2..0.0).contains(&logit(device)), "{}", logit(device));
        }
    }

    #[test]
    fn a_tag_is_a_place_and_not_a_machine() {
        let old =
            [(Field::Serial, "0604529"), (Field::Tag, "P-101"), (Field::InstallDate, "2015-07-19")];
        let new =
            [(Field::Serial, "0911777"), (Field::Tag, "P-101"), (Field::InstallDate, "2023-02-01")];
        let found =
            resolve(&sheet(&[("erp", &old), ("mes", &old), ("erp", &new), ("mes", &new)]), &[]);
        assert_eq!(found.units, [0, 0, 1, 1]);
    }

    #[test]
    fn a_filler_in_the_serial_field_joins_nothing() {
        let rows = [
            ("erp", &[(Field::Serial, "see nameplate"), (Field::Tag, "P-1")][..]),
            ("cmms", &[(Field::Serial, "see nameplate"), (Field::Tag, "M-2")][..]),
        ];
        assert_eq!(resolve(&sheet(&rows), &[]).units, [0, 1]);
    }

    #[test]
    fn a_cross_reference_that_everything_else_contradicts_is_wrong() {
        let target = [
            (Field::Serial, "0604529"),
            (Field::Tag, "P-101"),
            (Field::Model, "CR 32"),
            (Field::InstallDate, "2015-07-19"),
        ];
        let wrong = [
            (Field::Serial, "7733211"),
            (Field::Tag, "XV-900"),
            (Field::Model, "DVC6200"),
            (Field::InstallDate, "2021-01-01"),
            (Field::Xref, "erp-0"),
        ];
        assert_eq!(resolve(&sheet(&[("erp", &target), ("cmms", &wrong)]), &[]).units, [0, 1]);
    }

    #[test]
    fn no_records_are_no_units() {
        assert!(resolve(&Sheet::default(), &[]).units.is_empty());
    }
}

#[cfg(test)]
#[path = "thin_tests.rs"]
mod thin_tests;
