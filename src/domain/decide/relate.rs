//! Twins are joined by relationships that their models allow, and parted.

use super::check::{self, KNOWN};
use crate::domain::change::Change;
use crate::domain::command::{Relate, Unrelate};
use crate::domain::fact::{Ends, JsonMap};
use crate::domain::graph::{Direction, Walk};
use crate::domain::id::TwinId;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::{Interval, Timestamp};
use crate::dtdl::{ContentKind, Dtmi};

/// No chain of places is deeper.
const PLACES_DEPTH_MAX: usize = 256;
/// No circle check looks at more twins.
const PLACES_REACHED_MAX: usize = 100_000;

/// Joins two twins.
pub fn decide(state: &State, command: &Relate) -> Result<Vec<Change>, Rejection> {
    let (source, from) = check::existing(state, &command.source, command.valid)?;
    let (target, to) = check::existing(state, &command.target, command.valid)?;
    let (name, properties) = (&command.name, &command.properties);
    let max = allowed(state, name, properties, &from.value.model, target, &to.value.model)?;
    for (model, during) in check::models_during(state, source, command.valid) {
        for (target_model, _) in check::models_during(state, target, command.valid) {
            if (&model, &target_model) != (&from.value.model, &to.value.model) {
                allowed(state, name, properties, &model, target, &target_model)
                    .map_err(|problem| check::across(source, &model, during, &problem))?;
            }
        }
    }
    let ends = Ends { source, name: command.name.clone(), target, key: command.key.clone() };
    let held = state.graph.edge(ends.id());
    let is_it = |properties: &JsonMap| *properties == command.properties;
    // The edge itself is what was said: with other properties it was corrected, not ended.
    let stands = held.is_some_and(|edge| {
        edge.timeline.says(command.valid, is_it)
            || (command.gives_way && edge.timeline.was_cut(command.valid, is_it, |_| true))
    });
    if stands {
        return Ok(Vec::new());
    }
    no_circle(state, &ends, command.valid)?;
    if let Some(max) = max {
        room_for_one_more(state, &ends, command.valid, max)?;
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
pub fn allowed(
    state: &State,
    name: &str,
    given: &JsonMap,
    model: &Dtmi,
    target: TwinId,
    target_model: &Dtmi,
) -> Result<Option<u32>, Rejection> {
    let interface = check::model(state, model)?;
    let content = interface.content(name).map(|c| &c.kind);
    let Some(ContentKind::Relationship { target: expected, max_multiplicity, properties, .. }) =
        content
    else {
        return Err(check::unknown_content(interface, name, "relationship"));
    };
    if let Some(expected) = expected
        && !state.catalogue.is_a(target_model, expected)
    {
        return Err(Rejection::WrongTarget {
            name: name.to_owned(),
            model: model.clone(),
            expected: expected.clone(),
            target,
            found: target_model.clone(),
        });
    }
    for (property, value) in given {
        let path = format!("{name}.{property}");
        let known = properties.iter().find(|p| p.name.as_ref() == property);
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

/// Checks that the source may have one relationship more of that name during `valid`.
pub fn room_for_one_more(
    state: &State,
    ends: &Ends,
    valid: Interval,
    max: u32,
) -> Result<(), Rejection> {
    let others = state
        .graph
        .edges_ever(ends.source, Direction::Outgoing)
        .filter(|e| e.ends.name == ends.name && e.ends != *ends)
        .filter(|e| e.timeline.overlapping(valid).next().is_some())
        .count();
    if others < max as usize {
        return Ok(());
    }
    let name = ends.name.to_string();
    Err(Rejection::TooManyTargets { name, source_twin: ends.source, max })
}

/// A relationship between places may not lead back to where it starts.
///
/// The check climbs from the outer place, because chains upwards are short and subtrees are not.
pub fn no_circle(state: &State, ends: &Ends, valid: Interval) -> Result<(), Rejection> {
    let places = &state.rules.places;
    let (source, target) = (ends.source, ends.target);
    let (names, direction, inner, outer) = if named(&places.up, &ends.name) {
        (&places.up, Direction::Outgoing, source, target)
    } else if named(&places.down, &ends.name) {
        (&places.down, Direction::Incoming, target, source)
    } else {
        return Ok(());
    };
    let moment = check::anchor(valid);
    if inner != outer && !leads(state, outer, inner, names, direction, moment) {
        return Ok(());
    }
    Err(Rejection::PlaceCircle { name: ends.name.to_string(), source_twin: source, target })
}

/// Whether places around `from` lead to `to`.
fn leads(
    state: &State,
    from: TwinId,
    to: TwinId,
    names: &[String],
    direction: Direction,
    moment: Timestamp,
) -> bool {
    let names: Vec<_> = names.iter().map(|n| n.as_str().into()).collect();
    let walk = Walk {
        names: &names,
        direction,
        depth_max: PLACES_DEPTH_MAX,
        reached_max: PLACES_REACHED_MAX,
    };
    let reached = state.graph.reach(from, &walk, moment, KNOWN);
    from == to || reached.iter().any(|r| r.twin == to)
}

/// Whether a place would lie inside itself if the two twins were one. What joins the two directly
/// is dropped in a merge, and does not count.
pub fn would_circle(state: &State, one: TwinId, other: TwinId) -> bool {
    let places = &state.rules.places;
    let moment = check::anchor(Interval::ALWAYS);
    let ways = [(&places.up, Direction::Outgoing), (&places.down, Direction::Incoming)];
    ways.into_iter().any(|(names, direction)| {
        [(one, other), (other, one)].into_iter().any(|(from, to)| {
            let edges = state.graph.edges_at(from, direction, moment, KNOWN);
            let around = edges.into_iter().filter(|e| named(names, &e.ends.name));
            let mut around = around.map(|e| match direction {
                Direction::Outgoing => e.ends.target,
                Direction::Incoming => e.ends.source,
            });
            around.any(|next| next != to && leads(state, next, to, names, direction, moment))
        })
    })
}

fn named(names: &[String], name: &str) -> bool {
    names.iter().any(|n| **n == *name)
}
