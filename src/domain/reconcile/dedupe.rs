//! The whole journey: block, estimate, score, weigh structure, cluster.

use rayon::prelude::*;

use super::block::{BlockReport, Blocks};
use super::cluster::Clusters;
use super::estimate::{Estimate, estimate};
use super::model::Model;
use super::pattern::Pattern;
use super::plan::Plan;
use super::rule;
use super::scorer::{PRIOR_MARGIN_BITS, Scorer};
use super::settings::RuleEffect;
use super::settle::settle;
use super::table::Table;
use super::weigh::{BITS_MAX, Weights, probability, weight_of};

/// Tasks between two reports of progress.
const TASKS_PER_REPORT: usize = 256;

/// A compared pair that is likely enough to be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPair {
    /// The lower row.
    pub a: u32,
    /// The higher row.
    pub b: u32,
    /// The levels of all comparisons.
    pub pattern: Pattern,
    /// Log2 odds by prior, comparisons and rules.
    pub weight: f32,
    /// Bits that structure adds.
    pub structure: f32,
}

impl ScoredPair {
    /// Log2 odds in total.
    pub fn total(&self) -> f32 {
        self.weight + self.structure
    }

    /// The match probability.
    pub fn probability(&self) -> f64 {
        probability(f64::from(self.total()))
    }
}

/// All scored pairs, with all that is needed to look further.
#[derive(Clone, Copy)]
pub struct Scored<'a> {
    /// The plan, prepared for the table.
    pub plan: &'a Plan,
    /// The records.
    pub table: &'a Table,
    /// The weights that the pairs were scored by.
    pub weights: &'a Weights,
    /// The pairs, by rows.
    pub pairs: &'a [ScoredPair],
}

impl Scored<'_> {
    /// The total weight of any pair of rows, scored or not, without structure and rules.
    pub fn weigh(&self, a: u32, b: u32) -> f64 {
        let pattern = self.plan.compare(self.table, a, b);
        self.weights.total(self.plan, self.table, (a, b), pattern)
    }
}

/// The stages of [`deduplicate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Distinct values are worked out for keys and comparisons.
    Prepare,
    /// Records are put into blocks.
    Block,
    /// Weights are learnt.
    Estimate,
    /// Pairs are compared and weighed.
    Score,
    /// Evidence of other pairs is weighed.
    Structure,
    /// Clusters are made.
    Cluster,
}

/// Hears how far a run is. Called from one thread at a time.
pub trait Progress {
    /// A phase begins.
    fn phase(&mut self, phase: Phase);

    /// So many of so many parts of the phase are done.
    fn done(&mut self, part: usize, parts: usize) {
        let _ = (part, parts);
    }
}

/// Hears nothing.
pub struct Quiet;

impl Progress for Quiet {
    fn phase(&mut self, _: Phase) {}
}

/// What a run found.
pub struct Found {
    /// Pairs at or above the kept probability, by rows.
    pub pairs: Vec<ScoredPair>,
    /// The cluster of each row.
    pub clusters: Clusters,
    /// What was learnt; `None` when the model was given.
    pub estimate: Option<Estimate>,
    /// The model with the prior that was used in the end.
    pub model: Model,
    /// What each blocking rule found.
    pub blocks: Vec<BlockReport>,
    /// How many pairs were compared.
    pub compared: u64,
}

/// Runs all phases on a table. With a `model` nothing is learnt, its prior stays as it is.
pub fn deduplicate(
    plan: &mut Plan,
    table: &Table,
    model: Option<Model>,
    progress: &mut dyn Progress,
) -> Found {
    progress.phase(Phase::Prepare);
    plan.prepare(table);
    let plan = &*plan;
    progress.phase(Phase::Block);
    let blocks = Blocks::new(plan, table);
    progress.phase(Phase::Estimate);
    let given = model.is_some();
    let (mut model, learnt) = match model {
        Some(model) => (model, None),
        None => {
            let learnt = estimate(plan, table, &blocks);
            (learnt.model.clone(), Some(learnt))
        }
    };
    if let Some(fixed) = plan.settings().prior.fixed {
        model.prior = fixed;
    }
    let refine = !given && plan.settings().prior.fixed.is_none() && plan.settings().prior.refine;
    progress.phase(Phase::Score);
    let (mut pairs, compared) = score(plan, table, &blocks, &model, progress);
    if refine {
        refine_prior(&mut model, &mut pairs, table);
    }
    decide_by_rules(plan, table, &mut pairs);
    progress.phase(Phase::Structure);
    let weights = Weights::new(plan, &model);
    for structure in plan.structures() {
        let bits = structure.weigh(&Scored { plan, table, weights: &weights, pairs: &pairs });
        pairs.iter_mut().zip(bits).for_each(|(pair, bits)| pair.structure += bits);
    }
    let least = weight_of(plan.settings().thresholds.keep);
    pairs.retain(|pair| pair.total() >= least);
    progress.phase(Phase::Cluster);
    let scored = Scored { plan, table, weights: &weights, pairs: &pairs };
    let clusters = plan.clustering().cluster(&scored);
    if plan.settings().settle {
        pairs = settle(&scored, &clusters);
    }
    Found { pairs, clusters, estimate: learnt, model, blocks: blocks.reports(), compared }
}

/// Compares all pairs; those that can reach the kept probability come back, by rows.
fn score(
    plan: &Plan,
    table: &Table,
    blocks: &Blocks,
    model: &Model,
    progress: &mut dyn Progress,
) -> (Vec<ScoredPair>, u64) {
    let scorer = Scorer::new(plan, model);
    let tasks = blocks.tasks();
    let (mut pairs, mut compared) = (Vec::new(), 0);
    for (index, chunk) in tasks.chunks(TASKS_PER_REPORT).enumerate() {
        progress.done(index * TASKS_PER_REPORT, tasks.len());
        let found: Vec<(Vec<ScoredPair>, u64)> = chunk
            .par_iter()
            .map(|&task| {
                let (mut kept, mut compared) = (Vec::new(), 0);
                blocks.each_new_pair(plan, table, task, |a, b| {
                    compared += 1;
                    kept.extend(scorer.score(plan, table, a, b));
                });
                (kept, compared)
            })
            .collect();
        for (kept, number) in found {
            pairs.extend(kept);
            compared += number;
        }
    }
    pairs.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
    (pairs, compared)
}

/// The prior becomes the expected number of matches by the number of all pairs; weights follow.
fn refine_prior(model: &mut Model, pairs: &mut [ScoredPair], table: &Table) {
    let records = table.len().max(2) as f64;
    let all = records * (records - 1.0) / 2.0;
    let start = f64::from(weight_of(model.prior));
    let mut shift = 0.0_f64;
    for _ in 0..20 {
        let expected: f64 = pairs.iter().map(|p| probability(f64::from(p.weight) + shift)).sum();
        let next = f64::from(weight_of((expected / all).max(1.0 / all).min(0.5))) - start;
        let moved = (next - shift).abs();
        shift = next.min(f64::from(PRIOR_MARGIN_BITS));
        if moved < 1e-3 {
            break;
        }
    }
    model.prior = probability(start + shift);
    pairs.iter_mut().for_each(|pair| pair.weight += shift as f32);
}

/// Rules that link or refuse have the last word.
fn decide_by_rules(plan: &Plan, table: &Table, pairs: &mut [ScoredPair]) {
    if plan.rules.iter().all(|rule| rule.settings.effect == RuleEffect::Prior) {
        return;
    }
    pairs.par_iter_mut().for_each(|pair| match rule::decided(plan, table, pair.a, pair.b) {
        Some(RuleEffect::Link) => pair.weight = pair.weight.max(BITS_MAX as f32 / 2.0),
        Some(RuleEffect::Refuse) => pair.weight = -BITS_MAX as f32,
        Some(RuleEffect::Prior) | None => {}
    });
}

/// Pairs by falling weight, ties by rows.
pub(super) fn strongest_first(pairs: &[ScoredPair]) -> impl Iterator<Item = &ScoredPair> {
    let mut order: Vec<&ScoredPair> = pairs.iter().collect();
    order.sort_by(|x, y| y.total().total_cmp(&x.total()).then((x.a, x.b).cmp(&(y.a, y.b))));
    order.into_iter()
}
