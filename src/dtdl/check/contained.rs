//! What must not stand inside what, and how much may.

use super::super::error::{ModelError, rule};
use super::super::graph::{Element, Graph, Ix};
use super::super::metamodel::{Class, ELEMENTS_MAX};
use super::{Found, at_element};

/// Checks properties (v2), components, and the size of interfaces.
pub(super) fn check(graph: &Graph<'_>) -> Found {
    let mut found = Found::new();
    let mut totals = vec![None; graph.elements.len()];
    for (ix, element) in graph.unchecked() {
        let error = match element.class {
            Class::Property if element.version == 2 => array_in_property(graph, ix),
            Class::Component => component_in_component(graph, ix, element),
            Class::Interface => too_many_elements(graph, ix, element, &mut totals),
            _ => None,
        };
        found.extend(error.map(|error| (ix, error)));
    }
    found
}

/// In DTDL v2 the schema of a property holds no array, at any depth.
fn array_in_property(graph: &Graph<'_>, ix: Ix) -> Option<ModelError> {
    let mut seen = std::collections::HashSet::from([ix]);
    let mut stack = vec![ix];
    while let Some(at) = stack.pop() {
        for (property, targets) in &graph.get(at).objects {
            for &target in targets {
                if *property == "schema" && graph.get(target).class == Class::Array {
                    return Some(excluded(graph, ix, target, "'schema'", "Property", "Array"));
                }
                if seen.insert(target) {
                    stack.push(target);
                }
            }
        }
    }
    None
}

/// The interface of a component has no components, not even inherited ones.
fn component_in_component(graph: &Graph<'_>, ix: Ix, element: &Element<'_>) -> Option<ModelError> {
    let schema = element.child("schema")?;
    let contents = graph.all_contents(schema);
    let inner =
        contents.into_iter().find(|content| graph.get(*content).class == Class::Component)?;
    Some(excluded(graph, ix, inner, "'schema' or 'contents'", "Component", "Component"))
}

fn excluded(
    graph: &Graph<'_>,
    ix: Ix,
    inner: Ix,
    property: &str,
    outer_type: &str,
    inner_type: &str,
) -> ModelError {
    let (id, inner_id) = (graph.id_of(ix), graph.id_of(inner));
    at_element(graph, rule!("excludedType"), ix)
        .related_to(Some(graph.place_of(inner)))
        .property(property)
        .other_element(inner_id.clone())
        .type_name(outer_type)
        .restriction(inner_type)
        .says(format!(
            "{id}, a {outer_type}, contains {inner_id}, a {inner_type}, which is not allowed."
        ))
        .mend(format!("Take the {inner_type} out of the {outer_type}."))
}

/// The properties whose values count as elements of an interface.
const COUNTED: [&str; 9] = [
    "contents",
    "fields",
    "enumValues",
    "request",
    "response",
    "properties",
    "schema",
    "elementSchema",
    "mapValue",
];

fn too_many_elements(
    graph: &Graph<'_>,
    ix: Ix,
    element: &Element<'_>,
    totals: &mut [Option<u64>],
) -> Option<ModelError> {
    let max = u64::from(ELEMENTS_MAX.under(element.limits)?);
    let count = total_below(graph, ix, totals);
    (count > max).then(|| {
        let id = graph.id_of(ix);
        let names: Vec<_> = COUNTED.iter().map(|name| format!("'{name}'")).collect();
        at_element(graph, rule!("excessiveCount"), ix)
            .property(names.join(" or "))
            .restriction(max.to_string())
            .says(format!("{id} holds {count} elements; {max} are allowed."))
            .mend("Divide the interface.")
    })
}

/// How many elements stand below one, each time that it is referred to. Circles count once.
fn total_below(graph: &Graph<'_>, start: Ix, totals: &mut [Option<u64>]) -> u64 {
    let mut stack = vec![(start, false)];
    while let Some((at, visited)) = stack.pop() {
        let below = |property: &&str| graph.get(at).children(property);
        if visited {
            let sum = COUNTED.iter().flat_map(below).fold(0_u64, |sum, next| {
                sum.saturating_add(1).saturating_add(totals[*next as usize].unwrap_or(0))
            });
            totals[at as usize] = Some(sum);
        } else if totals[at as usize].is_none() {
            // A provisional zero stops walks that come back here.
            totals[at as usize] = Some(0);
            stack.push((at, true));
            let next =
                COUNTED.iter().flat_map(below).filter(|next| totals[**next as usize].is_none());
            stack.extend(next.map(|next| (*next, false)));
        }
    }
    totals[start as usize].unwrap_or(0)
}
