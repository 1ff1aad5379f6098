//! Two records are told to be the same thing, or different things.

use std::sync::Arc;

use super::check::KNOWN;
use super::context::Context;
use super::join::{Join, Joined};
use crate::domain::change::Change;
use crate::domain::curation::{
    Candidate, Curation, CurationKey, Decided, DecisionKind, Judge, Judgement, Pair, Subject,
    Verdict, Withdraw,
};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;

/// States a verdict; one that says the same already stands as it is. Records that are the same come to mean one twin, if
/// either means one; else the matching makes one of both.
pub fn decide(
    state: &State,
    command: &Judge,
    context: &Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let Judge { pair, judgement, reason, valid } = command;
    let joined = match judgement {
        Judgement::Different => Joined::default(),
        Judgement::Same => {
            let join = Join {
                state,
                record: pair.first(),
                candidate: &Candidate::Record(pair.second().clone()),
                within: *valid,
                valid: *valid,
                reason,
                anew: Some(pair),
            };
            join.both(context)?
        }
    };
    let mut changes = joined.changes;
    changes.extend(verdict(state, pair, *judgement, reason, *valid, context));
    if !changes.is_empty() {
        let kind = match judgement {
            Judgement::Same => DecisionKind::JudgeSame,
            Judgement::Different => DecisionKind::JudgeDifferent,
        };
        let subjects = vec![Subject::Id(pair.first().clone()), Subject::Id(pair.second().clone())];
        let mut decided = Decided::new(kind, reason, subjects);
        decided.conflicts = joined.conflicts;
        changes.insert(0, Change::Decided(Box::new(decided)));
    }
    Ok(changes)
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
