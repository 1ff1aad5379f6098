//! The weight of a pair, as long as it may be kept.

use super::compare::NULL;
use super::dedupe::ScoredPair;
use super::model::Model;
use super::pattern::{COMPARISONS_MAX, Pattern};
use super::plan::Plan;
use super::rule;
use super::settings::RuleEffect;
use super::table::{NONE, Table};
use super::weigh::{Weights, weight_of};

/// How far below the kept probability a pair may stand by the first prior, in bits; the refined
/// prior may lift it.
pub(super) const PRIOR_MARGIN_BITS: f32 = 4.0;

/// Weighs pairs, and gives up on a pair as soon as it cannot be kept any more.
pub(super) struct Scorer {
    weights: Weights,
    /// In the order in which they are asked.
    order: Vec<Asked>,
    least: f64,
}

/// A comparison that is asked.
struct Asked {
    index: usize,
    /// The field of which equal values are the first level, and others never.
    field: Option<usize>,
    /// The most that it can add, by the first level that is open.
    most: Vec<f64>,
    /// Whether others may measure the same: what speaks against the pair may not count then.
    is_grouped: bool,
}

impl Asked {
    fn new(plan: &Plan, weights: &Weights, index: usize) -> Self {
        let field = plan.comparisons()[index].compare.exact_field();
        let mut most = weights.most(plan, index);
        // With all levels open, one of the two may as well say nothing.
        most[1] = most[1].max(0.0);
        let is_grouped = weights.is_grouped(index);
        most.iter_mut().filter(|_| is_grouped).for_each(|most| *most = most.max(0.0));
        Self { index, field, most, is_grouped }
    }

    /// The first level that is open, by a look at whether the values are the same.
    #[inline]
    fn glance(&self, table: &Table, a: u32, b: u32) -> u8 {
        let Some(field) = self.field else { return 1 };
        match (table.value(a, field), table.value(b, field)) {
            (NONE, _) | (_, NONE) => NULL,
            (x, y) if x == y => 1,
            _ => 2,
        }
    }

    /// Whether a closer look can tell more than [`Self::glance`] did.
    fn is_open(&self, level: u8) -> bool {
        self.field.is_none() || level > 1
    }
}

impl Scorer {
    pub(super) fn new(plan: &Plan, model: &Model) -> Self {
        let weights = Weights::new(plan, model);
        let count = plan.comparisons().len();
        let mut order: Vec<Asked> =
            (0..count).map(|index| Asked::new(plan, &weights, index)).collect();
        // First what costs most when it disagrees: pairs fall below what can be kept soonest.
        let at_stake = |asked: &Asked| asked.most[1] - weights.least(asked.index);
        order.sort_by(|a, b| at_stake(b).total_cmp(&at_stake(a)).then(a.index.cmp(&b.index)));
        let least = f64::from(weight_of(plan.settings().thresholds.keep) - PRIOR_MARGIN_BITS);
        Self { weights, order, least }
    }

    pub(super) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The pair, unless it cannot be kept. Rules may link what weights would not keep.
    pub(super) fn score(&self, plan: &Plan, table: &Table, a: u32, b: u32) -> Option<ScoredPair> {
        let ruled = !plan.rules.is_empty();
        let pattern = match self.compare(plan, table, a, b) {
            Some(pattern) => pattern,
            None if ruled => plan.compare(table, a, b),
            None => return None,
        };
        let weight = self.weights.total(plan, table, (a, b), pattern);
        let kept = weight >= self.least
            || (ruled && rule::decided(plan, table, a, b) == Some(RuleEffect::Link));
        kept.then_some(ScoredPair { a, b, pattern, weight: weight as f32, structure: 0.0 })
    }

    /// The levels of a pair, unless it cannot be kept: three looks at all comparisons, each closer than the one before,
    /// as long as what they leave open may be kept.
    fn compare(&self, plan: &Plan, table: &Table, a: u32, b: u32) -> Option<Pattern> {
        let mut levels = [NULL; COMPARISONS_MAX];
        let mut most = self.weights.prior();
        for (asked, level) in self.order.iter().zip(&mut levels) {
            *level = asked.glance(table, a, b);
            most += asked.most[usize::from(*level)];
        }
        for (asked, level) in self.order.iter().zip(&mut levels) {
            if most < self.least {
                return None;
            }
            if asked.is_open(*level) {
                let closer = plan.comparisons()[asked.index].compare.level_at_best(table, a, b);
                most += asked.most[usize::from(closer)] - asked.most[usize::from(*level)];
                *level = closer;
            }
        }
        let mut pattern = 0;
        for (asked, at_best) in self.order.iter().zip(levels) {
            if most < self.least {
                return None;
            }
            let level = plan.comparisons()[asked.index].compare.level(table, a, b);
            pattern |= plan.layout().place(asked.index, level);
            let rarity = self.weights.rarity(plan, table, asked.index, (a, b), level);
            let own = self.weights.level(asked.index, level) + rarity;
            let counted = if asked.is_grouped { own.max(0.0) } else { own };
            most += counted - asked.most[usize::from(at_best)];
        }
        Some(pattern)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::model::Learnt;
    use super::super::registry::Registry;
    use super::super::table::RawRecord;
    use super::*;

    /// All kinds of tests that a quick look treats in its own way; the first two comparisons are a group.
    const SETTINGS: &str = r#"
        name = "looks"
        thresholds = { link = 0.5, review = 0.3, keep = 0.05 }
        block = [{ keys = [{ field = "a" }] }]
        field = [{ name = "a" }, { name = "b" }, { name = "c" }]

        [[compare]]
        name = "first"
        fields = ["a"]
        group = "names"
        term-frequency = 1.0
        levels = [{ test = "exact" }, { test = { damerau = 1 } }, { test = { jaro-winkler = 0.8 } }, { test = "initial" }]

        [[compare]]
        name = "again"
        fields = ["b"]
        group = "names"
        levels = [{ test = "exact" }, { test = { prefix = 2 } }, { test = { relative = 0.4 } }, { test = "soundex" }]

        [[compare]]
        name = "swapped"
        fields = ["a", "b"]
        levels = [{ test = "swapped" }, { test = { swapped-alike = 0.8 } }]

        [[compare]]
        name = "third"
        fields = ["c"]
        levels = [{ test = "exact" }, { test = { levenshtein = 2 } }, { test = { number = 3.0 } }]
    "#;

    fn shares(count: usize) -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(0.001..1.0, count)
    }

    fn learnt(plan: &Plan, mut shares: Vec<f64>) -> Model {
        let learnt = |comparison: &super::super::plan::Comparison| {
            let levels = comparison.settings.levels.len() + 1;
            let mut take = || shares.split_off(shares.len() - levels);
            let (m, u) = (take(), take());
            Learnt { name: comparison.settings.name.clone(), m, u, learnt: true }
        };
        Model { prior: 0.1, comparisons: plan.comparisons().iter().map(learnt).collect() }
    }

    proptest! {
        #[test]
        fn a_pair_is_kept_exactly_where_its_weight_says_so(
            texts in prop::collection::vec(("[ab]{0,3}", "[ab]{0,3}", "[0-2]{0,2}"), 2..12),
            shares in shares(40),
        ) {
            let settings = toml::from_str(SETTINGS).expect("settings");
            let mut plan = Plan::new(settings, &Registry::generic()).expect("a plan");
            let ids: Vec<String> = (0..texts.len()).map(|number| number.to_string()).collect();
            let records: Vec<RawRecord<'_>> = ids
                .iter()
                .zip(&texts)
                .map(|(id, (a, b, c))| RawRecord { id, source: "s", values: vec![a, b, c] })
                .collect();
            let table = plan.table_of(&["a", "b", "c"], &records);
            plan.prepare(&table);
            let model = learnt(&plan, shares);
            let scorer = Scorer::new(&plan, &model);
            for b in 1..table.len() as u32 {
                for a in 0..b {
                    let pattern = plan.compare(&table, a, b);
                    let weight = scorer.weights.total(&plan, &table, (a, b), pattern);
                    let scored = scorer.score(&plan, &table, a, b);
                    let expected = (weight >= scorer.least).then_some((pattern, weight as f32));
                    prop_assert_eq!(scored.map(|pair| (pair.pattern, pair.weight)), expected);
                }
            }
        }
    }
}
