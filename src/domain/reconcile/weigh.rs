//! Weights: log2 of Bayes factors.

use std::collections::BTreeMap;

use super::compare::NULL;
use super::model::Model;
use super::pattern::Pattern;
use super::plan::Plan;
use super::table::Table;

/// Bits beyond which more evidence changes nothing that anyone would notice.
pub(super) const BITS_MAX: f64 = 60.0;

/// The probability that a total weight in bits (log2 of the odds) means.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// The total weight in bits that a probability means.
pub(super) fn weight_of(probability: f64) -> f32 {
    let p = probability.clamp(1e-18, 1.0 - 1e-16);
    (p / (1.0 - p)).log2() as f32
}

/// The weight of each level of each comparison, in bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// By comparison and level; 0 for missing.
    bits: Vec<Vec<f64>>,
    /// The prior's log2 odds.
    prior: f64,
    /// Comparisons of which only the strongest evidence counts.
    groups: Vec<Vec<usize>>,
    /// How strongly frequencies count, and the least one, by comparison.
    frequency: Vec<(f64, f64)>,
}

impl Weights {
    /// The weights of a model; fixed weights of the settings stand above learnt ones.
    pub fn new(plan: &Plan, model: &Model) -> Self {
        let bits = plan
            .comparisons()
            .iter()
            .zip(&model.comparisons)
            .map(|(comparison, learnt)| {
                let declared = &comparison.settings;
                let fixed = declared.levels.iter().map(|level| level.weight);
                let fixed = fixed.chain([declared.else_weight]);
                let learnt = learnt.m.iter().zip(&learnt.u).map(|(m, u)| (m / u).log2());
                let all = fixed.zip(learnt).map(|(fixed, learnt)| fixed.unwrap_or(learnt));
                std::iter::once(0.0).chain(all.map(|b| b.clamp(-BITS_MAX, BITS_MAX))).collect()
            })
            .collect();
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, comparison) in plan.comparisons().iter().enumerate() {
            if let Some(group) = &comparison.settings.group {
                groups.entry(group).or_default().push(index);
            }
        }
        let frequency = plan
            .comparisons()
            .iter()
            .map(|c| (c.settings.term_frequency, c.settings.term_frequency_min))
            .collect();
        let groups = groups.into_values().filter(|group| group.len() > 1).collect();
        let prior = f64::from(weight_of(model.prior));
        Self { bits, prior, groups, frequency }
    }

    /// The prior's log2 odds.
    pub fn prior(&self) -> f64 {
        self.prior
    }

    /// The weight of a level of a comparison, without its value's frequency.
    pub fn level(&self, comparison: usize, level: u8) -> f64 {
        self.bits[comparison].get(usize::from(level)).copied().unwrap_or(0.0)
    }

    /// The greatest weight that a comparison can have from each level on, its value's frequency included, by level;
    /// 0 for missing.
    pub(super) fn most(&self, plan: &Plan, comparison: usize) -> Vec<f64> {
        let (strength, least) = self.frequency[comparison];
        let compare = &plan.comparisons()[comparison].compare;
        let mut most = self.bits[comparison].clone();
        let mut later = f64::MIN;
        for (level, bits) in most.iter_mut().enumerate().skip(1).rev() {
            let rarity = compare.rarity_max(level as u8, least);
            later = later.max(*bits + strength * rarity);
            *bits = later;
        }
        most
    }

    /// Whether only the strongest of some comparisons counts, of which this is one.
    pub(super) fn is_grouped(&self, comparison: usize) -> bool {
        self.groups.iter().any(|group| group.contains(&comparison))
    }

    /// The least weight that a level of a comparison has.
    pub(super) fn least(&self, comparison: usize) -> f64 {
        self.bits[comparison].iter().fold(0.0_f64, |a, b| a.min(*b))
    }

    /// What the frequency of the agreed value adds, in bits.
    pub fn rarity(
        &self,
        plan: &Plan,
        table: &Table,
        index: usize,
        rows: (u32, u32),
        level: u8,
    ) -> f64 {
        let (strength, least) = self.frequency[index];
        if strength == 0.0 || level == NULL {
            return 0.0;
        }
        let compare = &plan.comparisons()[index].compare;
        strength * compare.rarity(table, rows.0, rows.1, level, least)
    }

    /// What each comparison adds for a pair, in bits: (by level, by frequency).
    pub fn parts(
        &self,
        plan: &Plan,
        table: &Table,
        rows: (u32, u32),
        pattern: Pattern,
    ) -> Vec<(f64, f64)> {
        let mut parts: Vec<(f64, f64)> = (0..self.bits.len())
            .map(|index| {
                let level = plan.layout().level(pattern, index);
                (self.level(index, level), self.rarity(plan, table, index, rows, level))
            })
            .collect();
        for group in &self.groups {
            strongest_only(&mut parts, group);
        }
        parts
    }

    /// The sum of all parts and of the prior.
    pub fn total(&self, plan: &Plan, table: &Table, rows: (u32, u32), pattern: Pattern) -> f64 {
        if !self.groups.is_empty() {
            let parts = self.parts(plan, table, rows, pattern);
            return self.prior + parts.iter().map(|(level, rarity)| level + rarity).sum::<f64>();
        }
        let mut sum = self.prior;
        for index in 0..self.bits.len() {
            let level = plan.layout().level(pattern, index);
            if level != NULL {
                sum += self.level(index, level) + self.rarity(plan, table, index, rows, level);
            }
        }
        sum
    }
}

/// Of a group, only the greatest support and the greatest contradiction stay.
fn strongest_only(parts: &mut [(f64, f64)], group: &[usize]) {
    let sum = |part: (f64, f64)| part.0 + part.1;
    let by = |parts: &[(f64, f64)], a: usize, b: usize| sum(parts[a]).total_cmp(&sum(parts[b]));
    let most = group.iter().copied().max_by(|&a, &b| by(parts, a, b));
    let least = group.iter().copied().min_by(|&a, &b| by(parts, a, b));
    for &index in group {
        let own = sum(parts[index]);
        let kept = (own > 0.0 && Some(index) == most) || (own < 0.0 && Some(index) == least);
        if !kept {
            parts[index] = (0.0, 0.0);
        }
    }
}
