//! Deterministic rules: identifier entries in the order of their priority.

use super::error::SettingsError;
use super::key::Key;
use super::plan;
use super::plan::Plan;
use super::registry::Registry;
use super::settings::{RuleEffect, RuleSettings, Settings};
use super::table::Table;

/// A rule with every name resolved.
pub(super) struct Rule {
    pub settings: RuleSettings,
    pub keys: Vec<Box<dyn Key>>,
    /// Places of the comparisons that may not be at "else".
    unless: Vec<usize>,
}

/// What became of a rule for a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All keys are there and agree.
    Holds,
    /// The two say something else about this field.
    Differs(String),
    /// At least one of the two says nothing about this field.
    Missing(String),
    /// All keys agree, but this comparison contradicts.
    Contradicted(String),
}

/// A rule's outcome for a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOutcome {
    /// The rule's name.
    pub rule: String,
    /// What follows when it holds.
    pub effect: RuleEffect,
    /// What became of it.
    pub verdict: Verdict,
}

impl Rule {
    pub(super) fn new(
        declared: &RuleSettings,
        settings: &Settings,
        registry: &Registry,
    ) -> Result<Self, SettingsError> {
        let place = format!("rule `{}`", declared.name);
        if declared.keys.is_empty() {
            return Err(SettingsError::invalid(place, "name at least one key"));
        }
        let keys = declared
            .keys
            .iter()
            .map(|k| plan::key(&place, k, &settings.fields, registry).map(|(key, _)| key))
            .collect::<Result<Vec<_>, _>>()?;
        let unless = declared
            .unless
            .iter()
            .map(|name| {
                settings.comparisons.iter().position(|c| c.name == *name).ok_or_else(|| {
                    SettingsError::UnknownName {
                        place: place.clone(),
                        what: "comparison",
                        name: name.clone(),
                        known: settings
                            .comparisons
                            .iter()
                            .map(|c| format!("`{}`", c.name))
                            .collect::<Vec<_>>()
                            .join(", "),
                    }
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { settings: declared.clone(), keys, unless })
    }

    /// What becomes of the rule for a pair.
    pub(super) fn verdict(&self, plan: &Plan, table: &Table, a: u32, b: u32) -> Verdict {
        let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
        for (key, declared) in self.keys.iter().zip(&self.settings.keys) {
            of_a.clear();
            of_b.clear();
            key.keys(table, a, &mut of_a);
            key.keys(table, b, &mut of_b);
            if of_a.is_empty() || of_b.is_empty() {
                return Verdict::Missing(declared.field.clone());
            }
            if !of_a.iter().any(|hash| of_b.contains(hash)) {
                return Verdict::Differs(declared.field.clone());
            }
        }
        for &index in &self.unless {
            let comparison = &plan.comparisons()[index];
            let level = usize::from(comparison.compare.level(table, a, b));
            if level > comparison.settings.levels.len() {
                return Verdict::Contradicted(comparison.settings.name.clone());
            }
        }
        Verdict::Holds
    }
}

/// What became of each rule for a pair, in the order of priority.
pub(super) fn outcomes(plan: &Plan, table: &Table, a: u32, b: u32) -> Vec<RuleOutcome> {
    plan.rules
        .iter()
        .map(|rule| RuleOutcome {
            rule: rule.settings.name.clone(),
            effect: rule.settings.effect,
            verdict: rule.verdict(plan, table, a, b),
        })
        .collect()
}

/// What the first rule that holds and decides says: to link or to refuse.
pub(super) fn decided(plan: &Plan, table: &Table, a: u32, b: u32) -> Option<RuleEffect> {
    plan.rules
        .iter()
        .filter(|rule| rule.settings.effect != RuleEffect::Prior)
        .find(|rule| rule.verdict(plan, table, a, b) == Verdict::Holds)
        .map(|rule| rule.settings.effect)
}
