//! Claims → the one that survives, and why.

use std::cmp::Ordering;

use super::claim::Claim;
use super::most_frequent::agrees;
use super::rule::Rule;
use crate::domain::time::Timestamp;

/// Why a claim survived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A steward said so.
    Override,
    /// Nobody else said anything.
    Only,
    /// All said the same.
    Agreement,
    /// This rule made it better than the next best claim with another value.
    Rule(Rule),
    /// No rule told them apart: the first in order of systems and ids.
    Order,
}

/// The claims in order of merit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Indexes of the claims, the survivor first.
    pub order: Vec<usize>,
    /// Why the first is first.
    pub reason: Reason,
}

/// Puts claims in order: overrides first, then by the rules in turn. `None` when there is no claim.
///
/// The same claims in any order give the same survivor.
pub fn choose(claims: &[Claim<'_>], rules: &[Rule], moment: Timestamp) -> Option<Verdict> {
    if claims.len() == 1 {
        let reason = if claims[0].is_override() { Reason::Override } else { Reason::Only };
        return Some(Verdict { order: vec![0], reason });
    }
    let measures: Vec<Vec<_>> = claims
        .iter()
        .map(|claim| rules.iter().map(|rule| rule.measure(claim, claims, moment)).collect())
        .collect();
    let by_rules = |a: usize, b: usize| {
        let mut orders = measures[a].iter().zip(&measures[b]).map(|(a, b)| b.order(a));
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by(|&a, &b| {
        let overrides = claims[b].is_override().cmp(&claims[a].is_override());
        overrides.then_with(|| by_rules(a, b)).then_with(|| tie(&claims[a], &claims[b]))
    });
    let first = *order.first()?;
    let rival = order.iter().copied().find(|other| !agrees(&claims[first], &claims[*other]));
    let reason = match rival {
        _ if claims[first].is_override() => Reason::Override,
        None => Reason::Agreement,
        Some(rival) => {
            let apart = measures[first].iter().zip(&measures[rival]);
            let apart = apart.zip(rules).find(|((a, b), _)| a.order(b).is_ne());
            apart.map_or(Reason::Order, |(_, rule)| Reason::Rule(*rule))
        }
    };
    Some(Verdict { order, reason })
}

/// A fixed order of claims that no rule tells apart.
fn tie(a: &Claim<'_>, b: &Claim<'_>) -> Ordering {
    let by_text = || {
        let text = |claim: &Claim<'_>| {
            let values = claim.values.iter().map(|(path, value)| format!("{path}={value}"));
            values.collect::<Vec<_>>()
        };
        text(a).cmp(&text(b))
    };
    a.author.cmp(&b.author).then_with(by_text).then_with(|| a.valid.from.cmp(&b.valid.from))
}
