//! Verdicts that keep things apart: what was told apart is not brought together by the way.

use super::check::KNOWN;
use crate::domain::curation::{Curation, Judgement, Pair, Verdict};
use crate::domain::id::{ExternalId, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::domain::timeline::Fact;

/// Verdicts that keep a record from a twin during `valid`: they tell it from a record of that twin.
pub fn verdicts<'a>(
    state: &'a State,
    record: &'a ExternalId,
    twin: TwinId,
    valid: Interval,
) -> impl Iterator<Item = (&'a Verdict, &'a Fact<Curation>)> {
    let verdicts = state.curations.verdicts_of(record, KNOWN);
    verdicts.filter(move |(verdict, fact)| {
        verdict.judgement == Judgement::Different
            && fact.valid.and(&valid).is_some_and(|shared| {
                let other = state.crosswalks.timeline(verdict.pair.other(record));
                other.is_some_and(|t| t.overlapping(shared).any(|f| f.value.twin == twin))
            })
    })
}

/// Checks that no verdict keeps a record from a twin, but one on a pair that is judged anew.
pub fn check(
    state: &State,
    record: &ExternalId,
    twin: TwinId,
    valid: Interval,
    anew: Option<&Pair>,
) -> Result<(), Rejection> {
    let mut verdicts = verdicts(state, record, twin, valid);
    match verdicts.find(|(verdict, _)| Some(&verdict.pair) != anew) {
        Some((verdict, _)) => Err(refusal(verdict)),
        None => Ok(()),
    }
}

/// The refusal because of a verdict.
pub fn refusal(verdict: &Verdict) -> Rejection {
    Rejection::KeptApart {
        first: Box::new(verdict.pair.first().clone()),
        second: Box::new(verdict.pair.second().clone()),
        reason: verdict.reason.to_string(),
        decider: verdict.decider.to_string(),
    }
}
