//! Which pairs to look at, by what the columns' values are like.
//!
//! Candidates are single keys and conjunctions of two. What a rule costs is counted on a sample. What
//! it is worth is counted on pairs of the sample that agree by far too often to be chance: rules
//! are taken greedily, those first that find many of such pairs for their cost, until the budget
//! is spent. A pair that several rules find counts again (less each time), because a harder pair
//! than those of the sample needs a second way to be found.

use hashbrown::HashSet;
use rayon::prelude::*;

use super::super::block::mix;
use super::super::key::keys_of;
use super::super::settings::{BlockSettings, KeyKind, KeySettings};
use super::profile::{Kind, NEIGHBOURS, Profile};

/// Pairs that all rules together may look at.
const PAIRS_BUDGET: f64 = 6e6;

/// The least and the greatest number of pairs for each record that the budget comes to.
const PAIRS_PER_RECORD: (f64, f64) = (20.0, 150.0);

/// The part of the budget that one rule may spend.
const SHARE_OF_ONE_RULE: f64 = 0.125;

/// Records in a block at most.
const BLOCK_RECORDS_MAX: usize = 300;

/// Rules at most.
const RULES_MAX: usize = 24;

/// So many surprising pairs are enough to choose rules by.
const SURPRISING_PAIRS_MAX: usize = 20_000;

/// What the first, second… rule that finds a pair counts.
const WORTH: [f64; 4] = [1.0, 0.5, 0.2, 0.05];

/// A surprising pair's agreement is so many bits less likely by chance than once in all pairs.
const SURPRISE_MARGIN_BITS: f64 = 6.0;

/// What a disagreement takes from the surprise, in bits.
const DISAGREEMENT_BITS: f64 = 1.5;

/// A key that a rule may use, with the keys of each record of the sample.
struct Candidate {
    column: usize,
    kind: KeyKind,
    starts: Vec<u32>,
    hashes: Vec<u64>,
}

/// A rule that may be taken.
struct Rule {
    keys: Vec<usize>,
    /// Pairs for each record.
    cost: f64,
    /// Keys of blocks that are too large among all records.
    oversized: HashSet<u64>,
    /// Which of the surprising pairs it finds.
    finds: Vec<bool>,
}

/// Rules for these columns and so many records.
pub(super) fn rules(profiles: &[Profile], records: usize) -> Vec<BlockSettings> {
    let keys = candidates(profiles);
    let sampled = profiles.first().map_or(1, |p| p.values.len()).max(1);
    let scale = (records as f64 / sampled as f64).max(1.0);
    let (least, most) = PAIRS_PER_RECORD;
    let budget = (PAIRS_BUDGET / records.max(1) as f64).clamp(least, most);
    let mut rules: Vec<Rule> = combinations(&keys)
        .into_par_iter()
        .filter_map(|used| {
            let rule = costed(&keys, used, sampled, scale)?;
            (rule.cost <= budget * SHARE_OF_ONE_RULE).then_some(rule)
        })
        .collect();
    let pairs = surprising(profiles, &keys, &rules, sampled);
    rules.par_iter_mut().for_each(|rule| {
        rule.finds = pairs.iter().map(|&pair| finds(&keys, rule, pair)).collect();
    });
    let rules = without_dominated(rules, &keys);
    let hardness: Vec<f64> = pairs.iter().map(|&(a, b)| hardness(profiles, a, b)).collect();
    let mut taken = greedy(&rules, &hardness, budget);
    if taken.is_empty() {
        taken = widest(&rules, &keys, budget);
    }
    taken.sort_by(|&a, &b| rules[a].cost.total_cmp(&rules[b].cost));
    taken.into_iter().map(|index| declared(profiles, &keys, &rules[index].keys)).collect()
}

fn declared(profiles: &[Profile], keys: &[Candidate], used: &[usize]) -> BlockSettings {
    let key = |&index: &usize| KeySettings {
        field: profiles[keys[index].column].name.clone(),
        kind: keys[index].kind.clone(),
        also: Vec::new(),
    };
    let keys = used.iter().map(key).collect();
    BlockSettings { keys, max_block: BLOCK_RECORDS_MAX, train: true }
}

fn candidates(profiles: &[Profile]) -> Vec<Candidate> {
    let kinds = profiles.iter().enumerate().flat_map(|(column, profile)| {
        kinds(profile).into_iter().map(move |kind| (column, profile, kind))
    });
    kinds
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(column, profile, kind)| {
            let (mut starts, mut hashes) = (vec![0], Vec::new());
            for value in &profile.values {
                hashes.extend(keys_of(&kind, value));
                starts.push(hashes.len() as u32);
            }
            Candidate { column, kind, starts, hashes }
        })
        .collect()
}

fn kinds(profile: &Profile) -> Vec<KeyKind> {
    match profile.kind {
        Kind::Constant => vec![],
        Kind::Category | Kind::Email => vec![KeyKind::Value],
        Kind::Date => vec![KeyKind::Value, KeyKind::Slice(0, 4), KeyKind::Slice(5, 5)],
        Kind::Code if profile.length >= 5.0 => {
            let half = (profile.length / 2.0).round() as usize;
            vec![KeyKind::Value, KeyKind::Prefix(half), KeyKind::Suffix(half)]
        }
        Kind::Code => vec![KeyKind::Value],
        Kind::Name => vec![KeyKind::Value, KeyKind::Soundex, KeyKind::Prefix(3)],
        Kind::Phrase => vec![KeyKind::Value, KeyKind::Token, KeyKind::Prefix(5)],
        Kind::Text => vec![KeyKind::Token],
    }
}

/// Each key alone, and each two keys of different columns.
fn combinations(keys: &[Candidate]) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = (0..keys.len()).map(|key| vec![key]).collect();
    for (i, key) in keys.iter().enumerate() {
        let others = keys.iter().enumerate().skip(i + 1);
        all.extend(others.filter(|(_, k)| k.column != key.column).map(|(j, _)| vec![i, j]));
    }
    all
}

impl Candidate {
    fn of(&self, row: u32) -> &[u64] {
        let row = row as usize;
        &self.hashes[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}

/// The keys of a record of the sample for a rule.
fn keys_for(keys: &[Candidate], used: &[usize], row: u32, out: &mut Vec<u64>) {
    match used {
        [one] => out.extend(keys[*one].of(row)),
        [one, other] => {
            for &x in keys[*one].of(row) {
                out.extend(keys[*other].of(row).iter().map(|&y| mix(x ^ mix(y))));
            }
        }
        _ => {}
    }
}

/// The keys of all records of the sample for a rule, sorted.
fn sorted_keys(keys: &[Candidate], used: &[usize], sampled: usize) -> Vec<(u64, u32)> {
    let (mut all, mut own) = (Vec::with_capacity(sampled), Vec::new());
    for row in 0..sampled as u32 {
        own.clear();
        keys_for(keys, used, row, &mut own);
        all.extend(own.iter().map(|&key| (key, row)));
    }
    all.sort_unstable();
    all
}

/// Whether a rule finds a pair, by a block that is not too large.
fn finds(keys: &[Candidate], rule: &Rule, (a, b): (u32, u32)) -> bool {
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    keys_for(keys, &rule.keys, a, &mut of_a);
    keys_for(keys, &rule.keys, b, &mut of_b);
    of_a.iter().any(|key| of_b.contains(key) && !rule.oversized.contains(key))
}

/// The rule with its cost among all records; `None` when it finds nothing.
fn costed(keys: &[Candidate], used: Vec<usize>, sampled: usize, scale: f64) -> Option<Rule> {
    let all = sorted_keys(keys, &used, sampled);
    let (mut pairs, mut oversized) = (0.0, HashSet::new());
    for block in all.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
        // Neighbours were sampled together, so their pairs are all there; other pairs are not.
        let runs = block.chunk_by(|x, y| x.1 as usize / NEIGHBOURS == y.1 as usize / NEIGHBOURS);
        let choose = |n: f64| n * (n - 1.0) / 2.0;
        let (count, near) = runs
            .fold((0.0, 0.0), |(count, near), run| (count + 1.0, near + choose(run.len() as f64)));
        let size = block.len() as f64;
        if count > 1.0 && size * scale > BLOCK_RECORDS_MAX as f64 {
            oversized.insert(block[0].0);
        } else {
            pairs += near + (choose(size) - near) * scale;
        }
    }
    let cost = pairs / sampled as f64;
    (pairs > 0.0).then_some(Rule { keys: used, cost, oversized, finds: Vec::new() })
}

/// Pairs that agree by far too often to be chance, by the rules that look at the fewest pairs first.
fn surprising(
    profiles: &[Profile],
    keys: &[Candidate],
    rules: &[Rule],
    sampled: usize,
) -> Vec<(u32, u32)> {
    let all_pairs = sampled as f64 * sampled as f64 / 2.0;
    let least = all_pairs.log2() + SURPRISE_MARGIN_BITS;
    let bits: Vec<f64> = profiles.iter().map(|p| -p.collision.log2()).collect();
    let surprise = |a: u32, b: u32| -> f64 {
        let columns = profiles.iter().zip(&bits);
        columns
            .map(|(p, &bits)| match (p.hashes[a as usize], p.hashes[b as usize]) {
                (0, _) | (_, 0) => 0.0,
                (x, y) if x == y => bits,
                _ => -DISAGREEMENT_BITS,
            })
            .sum()
    };
    let mut order: Vec<&Rule> = rules.iter().collect();
    order.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.keys.cmp(&b.keys)));
    let each: Vec<Vec<(u32, u32)>> = order
        .par_iter()
        .map(|rule| {
            let all = sorted_keys(keys, &rule.keys, sampled);
            let blocks = all.chunk_by(|a, b| a.0 == b.0).filter(|b| b.len() <= 50);
            let pairs = blocks.flat_map(|block| {
                block
                    .iter()
                    .enumerate()
                    .flat_map(move |(i, a)| block[i + 1..].iter().map(move |b| (a.1, b.1)))
            });
            let found = pairs.filter(|&(a, b)| a != b && surprise(a, b) >= least);
            found.take(SURPRISING_PAIRS_MAX / 10).collect()
        })
        .collect();
    let mut seen = HashSet::new();
    let unique = each.into_iter().flatten().filter(|pair| seen.insert(*pair));
    unique.take(SURPRISING_PAIRS_MAX).collect()
}

/// Leaves out each rule when another finds all that it finds, and by its nature more: with fewer
/// keys, or with a part of the value in place of the whole value.
fn without_dominated(rules: Vec<Rule>, keys: &[Candidate]) -> Vec<Rule> {
    let wider = |wide: &usize, narrow: &usize| {
        let (wide, narrow) = (&keys[*wide], &keys[*narrow]);
        let part = wide.kind == narrow.kind || narrow.kind == KeyKind::Value;
        wide.column == narrow.column && part
    };
    let dominates = |by: &Rule, rule: &Rule| {
        by.keys != rule.keys
            && by.keys.iter().all(|wide| rule.keys.iter().any(|narrow| wider(wide, narrow)))
            && rule.finds.iter().zip(&by.finds).all(|(own, by)| !own || *by)
    };
    let dominated: Vec<bool> =
        rules.par_iter().map(|rule| rules.iter().any(|by| dominates(by, rule))).collect();
    let kept = rules.into_iter().zip(dominated).filter(|(_, dominated)| !dominated);
    kept.map(|(rule, _)| rule).collect()
}

/// How much a pair counts: the more, the more columns disagree.
fn hardness(profiles: &[Profile], a: u32, b: u32) -> f64 {
    let differ = profiles.iter().filter(|p| {
        let (x, y) = (p.hashes[a as usize], p.hashes[b as usize]);
        x != y
    });
    0.1 + differ.count() as f64
}

/// The rules to take, the most worth for the cost first.
fn greedy(rules: &[Rule], hardness: &[f64], budget: f64) -> Vec<usize> {
    let mut times = vec![0_usize; hardness.len()];
    let (mut taken, mut spent) = (Vec::new(), 0.0);
    while taken.len() < RULES_MAX {
        let worth = |rule: &Rule| -> f64 {
            let found = rule.finds.iter().zip(&times).zip(hardness).filter(|((f, _), _)| **f);
            found.map(|((_, times), hard)| hard * WORTH.get(*times).copied().unwrap_or(0.0)).sum()
        };
        let best = (0..rules.len())
            .into_par_iter()
            .filter(|index| !taken.contains(index) && rules[*index].cost <= budget - spent)
            .map(|index| (worth(&rules[index]), index))
            .reduce_with(|a, b| if (b.0, a.1) > (a.0, b.1) { b } else { a });
        let Some((ratio, index)) = best else { break };
        if ratio <= 0.0 {
            break;
        }
        spent += rules[index].cost;
        let found = times.iter_mut().zip(&rules[index].finds).filter(|(_, finds)| **finds);
        found.for_each(|(times, _)| *times += 1);
        taken.push(index);
    }
    taken
}

/// The rules to take when the sample has no pair to choose by: of each set of columns the one that looks
/// at the most pairs, single keys first.
fn widest(rules: &[Rule], keys: &[Candidate], budget: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rules.len()).collect();
    order.sort_by(|&a, &b| {
        let (x, y) = (&rules[a], &rules[b]);
        x.keys.len().cmp(&y.keys.len()).then(y.cost.total_cmp(&x.cost)).then(a.cmp(&b))
    });
    let (mut taken, mut spent, mut seen) = (Vec::new(), 0.0, HashSet::new());
    for index in order {
        let columns: Vec<usize> = rules[index].keys.iter().map(|&key| keys[key].column).collect();
        let affordable = taken.len() < RULES_MAX && spent + rules[index].cost <= budget;
        if affordable && seen.insert(columns) {
            spent += rules[index].cost;
            taken.push(index);
        }
    }
    taken
}
