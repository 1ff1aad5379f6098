//! Learning m, u and the prior without labels.
//!
//! u from random pairs, which hardly ever match. m by expectation and maximisation among the pairs
//! of each blocking rule, where what the rule blocks on is left out, because there it always agrees.
//! Each comparison's m is the mean over the rules that could teach it, weighted by the matches that
//! each saw.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::block::{Blocks, hash_pair};
use super::compare::NULL;
use super::model::{Learnt, Model};
use super::pattern::Pattern;
use super::plan::Plan;
use super::table::Table;

/// A model, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// What was learnt.
    pub model: Model,
    /// How many random pairs taught u.
    pub random_pairs: usize,
    /// The rounds that each blocking rule took, its pairs, and its share of matches.
    pub passes: Vec<Pass>,
}

/// What one blocking rule taught.
#[derive(Debug, Clone, PartialEq)]
pub struct Pass {
    /// The rule's number in the settings, from 0.
    pub rule: usize,
    /// How many pairs it looked at.
    pub pairs: usize,
    /// Which share of them seems to match.
    pub share: f64,
    /// Rounds until nothing moved.
    pub rounds: usize,
    /// m by comparison; `None` for what the rule blocks on.
    m: Vec<Option<Vec<f64>>>,
}

/// Distinct patterns and how often each occurs.
type Counts = Vec<(Pattern, f64)>;

/// Learns a model for the table, whose values the plan must have prepared.
pub fn estimate(plan: &Plan, table: &Table, blocks: &Blocks) -> Estimate {
    let settings = &plan.settings().estimate;
    let random = random_pairs(plan, table, settings.random_pairs, settings.seed);
    let u = shares(plan, &count(plan, table, &random));
    let passes: Vec<Pass> = plan
        .blockings
        .par_iter()
        .enumerate()
        .filter(|(_, blocking)| blocking.settings.train)
        .filter_map(|(rule, _)| {
            let pairs = blocks.sample(plan, table, rule, settings.pairs_per_rule, settings.seed);
            (!pairs.is_empty()).then(|| pass(plan, rule, &count(plan, table, &pairs), &u))
        })
        .collect();
    let mut model = combine(plan, u, &passes);
    model.prior = first_prior(table);
    Estimate { model, random_pairs: random.len(), passes }
}

/// One match for each record is where the prior starts.
fn first_prior(table: &Table) -> f64 {
    let records = table.len().max(2) as f64;
    2.0 / (records - 1.0).max(4.0)
}

/// Allowed pairs of rows picked by a hash of their number.
fn random_pairs(plan: &Plan, table: &Table, most: usize, seed: u64) -> Vec<(u32, u32)> {
    let rows = table.len() as u64;
    if rows < 2 {
        return Vec::new();
    }
    let most = most.min((rows * (rows - 1) / 2) as usize);
    (0..most as u64)
        .map(|index| {
            let (x, y) = (hash_pair(seed, 2 * index), hash_pair(seed, 2 * index + 1));
            ((x % rows) as u32, (y % rows) as u32)
        })
        .filter(|&(a, b)| plan.allows(table, a, b))
        .collect()
}

/// How often each pattern occurs among pairs.
fn count(plan: &Plan, table: &Table, pairs: &[(u32, u32)]) -> Counts {
    let mut patterns: Vec<Pattern> =
        pairs.par_iter().map(|&(a, b)| plan.compare(table, a, b)).collect();
    patterns.par_sort_unstable();
    patterns.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f64)).collect()
}

/// The share of each level among pairs that both say something, by comparison, "else" last. Half a
/// pair is added to each level, so that nothing is impossible.
fn shares(plan: &Plan, counts: &Counts) -> Vec<Vec<f64>> {
    plan.comparisons()
        .iter()
        .enumerate()
        .map(|(index, comparison)| {
            let mut levels = vec![0.5; comparison.settings.levels.len() + 1];
            for &(pattern, number) in counts {
                let level = plan.layout().level(pattern, index);
                if level != NULL {
                    levels[usize::from(level) - 1] += number;
                }
            }
            normalise(levels)
        })
        .collect()
}

fn normalise(mut shares: Vec<f64>) -> Vec<f64> {
    let sum: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= sum);
    shares
}

/// Where m starts: most matches agree fully, each further level has a third of the one before.
fn first_m(levels: usize) -> Vec<f64> {
    normalise((0..levels).map(|level| 3.0_f64.powi(-(level as i32))).collect())
}

/// Expectation and maximisation among the pairs of one blocking rule, with u held fast.
fn pass(plan: &Plan, rule: usize, counts: &Counts, u: &[Vec<f64>]) -> Pass {
    let settings = &plan.settings().estimate;
    let blocked = &plan.blockings[rule].fields;
    let mut m: Vec<Option<Vec<f64>>> = plan
        .comparisons()
        .iter()
        .map(|c| {
            let free = c.fields.iter().all(|field| !blocked.contains(field));
            free.then(|| first_m(c.settings.levels.len() + 1))
        })
        .collect();
    let all: f64 = counts.iter().map(|(_, number)| number).sum();
    let mut share = 0.3;
    let mut rounds = 0;
    while rounds < settings.rounds_max {
        rounds += 1;
        let (next, matches) = round(plan, counts, &m, u, share);
        share = (matches / all).clamp(1e-6, 1.0 - 1e-6);
        let moved = distance(&m, &next);
        m = next;
        if moved < settings.tolerance {
            break;
        }
    }
    Pass { rule, pairs: all as usize, share, rounds, m }
}

/// One round: the next m, and the expected number of matches.
fn round(
    plan: &Plan,
    counts: &Counts,
    m: &[Option<Vec<f64>>],
    u: &[Vec<f64>],
    share: f64,
) -> (Vec<Option<Vec<f64>>>, f64) {
    let mut next: Vec<Option<Vec<f64>>> =
        m.iter().map(|m| m.as_ref().map(|m| vec![0.1; m.len()])).collect();
    let mut matches = 0.0;
    for &(pattern, number) in counts {
        let mut odds = share / (1.0 - share);
        for (index, m) in m.iter().enumerate() {
            let level = plan.layout().level(pattern, index);
            if let (Some(m), true) = (m, level != NULL) {
                let level = usize::from(level) - 1;
                odds *= m[level] / u[index][level];
            }
        }
        let expected = number * odds / (1.0 + odds);
        matches += expected;
        for (index, next) in next.iter_mut().enumerate() {
            let level = plan.layout().level(pattern, index);
            if let (Some(next), true) = (next, level != NULL) {
                next[usize::from(level) - 1] += expected;
            }
        }
    }
    (next.into_iter().map(|m| m.map(normalise)).collect(), matches)
}

fn distance(a: &[Option<Vec<f64>>], b: &[Option<Vec<f64>>]) -> f64 {
    let pairs = a.iter().flatten().flatten().zip(b.iter().flatten().flatten());
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The model of all passes together.
fn combine(plan: &Plan, u: Vec<Vec<f64>>, passes: &[Pass]) -> Model {
    let settings = &plan.settings().estimate;
    let comparisons = plan
        .comparisons()
        .iter()
        .zip(u)
        .enumerate()
        .map(|(index, (comparison, mut u))| {
            let declared = &comparison.settings;
            let mut m = vec![0.0; declared.levels.len() + 1];
            let mut weight = 0.0;
            for pass in passes {
                if let Some(own) = &pass.m[index] {
                    let matches = pass.share * pass.pairs as f64;
                    m.iter_mut().zip(own).for_each(|(m, own)| *m += matches * own);
                    weight += matches;
                }
            }
            let learnt = weight > 0.0;
            let mut m = if learnt { normalise(m) } else { first_m(m.len()) };
            if settings.monotone {
                make_monotone(&mut m, &mut u);
            }
            if let Some(known) = settings.known.get(&declared.name) {
                overwrite(&mut m, &mut u, declared, known);
            }
            Learnt { name: declared.name.clone(), m, u, learnt }
        })
        .collect();
    Model { prior: 0.0, comparisons }
}

/// Neighbouring levels whose weights stand in the wrong order get one weight together.
fn make_monotone(m: &mut [f64], u: &mut [f64]) {
    let mut runs: Vec<(f64, f64, usize)> = Vec::new();
    for (&m, &u) in m.iter().zip(u.iter()) {
        runs.push((m, u, 1));
        while let [.., before, last] = &mut runs[..] {
            if before.0 / before.1 >= last.0 / last.1 {
                break;
            }
            *before = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            runs.pop();
        }
    }
    let mut at = 0;
    for (sum_m, sum_u, length) in runs {
        // The weight is the run's; u keeps its shares, so that m does, too.
        for level in at..at + length {
            m[level] = u[level] * sum_m / sum_u;
        }
        at += length;
    }
}

fn overwrite(
    m: &mut [f64],
    u: &mut [f64],
    declared: &super::settings::CompareSettings,
    known: &BTreeMap<String, (f64, f64)>,
) {
    for (index, level) in declared.levels.iter().enumerate() {
        if let Some(&(known_m, known_u)) = known.get(&level.name) {
            (m[index], u[index]) = (known_m, known_u);
        }
    }
    if let (Some(&(known_m, known_u)), Some(m), Some(u)) =
        (known.get("else"), m.last_mut(), u.last_mut())
    {
        (*m, *u) = (known_m, known_u);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_in_the_wrong_order_share_a_weight() {
        let (mut m, mut u) = (vec![0.6, 0.1, 0.2, 0.1], vec![0.01, 0.05, 0.04, 0.9]);
        make_monotone(&mut m, &mut u);
        let weights: Vec<f64> = m.iter().zip(&u).map(|(m, u)| m / u).collect();
        assert!(weights.windows(2).all(|w| w[0] >= w[1] - 1e-12), "{weights:?}");
        assert!((weights[1] - weights[2]).abs() < 1e-12);
        assert!((m.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
