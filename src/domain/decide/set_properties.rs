//! Properties of a twin are set and cleared.

use std::sync::Arc;

use super::check;
use crate::domain::change::Change;
use crate::domain::command::SetProperties;
use crate::domain::fact::{PropertyPath, PropertyValue};
use crate::domain::id::{Position, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::dtdl::Dtmi;

/// Sets what differs; null clears what the same author said.
pub fn decide(state: &State, command: &SetProperties) -> Result<Vec<Change>, Rejection> {
    let (twin, existence) = check::existing(state, &command.twin, command.valid)?;
    let model = &existence.value.model;
    property_changes(
        state,
        twin,
        model,
        &command.properties,
        command.valid,
        command.source.as_ref(),
    )
}

/// The changes after which `source`, or with none a person or client, says these values of the twin. What others
/// said stands beside it.
pub fn property_changes(
    state: &State,
    twin: TwinId,
    model: &Dtmi,
    properties: &[(PropertyPath, serde_json::Value)],
    valid: Interval,
    source: Option<&Arc<str>>,
) -> Result<Vec<Change>, Rejection> {
    let source = source.filter(|source| !source.is_empty());
    let mut changes = Vec::new();
    for (path, value) in properties {
        let node = state.graph.twin(twin);
        let held = node.and_then(|t| t.statement(path, source.map(|source| &**source)));
        if value.is_null() {
            check::content(state, model, path, "property")?;
            let overlapping = held
                .is_some_and(|t| t.known(Position::LATEST_KNOWN).any(|f| f.valid.overlaps(&valid)));
            if overlapping {
                let (path, source) = (path.clone(), source.cloned());
                changes.push(Change::PropertyRetracted { twin, path, valid, source });
            }
            continue;
        }
        check::property_value(state, model, path, value)?;
        let value = PropertyValue { value: value.clone(), source: source.cloned() };
        if !held.is_some_and(|t| t.says(valid, |v| *v == value)) {
            changes.push(Change::PropertyAsserted { twin, path: path.clone(), valid, value });
        }
    }
    Ok(changes)
}
