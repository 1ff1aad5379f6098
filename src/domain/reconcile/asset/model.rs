//! How much each agreement is worth: learnt from pairs that their serials or addresses decide.

use hashbrown::HashMap;
use rayon::prelude::*;

use super::candidates::{Pair, UNIT_KEYS};
use super::compare::mac::MacLevel;
use super::compare::serial::SerialLevel;
use super::evidence::{CIRCUMSTANCES, Evidence, compare_circumstances, evidence, own_ids};
use super::facts::Facts;
use super::prior::{self, Subject};
use super::trees::{Growth, Row, Trees};
use super::world::World;

/// Rows that teach at most.
const ROWS_MAX: usize = 60_000;
/// Fewest rows of each label from which trees are grown.
const LABELS_MIN: usize = 60;
/// Rows of the rarer label that one more tree takes.
const LABELS_PER_TREE: usize = 12;

/// The most that a pair comes to which nothing names as one: never enough to join two.
const UNNAMED_MAX: f32 = -0.1;

/// Weights in natural logits.
#[derive(Debug, Clone)]
pub struct Model {
    /// Of what the records tell.
    pub subject: Subject,
    /// By [`SerialLevel`].
    pub serial: [f32; 10],
    /// By [`MacLevel`].
    pub mac: [f32; 9],
    /// By the level of the cross-reference.
    pub xref: [f32; 4],
    /// What was learnt of the circumstances beyond what they are worth at first.
    pub trees: Trees,
}

impl Default for Model {
    fn default() -> Self {
        Self {
            subject: Subject::default(),
            serial: [0.0, -9.0, -5.5, -4.5, -4.0, 2.0, 3.0, 2.0, 4.5, 9.0],
            mac: [0.0, -8.0, -5.0, -0.3, 0.5, 6.0, 4.0, 9.0, 12.0],
            xref: [0.0, -3.0, 4.0, 5.0],
            trees: Trees::default(),
        }
    }
}

impl Model {
    /// The logit of a pair.
    pub fn logit(&self, found: &Evidence) -> f32 {
        self.own_ids(found) + self.circumstances(found) + self.correction(found)
    }

    /// What the circumstances say. What is usual where they are known is not believed where they are not.
    pub fn circumstances(&self, found: &Evidence) -> f32 {
        let learnt = if found.is_bare { 0.0 } else { self.trees.logit(&found.circumstances) };
        prior::logit(self.subject, &found.circumstances) + learnt
    }

    /// What makes a pair of which one side has no circumstances, and which nothing names as one, say next to nothing: that
    /// both are of one maker and model tells only what kind of thing they are, and that nothing is known parts no two.
    pub fn correction(&self, found: &Evidence) -> f32 {
        if !found.is_unnamed() {
            return 0.0;
        }
        let logit = self.own_ids(found) + self.circumstances(found);
        (logit - prior::START).min(UNNAMED_MAX) - logit
    }

    /// What the unit's own ids say.
    pub fn own_ids(&self, found: &Evidence) -> f32 {
        self.serial[found.serial as usize]
            + self.mac[found.mac as usize]
            + self.xref[found.xref as usize]
    }
}

/// Whether serial and address decide a pair: a match, none, or undecided.
pub fn decided(found: &Evidence) -> Option<bool> {
    match (by_serial(found), by_mac(found)) {
        (None, label) | (label, None) => label,
        (Some(serial), Some(mac)) if serial == mac => Some(serial),
        _ => None,
    }
}

fn by_serial(found: &Evidence) -> Option<bool> {
    const YES: [SerialLevel; 2] = [SerialLevel::Equal, SerialLevel::EqualShort];
    const NO: [SerialLevel; 4] = [
        SerialLevel::DiffersProven,
        SerialLevel::DiffersOne,
        SerialLevel::Differs,
        SerialLevel::Neighbour,
    ];
    if YES.iter().any(|&level| found.is_serial(level)) {
        Some(true)
    } else {
        NO.iter().any(|&level| found.is_serial(level)).then_some(false)
    }
}

fn by_mac(found: &Evidence) -> Option<bool> {
    const YES: [MacLevel; 2] = [MacLevel::Equal, MacLevel::Uuid];
    const NO: [MacLevel; 2] = [MacLevel::DiffersProven, MacLevel::Differs];
    if YES.iter().any(|&level| found.is_mac(level)) {
        Some(true)
    } else {
        NO.iter().any(|&level| found.is_mac(level)).then_some(false)
    }
}

/// Learns from the candidates.
pub fn learn(world: &World, pairs: &[Pair]) -> Model {
    let mut model = Model { subject: world.subject, ..Model::default() };
    let stride = pairs.len().div_ceil(4 * ROWS_MAX).max(1);
    let sample: Vec<(Pair, Evidence)> = pairs
        .par_iter()
        .step_by(stride)
        .map(|pair| (*pair, evidence(world, pair.a, pair.b)))
        .filter(|(_, found)| !found.is_bare)
        .collect();
    let mut rows: Vec<Row<CIRCUMSTANCES>> = Vec::new();
    let row = |found: &Evidence, label: bool, weight: f32| Row {
        levels: found.circumstances,
        label: f32::from(u8::from(label)),
        weight,
        offset: prior::logit(world.subject, &found.circumstances),
    };
    for (pair, found) in &sample {
        let unit_only = pair.shared & !UNIT_KEYS == 0;
        if let Some(label) = decided(found)
            && (!unit_only || label)
        {
            rows.push(row(found, label, 1.0));
        }
    }
    let boost = positive_boost(&sample);
    rows.iter_mut().filter(|row| row.label > 0.5).for_each(|row| row.weight = boost);
    let positives = rows.iter().filter(|row| row.label > 0.5).count();
    let labels = positives.min(rows.len() - positives);
    if labels < LABELS_MIN {
        return model;
    }
    for (found, stands_for) in neighbours(world, pairs) {
        rows.push(row(&found, false, stands_for / stride as f32));
    }
    let random = random_pairs(world, ROWS_MAX / 4);
    let weight = 3.0 * positives as f32 / random.len().max(1) as f32;
    rows.extend(random.iter().map(|found| row(found, false, weight)));
    model.trees = Trees::grow(&rows, growth(labels));
    refine(&mut model, &sample);
    model
}

/// Few labels grow few trees, which stay near to what is judged before anything was learnt.
fn growth(labels: usize) -> Growth {
    let growth = Growth::default();
    Growth { trees: (labels / LABELS_PER_TREE).clamp(1, growth.trees), ..growth }
}

/// Rounds in which the weights of the unit's own ids and the posteriors follow each other.
const ROUNDS: usize = 4;
/// A level seen this often weighs its own count as much as the start.
const PRIOR_COUNT: f64 = 50.0;
/// Weights beyond this would make one slip final.
const WEIGHT_MAX: f64 = 9.0;
/// How far a weight may go from where it starts: where circumstances cannot tell siblings, they would teach that unlike serials say nothing.
const LEARNT_MAX: f32 = 2.0;

/// Re-estimates the weights of the unit's own ids from the posteriors of pairs that share more than such an id.
fn refine(model: &mut Model, sample: &[(Pair, Evidence)]) {
    let start = model.clone();
    let of_interest: Vec<(&Evidence, f32)> = sample
        .iter()
        .filter(|(pair, _)| pair.shared & !UNIT_KEYS != 0)
        .map(|(_, found)| (found, model.circumstances(found)))
        .collect();
    for _ in 0..ROUNDS {
        let mut counts = [[[0f64; 2]; 10]; 3];
        for (found, logit) in &of_interest {
            let posterior = f64::from(1.0 / (1.0 + (-(logit + model.own_ids(found))).exp()));
            for (table, level) in counts.iter_mut().zip([found.serial, found.mac, found.xref]) {
                table[level as usize][1] += posterior;
                table[level as usize][0] += 1.0 - posterior;
            }
        }
        reweigh(&mut model.serial, &start.serial, &counts[0]);
        reweigh(&mut model.mac, &start.mac, &counts[1]);
        reweigh(&mut model.xref, &start.xref, &counts[2]);
    }
}

/// Log ratio of the level's shares among matches and others, drawn towards the start where it is rare; level 0 says nothing.
fn reweigh(weights: &mut [f32], start: &[f32], counts: &[[f64; 2]; 10]) {
    let total = |side: usize| counts.iter().skip(1).map(|count| count[side]).sum::<f64>() + 1.0;
    let (others, matches) = (total(0), total(1));
    for (level, weight) in weights.iter_mut().enumerate().skip(1) {
        let [other, matched] = counts[level];
        let seen = other + matched;
        let own = ((matched + 0.5) / matches / ((other + 0.5) / others)).ln();
        let drawn = (seen * own + PRIOR_COUNT * f64::from(start[level])) / (seen + PRIOR_COUNT);
        *weight = (drawn.clamp(-WEIGHT_MAX, WEIGHT_MAX) as f32)
            .clamp(start[level] - LEARNT_MAX, start[level] + LEARNT_MAX);
    }
}

/// Slips that make two unlike serials of one teach the opposite of what is true, and make as many matches fewer.
const SLIPS: f32 = 1.3;

/// How many matches each decided match stands for, against the same of the others: slips leave more matches undecided.
fn positive_boost(sample: &[(Pair, Evidence)]) -> f32 {
    let share = |wanted: bool| {
        let known = sample.iter().filter(|(_, found)| {
            by_mac(found) == Some(wanted) && !found.is_serial(SerialLevel::Missing)
        });
        let (mut all, mut decided) = (20.0f32, 20.0f32);
        for (_, found) in known {
            all += 1.0;
            decided += f32::from(u8::from(by_serial(found) == Some(wanted)));
        }
        decided / all
    };
    (share(false) / share(true)).clamp(0.5, 2.0) * SLIPS
}

/// Rows whose neighbours are looked at, and how many of them.
const NEIGHBOURED_MAX: usize = 10_000;
const NEIGHBOURS: usize = 2;
/// The circumstance that tells the classes of things: where they are known, those of one class in one line share a key.
const KIND: usize = 3;

/// Evidence of pairs in one line, or of one model at one site, that share no key and are two units, and how many such pairs each
/// stands for: matches are known wherever they stand, so what has as much in common must be known as well.
fn neighbours(world: &World, pairs: &[Pair]) -> Vec<(Evidence, f32)> {
    let line = |fact: &Facts| (fact.line != 0).then_some([fact.site, fact.area, fact.line]);
    let model = |fact: &Facts| (fact.model != 0).then_some([fact.site, fact.model, 0]);
    let mut found = Vec::new();
    group_neighbours(world, pairs, line, &mut found);
    group_neighbours(world, pairs, model, &mut found);
    found
}

fn group_neighbours(
    world: &World,
    pairs: &[Pair],
    group: impl Fn(&Facts) -> Option<[u32; 3]>,
    found: &mut Vec<(Evidence, f32)>,
) {
    let mut rows: Vec<([u32; 3], u32)> = (0u32..)
        .zip(&world.facts)
        .filter_map(|(row, fact)| group(fact).map(|group| (group, row)))
        .collect();
    rows.par_sort_unstable();
    let stride = rows.len().div_ceil(NEIGHBOURED_MAX).max(1);
    let mut next = numbers();
    let mut from = 0;
    for group in rows.chunk_by(|x, y| x.0 == y.0) {
        let others = group.len() - 1;
        let stands_for = stride as f32 * others as f32 / (2 * NEIGHBOURS) as f32;
        let first = (stride - from % stride) % stride;
        from += group.len();
        for at in (first..group.len()).step_by(stride).filter(|_| others > 0) {
            for _ in 0..NEIGHBOURS {
                let other = (at + 1 + next() as usize % others) % group.len();
                let (a, b) = (group[at].1.min(group[other].1), group[at].1.max(group[other].1));
                let owner = |row: u32| world.facts[row as usize].owner;
                if owner(a) == owner(b) {
                    continue;
                }
                if pairs.binary_search_by_key(&(a, b), |pair| (pair.a, pair.b)).is_err() {
                    let seen = evidence(world, a, b);
                    let telling = !seen.is_bare
                        && seen.circumstances[KIND] == 1
                        && decided(&seen) == Some(false);
                    found.extend(telling.then_some((seen, stands_for)));
                }
            }
        }
    }
}

/// Numbers that look like chance and are always the same.
fn numbers() -> impl FnMut() -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 11
    }
}

/// Evidence of pairs drawn evenly of rows with circumstances, for what chance agreement looks like.
///
/// Only of those that an id decides, as it decides the matches that teach: else trees would learn which records have ids.
fn random_pairs(world: &World, count: usize) -> Vec<Evidence> {
    let rows = 0..world.facts.len() as u32;
    let rows: Vec<u32> = rows.filter(|&row| !world.facts[row as usize].is_bare()).collect();
    let records = rows.len().max(1) as u64;
    let mut number = numbers();
    let mut next = || number() % records;
    (0..count)
        .map(|_| (next(), next()))
        .filter(|(a, b)| a != b)
        .map(|(a, b)| evidence(world, rows[a as usize], rows[b as usize]))
        .filter(|found| decided(found) == Some(false))
        .collect()
}

/// The logit of two rows that are proven to be two units.
const PROVEN: f32 = -12.0;
/// Pairs that are scored by one thread at a time.
const CHUNK_PAIRS: usize = 1 << 17;
/// Pairs whose records are brought into the caches at once.
const TOUCHED_PAIRS: usize = 64;

/// All that the weight of circumstances depends on.
type Circumstances = ([u8; CIRCUMSTANCES], bool);

/// What a pair of rows says for itself.
pub fn logit(world: &World, model: &Model, rows: (u32, u32)) -> f32 {
    weighed(world, model, rows, |found| model.circumstances(found))
}

fn weighed(
    world: &World,
    model: &Model,
    rows: (u32, u32),
    circumstances: impl FnOnce(&Evidence) -> f32,
) -> f32 {
    let mut found = own_ids(world, rows.0, rows.1);
    if found.is_contradiction() {
        return PROVEN;
    }
    compare_circumstances(world, rows.0, rows.1, &mut found);
    model.own_ids(&found) + circumstances(&found) + model.correction(&found)
}

/// Scores pairs; equal circumstances are weighed once, and what is proven to differ is not compared further.
pub fn score(world: &World, model: &Model, pairs: &[Pair]) -> Vec<f32> {
    let scored: Vec<Vec<f32>> = pairs
        .par_chunks(CHUNK_PAIRS)
        .map_init(HashMap::new, |memo: &mut HashMap<Circumstances, f32>, chunk| {
            let mut logits = Vec::with_capacity(chunk.len());
            for pairs in chunk.chunks(TOUCHED_PAIRS) {
                world.touch(pairs.iter().map(|pair| pair.b));
                logits.extend(pairs.iter().map(|pair| {
                    weighed(world, model, (pair.a, pair.b), |found| {
                        let known = memo.entry((found.circumstances, found.is_bare));
                        *known.or_insert_with(|| model.circumstances(found))
                    })
                }));
            }
            logits
        })
        .collect();
    scored.concat()
}
