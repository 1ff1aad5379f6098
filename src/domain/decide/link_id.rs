//! External ids are tied to twins, and untied.

use std::sync::Arc;

use super::context::Context;
use super::{apart, check, refer};
use crate::domain::change::Change;
use crate::domain::command::{LinkId, UnlinkId};
use crate::domain::fact::Link;
use crate::domain::id::{ExternalId, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;

/// Ties an id to a twin. An id that means another twin in that time is a conflict unless it is to be replaced.
pub fn decide(
    state: &State,
    command: &LinkId,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let (twin, _) = check::existing(state, &command.twin, command.valid)?;
    if !(0.0..=1.0).contains(&command.confidence) {
        return Err(Rejection::Invalid(format!(
            "the confidence {} is not between 0 and 1",
            command.confidence
        )));
    }
    if says(state, &command.external, command.valid, twin) {
        return Ok(Vec::new());
    }
    if !command.replace {
        free(state, &command.external, command.valid, twin)?;
    }
    apart::check(state, &command.external, twin, command.valid, None)?;
    let mut changes = refer::moved(state, &command.external, Some(twin), command.valid);
    changes.push(Change::Linked {
        external: command.external.clone(),
        valid: command.valid,
        link: Link {
            twin,
            reason: command.reason.clone(),
            confidence: command.confidence,
            decider: context.actor.clone(),
        },
    });
    Ok(changes)
}

/// Unties an id.
pub fn unlink(state: &State, command: &UnlinkId) -> Result<Vec<Change>, Rejection> {
    let timeline = state.crosswalks.timeline(&command.external);
    if timeline.is_none_or(|t| t.overlapping(command.valid).next().is_none()) {
        return Err(Rejection::NotLinked(command.external.clone()));
    }
    let mut changes = refer::moved(state, &command.external, None, command.valid);
    changes.push(Change::Unlinked { external: command.external.clone(), valid: command.valid });
    Ok(changes)
}

/// The change that ties an id to a twin with certainty, if it is not tied to it already.
pub fn link_change(
    state: &State,
    external: &ExternalId,
    twin: TwinId,
    valid: Interval,
    reason: &str,
    context: &Context<'_>,
) -> Result<Option<Change>, Rejection> {
    if says(state, external, valid, twin) {
        return Ok(None);
    }
    free(state, external, valid, twin)?;
    apart::check(state, external, twin, valid, None)?;
    Ok(Some(Change::Linked {
        external: external.clone(),
        valid,
        link: Link {
            twin,
            reason: Arc::from(reason),
            confidence: 1.0,
            decider: context.actor.clone(),
        },
    }))
}

fn says(state: &State, external: &ExternalId, valid: Interval, twin: TwinId) -> bool {
    state.crosswalks.timeline(external).is_some_and(|t| t.says(valid, |l| l.twin == twin))
}

/// Checks that the id means no other twin during the interval.
fn free(
    state: &State,
    external: &ExternalId,
    valid: Interval,
    twin: TwinId,
) -> Result<(), Rejection> {
    let Some(timeline) = state.crosswalks.timeline(external) else {
        return Ok(());
    };
    match timeline.overlapping(valid).find(|f| f.value.twin != twin) {
        Some(taken) => Err(Rejection::IdTaken {
            external: external.clone(),
            twin: taken.value.twin,
            valid: taken.valid,
        }),
        None => Ok(()),
    }
}
