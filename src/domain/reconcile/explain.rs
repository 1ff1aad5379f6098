//! Why a pair has its probability: a waterfall.

use super::dedupe::ScoredPair;
use super::plan::Plan;
use super::rule::{self, RuleOutcome};
use super::table::Table;
use super::weigh::{Weights, probability};

/// Why a pair has its probability. All weights are in bits; they add up to the total.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The log2 odds of two random records.
    pub prior: f64,
    /// What each comparison adds, in the order of the settings.
    pub steps: Vec<Step>,
    /// What the other pairs add.
    pub structure: f64,
    /// The sum, as log2 odds.
    pub total: f64,
    /// The probability that it means.
    pub probability: f64,
    /// What became of each deterministic rule.
    pub rules: Vec<RuleOutcome>,
}

/// What one comparison says.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The comparison's name.
    pub comparison: String,
    /// What the records say, normalised.
    pub values: (String, String),
    /// The level's name: of the settings, "missing" or "else".
    pub level: String,
    /// The level's weight.
    pub weight: f64,
    /// What the frequency of the agreed value adds.
    pub rarity: f64,
}

/// Why a pair of rows has its probability. `scored` is the pair as [`super::deduplicate`] left it,
/// if it is there: what structure and rules did to it is taken from there.
pub fn explain(
    plan: &Plan,
    table: &Table,
    weights: &Weights,
    rows: (u32, u32),
    scored: Option<&ScoredPair>,
) -> Explanation {
    let pattern = plan.compare(table, rows.0, rows.1);
    let parts = weights.parts(plan, table, rows, pattern);
    let steps: Vec<Step> = plan
        .comparisons()
        .iter()
        .enumerate()
        .zip(parts)
        .map(|((index, comparison), (weight, rarity))| Step {
            comparison: comparison.settings.name.clone(),
            values: (
                comparison.compare.shown(table, rows.0),
                comparison.compare.shown(table, rows.1),
            ),
            level: comparison.level_name(plan.layout().level(pattern, index)),
            weight,
            rarity,
        })
        .collect();
    let own: f64 = weights.prior() + steps.iter().map(|s| s.weight + s.rarity).sum::<f64>();
    let total = scored.map_or(own, |pair| f64::from(pair.total()));
    Explanation {
        prior: weights.prior(),
        steps,
        structure: total - own,
        total,
        probability: probability(total),
        rules: rule::outcomes(plan, table, rows.0, rows.1),
    }
}
