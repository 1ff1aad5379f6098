//! A twin ends, and with it everything that holds on to it.

use super::check;
use crate::domain::change::Change;
use crate::domain::command::DeleteTwin;
use crate::domain::graph::Direction;
use crate::domain::id::{Position, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;

const KNOWN: Position = Position::LATEST_KNOWN;

/// Ends the twin's existence from a moment on, with its relationships, ids, bindings and values. The past stays.
pub fn decide(state: &State, command: &DeleteTwin) -> Result<Vec<Change>, Rejection> {
    let valid = Interval::since(command.at);
    let (twin, _) = check::existing(state, &command.twin, valid)?;
    let mut changes = vec![Change::TwinRetracted { twin, valid }];
    for direction in [Direction::Outgoing, Direction::Incoming] {
        let edges = state.graph.edges_ever(twin, direction);
        let held = edges.filter(|e| e.timeline.overlapping(valid).next().is_some());
        changes.extend(held.map(|e| Change::RelationshipRetracted { id: e.id, valid }));
    }
    if let Some(node) = state.graph.twin(twin) {
        let said = node.statements().iter();
        let held = said.filter(|said| said.timeline.overlapping(valid).next().is_some());
        changes.extend(held.map(|said| Change::PropertyRetracted {
            twin,
            path: said.path.clone(),
            valid,
            source: said.source.clone(),
        }));
    }
    changes.extend(unlinked(state, twin, valid));
    changes.extend(unbound(state, twin, valid));
    Ok(changes)
}

fn unlinked(state: &State, twin: TwinId, valid: Interval) -> Vec<Change> {
    let mut changes = Vec::new();
    for external in state.crosswalks.ids_ever(twin) {
        let timeline = state.crosswalks.timeline(external);
        for fact in timeline.into_iter().flat_map(|t| t.known(KNOWN)) {
            let held = Interval::new(fact.valid.from.max(valid.from), fact.valid.to);
            if let Some(valid) = held.filter(|_| fact.value.twin == twin) {
                changes.push(Change::Unlinked { external: external.clone(), valid });
            }
        }
    }
    changes
}

fn unbound(state: &State, twin: TwinId, valid: Interval) -> Vec<Change> {
    let mut changes = Vec::new();
    for stream in state.streams.of_twin(twin) {
        for fact in stream.bindings.known(KNOWN).filter(|f| f.value.twin == twin) {
            if let Some(valid) = Interval::new(fact.valid.from.max(valid.from), fact.valid.to) {
                changes.push(Change::Unbound { stream: stream.id, valid });
            }
        }
    }
    changes
}
