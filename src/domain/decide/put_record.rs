//! What a system says is kept as it said it; systems and sources get their names.

use super::refer;
use crate::domain::change::Change;
use crate::domain::command::{DeclareSource, DeclareSystem, PutRecord, RetractRecord};
use crate::domain::fact::SourceRecord;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::domain::timeline::Timeline;

/// Keeps a source record, unless it says what the one before said. What it refers to no more, the thing is related to
/// no more.
pub fn decide(state: &State, command: &PutRecord) -> Vec<Change> {
    let record = command.record();
    let (key, known) = (command.key.clone(), state.records.timeline(&command.key));
    let valid = held(known, command.valid, command.is_change);
    if known.is_some_and(|t| t.says(valid, |r| *r == record)) {
        return Vec::new();
    }
    let mut changes = refer::unsaid(state, &key, valid, &record.references);
    changes.push(Change::RecordStored { key, valid, record });
    changes
}

/// How long something holds that is told of a record: a change, until the next one that is known.
fn held(known: Option<&Timeline<SourceRecord>>, valid: Interval, is_change: bool) -> Interval {
    let Some(known) = known.filter(|_| is_change) else { return valid };
    let next = known.overlapping(valid).map(|fact| match fact.valid.from > valid.from {
        true => fact.valid.from,
        false => fact.valid.to,
    });
    Interval { to: next.min().map_or(valid.to, |next| next.min(valid.to)), ..valid }
}

/// Ends a record; one that the system did not have in that time stays away.
pub fn retract(state: &State, command: &RetractRecord) -> Vec<Change> {
    let (key, known) = (command.key.clone(), state.records.timeline(&command.key));
    let valid = held(known, command.valid, command.is_change);
    if known.is_none_or(|t| t.overlapping(valid).next().is_none()) {
        return Vec::new();
    }
    let mut changes = refer::unsaid(state, &key, valid, &[]);
    changes.push(Change::RecordRetracted { key, valid });
    changes
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
