//! Twins are joined by relationships that their models allow, and parted.

use super::check;
use crate::domain::change::Change;
use crate::domain::command::{Relate, Unrelate};
use crate::domain::fact::Ends;
use crate::domain::graph::{Direction, Walk};
use crate::domain::id::{Position, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::dtdl::{ContentKind, Dtmi};

const KNOWN: Position = Position::LATEST_KNOWN;
/// No chain of places is deeper.
const PLACES_DEPTH_MAX: usize = 256;
/// No circle check looks at more twins.
const PLACES_REACHED_MAX: usize = 100_000;

/// Joins two twins.
pub fn decide(state: &State, command: &Relate) -> Result<Vec<Change>, Rejection> {
    let (source, from) = check::existing(state, &command.source, command.valid)?;
    let (target, to) = check::existing(state, &command.target, command.valid)?;
    let max = allowed(state, command, &from.value.model, target, &to.value.model)?;
    for (model, during) in check::models_during(state, source, command.valid) {
        for (target_model, _) in check::models_during(state, target, command.valid) {
            if (&model, &target_model) != (&from.value.model, &to.value.model) {
                allowed(state, command, &model, target, &target_model)
                    .map_err(|problem| check::across(source, &model, during, &problem))?;
            }
        }
    }
    let ends = Ends { source, name: command.name.clone(), target, key: command.key.clone() };
    let held = state.graph.edge(ends.id());
    if held.is_some_and(|e| e.timeline.says(command.valid, |p| *p == command.properties)) {
        return Ok(Vec::new());
    }
    no_circle(state, command, source, target)?;
    if let Some(max) = max {
        room_for_one_more(state, command, source, &ends, max)?;
    }
    Ok(vec![Change::RelationshipAsserted {
        ends,
        valid: command.valid,
        properties: command.properties.clone(),
    }])
}

/// Ends a relationship.
pub fn unrelate(state: &State, command: &Unrelate) -> Result<Vec<Change>, Rejection> {
    match state.graph.edge(command.id) {
        Some(edge) if edge.timeline.overlapping(command.valid).next().is_some() => {
            Ok(vec![Change::RelationshipRetracted { id: command.id, valid: command.valid }])
        }
        _ => Err(Rejection::UnknownRelationship(command.id)),
    }
}

/// Checks the relationship against the source's model; answers the most targets that it may have.
fn allowed(
    state: &State,
    command: &Relate,
    model: &Dtmi,
    target: TwinId,
    target_model: &Dtmi,
) -> Result<Option<u32>, Rejection> {
    let interface = check::model(state, model)?;
    let content = interface.content(&command.name).map(|c| &c.kind);
    let Some(ContentKind::Relationship { target: expected, max_multiplicity, properties, .. }) =
        content
    else {
        return Err(check::unknown_content(interface, &command.name, "relationship"));
    };
    if let Some(expected) = expected
        && !state.catalogue.is_a(target_model, expected)
    {
        return Err(Rejection::WrongTarget {
            name: command.name.to_string(),
            model: model.clone(),
            expected: expected.clone(),
            target,
            found: target_model.clone(),
        });
    }
    for (name, value) in &command.properties {
        let path = format!("{}.{name}", command.name);
        let known = properties.iter().find(|p| p.name.as_ref() == name);
        let Some(schema) = known.and_then(|p| p.schema()) else {
            let problem = "the relationship has no such property".to_owned();
            return Err(Rejection::InvalidValue { path, problem });
        };
        schema
            .validate(value)
            .map_err(|e| Rejection::InvalidValue { path, problem: e.to_string() })?;
    }
    Ok(*max_multiplicity)
}

fn room_for_one_more(
    state: &State,
    command: &Relate,
    source: TwinId,
    ends: &Ends,
    max: u32,
) -> Result<(), Rejection> {
    let others = state
        .graph
        .edges_ever(source, Direction::Outgoing)
        .filter(|e| e.ends.name == command.name && e.ends != *ends)
        .filter(|e| e.timeline.overlapping(command.valid).next().is_some())
        .count();
    if others < max as usize {
        return Ok(());
    }
    Err(Rejection::TooManyTargets { name: command.name.to_string(), source_twin: source, max })
}

/// A relationship between places may not lead back to where it starts.
///
/// The check climbs from the outer place, because chains upwards are short and subtrees are not.
fn no_circle(
    state: &State,
    command: &Relate,
    source: TwinId,
    target: TwinId,
) -> Result<(), Rejection> {
    let places = &state.rules.places;
    let (names, direction, inner, outer) = if named(&places.up, command) {
        (&places.up, Direction::Outgoing, source, target)
    } else if named(&places.down, command) {
        (&places.down, Direction::Incoming, target, source)
    } else {
        return Ok(());
    };
    let names: Vec<_> = names.iter().map(|n| n.as_str().into()).collect();
    let walk = Walk {
        names: &names,
        direction,
        depth_max: PLACES_DEPTH_MAX,
        reached_max: PLACES_REACHED_MAX,
    };
    let moment = check::anchor(command.valid);
    let above = || state.graph.reach(outer, &walk, moment, KNOWN);
    if inner != outer && above().iter().all(|r| r.twin != inner) {
        return Ok(());
    }
    Err(Rejection::PlaceCircle { name: command.name.to_string(), source_twin: source, target })
}

fn named(names: &[String], command: &Relate) -> bool {
    names.iter().any(|n| **n == *command.name)
}
