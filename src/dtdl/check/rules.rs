//! What the types of extensions demand of the element's properties and of its place.

use super::super::error::{ModelError, rule};
use super::super::graph::{Graph, Ix, Link};
use super::super::metamodel::{Rule, SupplementalType, TypeTest, registry};
use super::{Found, at_element, at_property};

/// Checks all elements with types of extensions.
pub(super) fn check(graph: &Graph<'_>) -> Found {
    let mut found = Found::new();
    for (ix, element) in graph.unchecked() {
        for of_type in &element.types {
            let parent = of_type.parent.as_deref().and_then(|id| registry().supplemental(id));
            let rules =
                of_type.rules.iter().chain(parent.into_iter().flat_map(|parent| &parent.rules));
            for rule in rules {
                found.extend(
                    check_rule(graph, ix, of_type, rule).into_iter().map(|error| (ix, error)),
                );
            }
        }
    }
    for link in graph.links.iter().filter(|link| link.wants.of_type.is_some()) {
        if !graph.is_known(link.from) && !graph.is_faulty(link.from) {
            found.extend(wrong_type_of_target(graph, link).map(|error| (link.from, error)));
        }
    }
    found
}

fn check_rule(
    graph: &Graph<'_>,
    ix: Ix,
    of_type: &SupplementalType,
    rule: &Rule,
) -> Vec<ModelError> {
    match rule {
        Rule::PropertyHasType { property, any, names } => {
            let wrong = |target: &&Ix| !any.iter().any(|test| graph.passes(**target, test));
            let targets = graph.get(ix).children(property).iter().filter(wrong);
            targets.map(|target| not_of_type(graph, ix, property, *target, names)).collect()
        }
        Rule::PropertyIs { property, any, names } => {
            let wrong = |target: &&Ix| !any.contains(&graph.id_of(**target));
            let targets = graph.get(ix).children(property).iter().filter(wrong);
            targets.map(|target| not_of_values(graph, ix, property, *target, names)).collect()
        }
        Rule::ParentHasType { property, any, names } => {
            let wrong = |parent: &Ix| !any.iter().any(|id| graph.get(*parent).has_type(id));
            parents(graph, ix, property)
                .filter(wrong)
                .map(|_| misplaced(graph, ix, property, of_type, names))
                .collect()
        }
        Rule::AloneIn { property } => not_alone(graph, ix, property, of_type),
        Rule::BesideIn { property, other } => {
            let lacks = |parent: &Ix| {
                !graph.get(*parent).children(property).iter().any(|s| graph.get(*s).has_type(other))
            };
            parents(graph, ix, property)
                .filter(lacks)
                .map(|_| not_beside(graph, ix, property, of_type, other))
                .collect()
        }
        Rule::NamesSibling { .. }
        | Rule::NamesSiblingProperty { .. }
        | Rule::SchemaOfSiblingProperty { .. } => Vec::new(),
    }
}

/// The elements that refer to this one by a property.
fn parents<'g>(graph: &'g Graph<'_>, ix: Ix, property: &'g str) -> impl Iterator<Item = Ix> + 'g {
    let referrers = graph.get(ix).referrers.iter().filter(move |(_, by)| *by == property);
    referrers.map(|(parent, _)| *parent)
}

fn not_of_type(graph: &Graph<'_>, ix: Ix, property: &str, target: Ix, names: &str) -> ModelError {
    let target_id = graph.id_of(target);
    let term = registry().term_of(property);
    at_property(graph, rule!("notRequiredType"), ix, property)
        .other_element(target_id.clone())
        .type_name(names)
        .says(format!("'{term}' has the value {target_id}, which is not of type {names}."))
        .mend(format!("Give '{term}' a value of type {names}."))
}

fn not_of_values(graph: &Graph<'_>, ix: Ix, property: &str, target: Ix, names: &str) -> ModelError {
    let target_id = graph.id_of(target);
    at_property(graph, rule!("notRequiredValue"), ix, property)
        .other_element(target_id.clone())
        .restriction(names)
        .says(format!("'{property}' has the value {target_id}, which is not {names}."))
        .mend(format!("Use {names}."))
}

/// The target of a property of an extension is not of the class, or of the type, that it takes.
fn wrong_type_of_target(graph: &Graph<'_>, link: &Link<'_>) -> Option<ModelError> {
    let target = link.target?;
    let (test, names) = match link.wants.of_type {
        Some(id) => (TypeTest::Supplemental(id.to_owned()), registry().term_of(id)),
        None => (TypeTest::Class(link.wants.class), link.wants.class.name()),
    };
    (!graph.passes(target, &test))
        .then(|| not_of_type(graph, link.from, link.property, target, names))
}

fn type_error(
    graph: &Graph<'_>,
    rule: &'static str,
    ix: Ix,
    property: &str,
    of_type: &SupplementalType,
) -> ModelError {
    let types = graph.get(ix).node.and_then(|node| node.member("@type"));
    let mut error = at_element(graph, rule, ix).property(property).type_name(of_type.term);
    if let Some((key, _)) = types {
        error = error.at(key.place());
    }
    error
}

fn misplaced(
    graph: &Graph<'_>,
    ix: Ix,
    property: &str,
    of_type: &SupplementalType,
    names: &str,
) -> ModelError {
    type_error(graph, rule!("parentMissingCotype"), ix, property, of_type)
        .restriction(names)
        .says(format!(
            "The type '{}' may stand only in '{property}' of an element with type {names}.",
            of_type.term
        ))
        .mend(format!("Give the element around it the type {names}."))
}

fn not_alone(
    graph: &Graph<'_>,
    ix: Ix,
    property: &str,
    of_type: &SupplementalType,
) -> Vec<ModelError> {
    let mut errors = Vec::new();
    for parent in parents(graph, ix, property) {
        for &sibling in graph.get(parent).children(property) {
            let (own, other) = (graph.id_of(ix), graph.id_of(sibling));
            // Each pair is found from both sides; one side is enough.
            if own < other && graph.get(sibling).types.iter().any(|found| found.id == of_type.id) {
                errors.push(
                    type_error(graph, rule!("siblingDuplicatesCotype"), ix, property, of_type)
                        .other_element(other.clone())
                        .restriction(of_type.term)
                        .says(format!(
                            "The type '{}' stands on {own} and on {other}, in one '{property}'.",
                            of_type.term
                        ))
                        .mend("Keep it on one of them."),
                );
            }
        }
    }
    errors
}

fn not_beside(
    graph: &Graph<'_>,
    ix: Ix,
    property: &str,
    of_type: &SupplementalType,
    other: &str,
) -> ModelError {
    let needed = registry().term_of(other);
    type_error(graph, rule!("siblingMissingCotype"), ix, property, of_type)
        .restriction(needed)
        .says(format!(
            "The type '{}' may stand in '{property}' only if '{needed}' stands there, too.",
            of_type.term
        ))
        .mend(format!("Add an element with the type '{needed}'."))
}
