//! What a system says is kept as it said it; systems and sources get their names.

use crate::domain::change::Change;
use crate::domain::command::{DeclareSource, DeclareSystem, PutRecord, RetractRecord};
use crate::domain::state::State;

/// Keeps a source record, unless it says what the one before said.
pub fn decide(state: &State, command: &PutRecord) -> Vec<Change> {
    let record = command.record();
    let known = state.records.timeline(&command.key);
    if known.is_some_and(|t| t.says(command.valid, |r| *r == record)) {
        return Vec::new();
    }
    vec![Change::RecordStored { key: command.key.clone(), valid: command.valid, record }]
}

/// Ends a record; one that the system did not have in that time stays away.
pub fn retract(state: &State, command: &RetractRecord) -> Vec<Change> {
    let known = state.records.timeline(&command.key);
    if known.is_none_or(|t| t.overlapping(command.valid).next().is_none()) {
        return Vec::new();
    }
    vec![Change::RecordRetracted { key: command.key.clone(), valid: command.valid }]
}

/// Keeps how a source is read.
pub fn declare_source(state: &State, command: &DeclareSource) -> Vec<Change> {
    if state.sources.get(&command.name) == Some(&command.declaration) {
        return Vec::new();
    }
    vec![Change::SourceDeclared {
        name: command.name.clone(),
        declaration: command.declaration.clone(),
    }]
}

/// Names a system.
pub fn declare_system(state: &State, command: &DeclareSystem) -> Vec<Change> {
    if state.systems.get(&command.name) == Some(&command.title) {
        return Vec::new();
    }
    vec![Change::SystemDeclared { name: command.name.clone(), title: command.title.clone() }]
}
