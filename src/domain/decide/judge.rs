//! Two records are told to be the same thing, or different things.

use std::sync::Arc;

use super::check::KNOWN;
use super::context::Context;
use crate::domain::change::Change;
use crate::domain::curation::{Curation, CurationKey, Judge, Judgement, Pair, Verdict, Withdraw};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;

/// States a verdict; one that says the same already stands as it is.
pub fn decide(state: &State, command: &Judge, context: &Context<'_>) -> Vec<Change> {
    let (pair, judgement) = (&command.pair, command.judgement);
    verdict(state, pair, judgement, &command.reason, command.valid, context).into_iter().collect()
}

/// Ends a verdict.
pub fn withdraw(state: &State, command: &Withdraw) -> Result<Vec<Change>, Rejection> {
    let mut verdicts = state.curations.verdicts_on(&command.pair, KNOWN);
    if !verdicts.any(|(_, fact)| fact.valid.overlaps(&command.valid)) {
        return Err(Rejection::NotJudged {
            first: Box::new(command.pair.first().clone()),
            second: Box::new(command.pair.second().clone()),
        });
    }
    Ok(vec![Change::Uncurated { key: CurationKey::verdict(&command.pair), valid: command.valid }])
}

/// The change that states a verdict, if it does not stand.
pub fn verdict(
    state: &State,
    pair: &Pair,
    judgement: Judgement,
    reason: &Arc<str>,
    valid: Interval,
    context: &Context<'_>,
) -> Option<Change> {
    let says = |fact: &Curation| matches!(fact, Curation::Verdict(v) if v.judgement == judgement);
    let known = state.curations.timeline(&CurationKey::verdict(pair));
    if known.is_some_and(|t| t.says(valid, says)) {
        return None;
    }
    let fact = Curation::Verdict(Box::new(Verdict {
        pair: pair.clone(),
        judgement,
        reason: reason.clone(),
        decider: context.actor.clone(),
    }));
    Some(Change::Curated { valid, fact })
}
