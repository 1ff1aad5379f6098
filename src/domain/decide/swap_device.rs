//! A device is replaced: one operation that hands over everything, at one moment.

use super::check;
use super::context::Context;
use super::link_id::link_change;
use crate::domain::change::Change;
use crate::domain::command::{SwapDevice, TwinRef};
use crate::domain::fact::{Ends, Existence};
use crate::domain::graph::{Direction, Edge};
use crate::domain::id::{Position, StreamKey, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::{Interval, Timestamp};

const KNOWN: Position = Position::LATEST_KNOWN;

/// From the moment on, the new device's channels measure what the old one's did, and its
/// relationships are the new one's; so are the values that it is to carry. A new device without a twin gets one of the old one's model.
/// Before the moment nothing changes.
pub fn decide(
    state: &State,
    command: &SwapDevice,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    if command.old == command.new {
        return Err(Rejection::Invalid(format!(
            "`{}` cannot replace itself; give the id of the new device",
            command.old
        )));
    }
    let mut changes = Vec::new();
    let old = check::existing(state, &TwinRef::External(command.old.clone()), since(command));
    if let Ok((old, existence)) = &old {
        let new = new_twin(state, command, existence.value.clone(), context, &mut changes)?;
        hand_over_relationships(state, command.at, *old, new, &mut changes);
        carry(state, command, *old, new, &existence.value, &mut changes)?;
    }
    hand_over_bindings(state, command, &mut changes)?;
    if changes.is_empty() {
        old?;
        return Err(Rejection::NothingToSwap(command.old.clone()));
    }
    Ok(changes)
}

fn since(command: &SwapDevice) -> Interval {
    Interval::since(command.at)
}

fn new_twin(
    state: &State,
    command: &SwapDevice,
    existence: Existence,
    context: &mut Context<'_>,
    changes: &mut Vec<Change>,
) -> Result<TwinId, Rejection> {
    if let Some(link) = state.crosswalks.at(&command.new, command.at, KNOWN) {
        return Ok(link.value.twin);
    }
    let twin = context.new_twin();
    let valid = since(command);
    changes.push(Change::TwinAsserted { twin, valid, existence });
    changes.extend(link_change(state, &command.new, twin, valid, "device swap", context)?);
    Ok(twin)
}

fn hand_over_relationships(
    state: &State,
    at: Timestamp,
    old: TwinId,
    new: TwinId,
    changes: &mut Vec<Change>,
) {
    for direction in [Direction::Outgoing, Direction::Incoming] {
        for edge in state.graph.edges_at(old, direction, at, KNOWN) {
            let (ends, valid) = (moved(edge, direction, new), rest(edge, at));
            let properties = edge.timeline.at(at, KNOWN).map(|f| f.value.clone());
            changes.push(Change::RelationshipRetracted { id: edge.id, valid });
            if ends.source != ends.target {
                let properties = properties.unwrap_or_default();
                changes.push(Change::RelationshipAsserted { ends, valid, properties });
            }
        }
    }
}

/// What was asked of the old device is asked of the new one, unless that has values of its own.
fn carry(
    state: &State,
    command: &SwapDevice,
    old: TwinId,
    new: TwinId,
    existence: &Existence,
    changes: &mut Vec<Change>,
) -> Result<(), Rejection> {
    let at = command.at;
    let model = match state.graph.twin(new).and_then(|t| t.existence.at(at, KNOWN)) {
        Some(fact) => &fact.value.model,
        None => &existence.model,
    };
    for path in &command.carry {
        check::content(state, model, path, "property")?;
        let old = state.graph.twin(old).into_iter();
        for said in old.flat_map(|node| node.statements_of(path)) {
            let Some(fact) = said.timeline.at(at, KNOWN) else {
                continue;
            };
            let valid = Interval { from: at, to: fact.valid.to };
            let node = state.graph.twin(new);
            let held = node.and_then(|t| t.statement(path, said.source.as_deref()));
            if held.is_none_or(|t| t.overlapping(valid).next().is_none()) {
                let (path, value) = (path.clone(), fact.value.clone());
                changes.push(Change::PropertyAsserted { twin: new, path, valid, value });
            }
        }
    }
    Ok(())
}

fn moved(edge: &Edge, direction: Direction, new: TwinId) -> Ends {
    let mut ends = edge.ends.clone();
    match direction {
        Direction::Outgoing => ends.source = new,
        Direction::Incoming => ends.target = new,
    }
    ends
}

/// From the moment to the end of the relationship as it stands.
fn rest(edge: &Edge, at: Timestamp) -> Interval {
    let to = edge.timeline.at(at, KNOWN).map_or(Timestamp::MAX, |f| f.valid.to);
    Interval { from: at, to }
}

fn hand_over_bindings(
    state: &State,
    command: &SwapDevice,
    changes: &mut Vec<Change>,
) -> Result<(), Rejection> {
    let mut next = state.streams.next_id();
    for stream in state.streams.of_device(&command.old) {
        let Some(fact) = stream.bindings.at(command.at, KNOWN) else {
            continue;
        };
        let valid = Interval { from: command.at, to: fact.valid.to };
        changes.push(Change::Unbound { stream: stream.id, valid });
        let key = StreamKey { device: command.new.clone(), channel: stream.key.channel.clone() };
        let heir = match state.streams.find(key.as_ref()) {
            Some(heir) => heir,
            None => {
                let heir = next;
                next.0 += 1;
                changes.push(Change::StreamOpened { stream: heir, key: key.clone() });
                heir
            }
        };
        let busy = state.streams.get(heir).and_then(|s| s.bindings.overlapping(valid).next());
        if let Some(busy) = busy {
            return Err(Rejection::StreamTaken {
                stream: Box::new(key),
                twin: busy.value.twin,
                path: busy.value.path.to_string(),
                valid: busy.valid,
            });
        }
        changes.push(Change::Bound { stream: heir, valid, binding: fact.value.clone() });
    }
    Ok(())
}
