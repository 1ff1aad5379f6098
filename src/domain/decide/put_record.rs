//! What a system says is kept as it said it; systems get their names.

use crate::domain::change::Change;
use crate::domain::command::{DeclareSystem, PutRecord};
use crate::domain::fact::SourceRecord;
use crate::domain::state::State;

/// Keeps a source record, unless it says what the one before said.
pub fn decide(state: &State, command: &PutRecord) -> Vec<Change> {
    let record =
        SourceRecord { kind: command.kind.clone(), attributes: command.attributes.clone() };
    let known = state.records.timeline(&command.key);
    if known.is_some_and(|t| t.says(command.valid, |r| *r == record)) {
        return Vec::new();
    }
    vec![Change::RecordStored { key: command.key.clone(), valid: command.valid, record }]
}

/// Names a system.
pub fn declare_system(state: &State, command: &DeclareSystem) -> Vec<Change> {
    if state.systems.get(&command.name) == Some(&command.title) {
        return Vec::new();
    }
    vec![Change::SystemDeclared { name: command.name.clone(), title: command.title.clone() }]
}
