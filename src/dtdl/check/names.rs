//! Elements of one property: how many there may be, and what must differ among them.

use std::collections::HashMap;

use super::super::error::{ModelError, rule};
use super::super::graph::{Graph, Ix};
use super::super::metamodel::{Elements, Shape};
use super::{Found, at_property};

/// Checks all properties with many values.
pub(super) fn check(graph: &Graph<'_>) -> Found {
    let mut found = Found::new();
    for (ix, element) in graph.unchecked() {
        for (property, targets) in &element.objects {
            let def = element.class.property(property, element.version);
            let Some(Shape::Elements(elements)) = def.map(|def| def.shape) else {
                continue;
            };
            if let Some(max) =
                elements.count_max.under(element.limits).filter(|max| targets.len() > *max as usize)
            {
                found.push((ix, too_many(graph, ix, property, targets.len(), max)));
            }
            found.extend(
                repeated(graph, ix, property, targets, &elements)
                    .into_iter()
                    .map(|error| (ix, error)),
            );
        }
        found.extend(repeated_in_types(graph, ix).into_iter().map(|error| (ix, error)));
    }
    found
}

fn too_many(graph: &Graph<'_>, ix: Ix, property: &str, count: usize, max: u32) -> ModelError {
    at_property(graph, rule!("objectCountAboveMax"), ix, property)
        .restriction(max.to_string())
        .says(format!("'{property}' has {count} values; {max} are allowed."))
        .mend("Remove values, or move them to other elements.")
}

/// Values of one property that have the same name, or the same value, and must not.
fn repeated(
    graph: &Graph<'_>,
    ix: Ix,
    property: &str,
    targets: &[Ix],
    elements: &Elements,
) -> Vec<ModelError> {
    let mut errors = Vec::new();
    for unique in elements.unique {
        let mut seen: HashMap<String, Ix> = HashMap::new();
        for &target in targets {
            let Some(value) = graph.get(target).literal(unique) else {
                continue;
            };
            let spelt = value.spelt();
            match seen.get(&spelt) {
                Some(&first) if first != target => {
                    errors.push(not_unique(graph, ix, property, unique, &spelt, first, target));
                }
                Some(_) => {}
                None => {
                    seen.insert(spelt, target);
                }
            }
        }
    }
    errors
}

fn not_unique(
    graph: &Graph<'_>,
    ix: Ix,
    property: &str,
    unique: &str,
    value: &str,
    first: Ix,
    second: Ix,
) -> ModelError {
    let at = |target: Ix| graph.get(target).node.and_then(|node| node.member(unique));
    ModelError::new(rule!("nonUniquePropertyValue"))
        .at(at(first).map(|(key, _)| key.place()).unwrap_or_default())
        .related_to(at(second).map(|(key, _)| key.place()))
        .element(graph.id_of(ix))
        .property(property)
        .other_property(unique)
        .value(value)
        .says(format!("'{property}' has more than one element whose '{unique}' is '{value}'."))
        .mend(format!("Give each element its own '{unique}'."))
}

/// The same for properties that extensions bring, such as the index of MQTT.
fn repeated_in_types(graph: &Graph<'_>, ix: Ix) -> Vec<ModelError> {
    let mut errors = Vec::new();
    for (property, targets) in &graph.get(ix).objects {
        let mut seen: HashMap<(&str, String), Ix> = HashMap::new();
        for &target in targets {
            let element = graph.get(target);
            let unique = element
                .types
                .iter()
                .flat_map(|found| &found.properties)
                .filter(|brought| brought.unique);
            for brought in unique {
                let Some(value) = element.literal(&brought.id) else {
                    continue;
                };
                let spelt = value.spelt();
                let first = *seen.entry((&brought.id, spelt.clone())).or_insert(target);
                if first != target {
                    let error =
                        not_unique(graph, ix, property, brought.term, &spelt, first, target);
                    errors.push(error.other_property(brought.id.as_str()));
                }
            }
        }
    }
    errors
}
