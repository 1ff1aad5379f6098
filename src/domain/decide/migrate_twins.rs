//! Twins get another model.

use super::check;
use crate::domain::change::Change;
use crate::domain::command::MigrateTwins;
use crate::domain::migration::{Migration, plan};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// Losses that a refusal lists; more are counted.
const LOSSES_LISTED_MAX: usize = 20;

/// Gives the twins their new model from the moment on, with what that does to their values,
/// streams and relationships. All of them or none: one loss without leave is enough for none.
pub fn decide(state: &State, command: &MigrateTwins) -> Result<Vec<Change>, Rejection> {
    possible(state, &command.migration)?;
    let mut changes = Vec::new();
    let (mut losses, mut more) = (Vec::new(), 0);
    for twin in &command.twins {
        let plan = plan(state, &command.migration, *twin);
        for loss in plan.losses() {
            if losses.len() < LOSSES_LISTED_MAX {
                losses.push(format!("twin {twin} {loss}"));
            } else {
                more += 1;
            }
        }
        changes.extend(plan.changes);
    }
    if losses.is_empty() { Ok(changes) } else { Err(Rejection::MigrationLoses { losses, more }) }
}

/// Checks what does not depend on the twins.
///
/// # Errors
/// When a model is not known, or the new one gets no twins.
pub fn possible(state: &State, migration: &Migration) -> Result<(), Rejection> {
    let Migration { from, to, together, .. } = migration;
    let pairs = together.iter().map(|(from, to)| (from, to));
    for (from, to) in std::iter::once((from, to)).chain(pairs) {
        check::model(state, from)?;
        check::model(state, to)?;
        if from == to {
            return Err(Rejection::Invalid(format!(
                "`{from}` cannot be migrated to itself; name two models"
            )));
        }
        if state.catalogue.is_decommissioned(to) {
            return Err(Rejection::Decommissioned { model: to.clone(), user: None });
        }
    }
    Ok(())
}
