//! Relationships of a twin under another model.

use std::collections::BTreeMap;

use super::plan::{KNOWN, shared};
use super::request::{Migration, Subject, TwinPlan};
use crate::domain::change::Change;
use crate::domain::fact::{JsonMap, PropertyPath};
use crate::domain::graph::{Direction, Edge};
use crate::domain::id::TwinId;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::dtdl::{ContentKind, Dtmi};

/// Looks at each relationship that the twin has in the span.
pub(super) fn plan(
    state: &State,
    migration: &Migration,
    twin: TwinId,
    span: Interval,
    plan: &mut TwinPlan,
) {
    let mut counts: BTreeMap<&PropertyPath, Vec<(&Edge, Interval)>> = BTreeMap::new();
    for edge in state.graph.edges_ever(twin, Direction::Outgoing) {
        for fact in edge.timeline.known(KNOWN) {
            let Some(valid) = shared(fact.valid, span) else {
                continue;
            };
            match outgoing(state, migration, edge, &fact.value, valid) {
                Some(problem) => lose(plan, migration, edge, valid, problem),
                None => counts.entry(&edge.ends.name).or_default().push((edge, valid)),
            }
        }
    }
    too_many(state, migration, counts, plan);
    for edge in state.graph.edges_ever(twin, Direction::Incoming) {
        // One that leads back to its own source was looked at above.
        if edge.ends.source == twin {
            continue;
        }
        for fact in edge.timeline.known(KNOWN) {
            if let Some(valid) = shared(fact.valid, span)
                && let Some(problem) = incoming(state, migration, edge, valid)
            {
                lose(plan, migration, edge, valid, problem);
            }
        }
    }
}

fn lose(plan: &mut TwinPlan, migration: &Migration, edge: &Edge, valid: Interval, problem: String) {
    let change = Change::RelationshipRetracted { id: edge.id, valid };
    plan.lose(migration, Subject::Relationship, &edge.ends.name, problem, change);
}

/// What is wrong with a relationship of the twin under the new model, if anything.
fn outgoing(
    state: &State,
    migration: &Migration,
    edge: &Edge,
    properties: &JsonMap,
    valid: Interval,
) -> Option<String> {
    let (to, name, target) = (&migration.to, &edge.ends.name, edge.ends.target);
    let kind = state.catalogue.get(to)?.content(name).map(|content| &content.kind);
    let Some(ContentKind::Relationship { target: expected, properties: known, .. }) = kind else {
        return Some(format!("`{to}` has no such relationship; it leads to twin {target}"));
    };
    if let Some(expected) = expected
        && let Some(found) = other_than(state, migration, target, expected, valid)
    {
        return Some(format!(
            "in `{to}` it must lead to a `{expected}`, but twin {target} is a `{found}`"
        ));
    }
    properties.iter().find_map(|(property, value)| {
        let content = known.iter().find(|content| *content.name == **property);
        match content.and_then(|content| content.schema()) {
            None => Some(format!("in `{to}` it has no property `{property}`")),
            Some(schema) => schema.validate(value).err().map(|error| {
                format!("the value of its property `{property}` does not fit: {error}")
            }),
        }
    })
}

/// The model of a twin, at some time of the interval, that is not the expected one.
fn other_than(
    state: &State,
    migration: &Migration,
    twin: TwinId,
    expected: &Dtmi,
    valid: Interval,
) -> Option<Dtmi> {
    let facts = state.graph.twin(twin)?.existence.overlapping(valid);
    let mut models = facts.map(|fact| migration.model_after(twin, &fact.value.model));
    models.find(|model| !state.catalogue.is_a(model, expected)).cloned()
}

/// What is wrong with a relationship to the twin when it has the new model, if anything.
fn incoming(state: &State, migration: &Migration, edge: &Edge, valid: Interval) -> Option<String> {
    let (to, name, source) = (&migration.to, &edge.ends.name, edge.ends.source);
    let sources = state.graph.twin(source)?.existence.overlapping(valid);
    let mut models = sources.map(|fact| migration.model_after(source, &fact.value.model));
    models.find_map(|model| {
        let content = state.catalogue.get(model)?.content(name)?;
        match &content.kind {
            ContentKind::Relationship { target: Some(expected), .. }
                if !state.catalogue.is_a(to, expected) =>
            {
                Some(format!(
                    "it comes from twin {source}, and in `{model}` it must lead to a `{expected}`, which `{to}` is not"
                ))
            }
            _ => None,
        }
    })
}

/// More relationships of one name than the new model allows: which of them should stay, nobody
/// said, so all of them are at stake.
fn too_many(
    state: &State,
    migration: &Migration,
    counts: BTreeMap<&PropertyPath, Vec<(&Edge, Interval)>>,
    plan: &mut TwinPlan,
) {
    for (name, edges) in counts {
        let content = state.catalogue.content_at(&migration.to, name);
        let Some(ContentKind::Relationship { max_multiplicity: Some(max), .. }) =
            content.map(|content| &content.kind)
        else {
            continue;
        };
        let at_once = |valid: Interval| edges.iter().filter(|(_, v)| v.overlaps(&valid)).count();
        for (edge, valid) in &edges {
            let count = at_once(*valid);
            if count > *max as usize {
                let to = &migration.to;
                let problem = format!(
                    "in `{to}` it may lead to at most {max} twins, and leads to {count}; end some of them first"
                );
                lose(plan, migration, edge, *valid, problem);
            }
        }
    }
}
