//! A twin is created, or brought to what is said.

use super::check;
use super::context::Context;
use super::link_id::link_change;
use super::set_properties::property_changes;
use crate::domain::change::Change;
use crate::domain::command::{PutTwin, TwinRef};
use crate::domain::fact::Existence;
use crate::domain::id::{Position, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::dtdl::Dtmi;

/// Creates the twin unless one of its ids means one already; then sets what differs.
pub fn decide(
    state: &State,
    command: &PutTwin,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let known = check::agreed_twin(state, &command.identifiers, check::anchor(command.valid))?;
    let id = command.id.map(|id| state.curations.current(id, Position::LATEST_KNOWN));
    let twin = match (id, known) {
        (Some(id), Some(meant)) if id != meant => {
            return Err(Rejection::IdTaken {
                external: command.identifiers[0].clone(),
                twin: meant,
                valid: command.valid,
            });
        }
        (Some(id), _) | (None, Some(id)) => id,
        (None, None) => context.new_twin(),
    };
    let mut changes = Vec::new();
    let model = existence(state, twin, command, &mut changes)?;
    property_changes(
        state,
        twin,
        &model,
        &command.properties,
        command.valid,
        command.source.as_ref(),
    )
    .map(|found| changes.extend(found))?;
    for external in &command.identifiers {
        changes.extend(link_change(state, external, twin, command.valid, "imported", context)?);
    }
    Ok(changes)
}

/// Makes the twin exist throughout the interval, and tells its model.
fn existence(
    state: &State,
    twin: TwinId,
    command: &PutTwin,
    changes: &mut Vec<Change>,
) -> Result<Dtmi, Rejection> {
    let valid = command.valid;
    let node = state.graph.twin(twin);
    let held = node.map(|n| n.existence.spans(Position::LATEST_KNOWN)).unwrap_or_default();
    let model = match (&command.model, held.first()) {
        (Some(model), _) => model.clone(),
        (None, Some(fact)) => fact.value.model.clone(),
        (None, None) if command.id.is_some() => {
            return Err(Rejection::UnknownTwin { twin: TwinRef::Id(twin), at: None });
        }
        (None, None) => return Err(Rejection::ModelMissing),
    };
    check::model(state, &model)?;
    for fact in held.iter().filter(|f| f.valid.overlaps(&valid)) {
        // A merge makes a twin what the more specific of its models says.
        if !state.catalogue.is_a(&fact.value.model, &model) {
            return Err(Rejection::OtherModel {
                twin,
                model: fact.value.model.clone(),
                asked: model,
                valid: fact.valid,
            });
        }
    }
    for gap in valid.without_all(held.iter().map(|f| f.valid)) {
        let existence = Existence { model: model.clone() };
        changes.push(Change::TwinAsserted { twin, valid: gap, existence });
    }
    Ok(model)
}
