//! `extends`: no circles, not too long, not too many, and no two contents of one name.

use std::collections::{HashMap, HashSet};

use super::super::error::{ModelError, rule};
use super::super::graph::{Graph, Ix};
use super::super::metamodel::{Class, EXTENDS_COUNT_MAX, EXTENDS_DEPTH_MAX};
use super::{Found, at_element};

/// What is known of the interfaces below one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walk {
    Unseen,
    Open,
    /// The longest chain, and the number of references in all chains.
    Done {
        depth: u32,
        count: u64,
    },
    /// A circle is below it.
    Circular,
}

/// Checks all interfaces.
pub(super) fn check(graph: &Graph<'_>) -> Found {
    let walks = walk_all(graph);
    let circles = on_circles(graph, &walks);
    let mut found = Found::new();
    for (ix, element) in graph.unchecked().filter(|(_, element)| element.class == Class::Interface)
    {
        let depth_max = EXTENDS_DEPTH_MAX.under(element.limits);
        let count_max = EXTENDS_COUNT_MAX.under(element.limits);
        match walks[ix as usize] {
            Walk::Circular if circles.contains(&ix) => found.push((ix, circle(graph, ix))),
            Walk::Done { depth, count } => {
                if let Some(max) = depth_max.filter(|max| depth > *max) {
                    found.push((ix, too_deep(graph, ix, max, &walks)));
                } else if let Some(max) = count_max.filter(|max| count > u64::from(*max)) {
                    found.push((ix, too_many(graph, ix, count, max)));
                } else if depth > 0 {
                    found.extend(clashes(graph, ix).into_iter().map(|error| (ix, error)));
                }
            }
            Walk::Unseen | Walk::Open | Walk::Circular => {}
        }
    }
    found
}

/// Walks all chains of `extends`, without recursion, as they come from outside.
fn walk_all(graph: &Graph<'_>) -> Vec<Walk> {
    let mut walks = vec![Walk::Unseen; graph.elements.len()];
    for (start, _) in graph.own().filter(|(_, element)| element.class == Class::Interface) {
        let mut stack = vec![start];
        while let Some(&at) = stack.last() {
            let parents = graph.get(at).children("extends");
            match walks[at as usize] {
                Walk::Unseen => {
                    walks[at as usize] = Walk::Open;
                    let unseen = |parent: &&Ix| walks[**parent as usize] == Walk::Unseen;
                    stack.extend(parents.iter().filter(unseen));
                }
                Walk::Open => {
                    walks[at as usize] = close(parents, &walks);
                    stack.pop();
                }
                Walk::Done { .. } | Walk::Circular => {
                    stack.pop();
                }
            }
        }
    }
    walks
}

fn close(parents: &[Ix], walks: &[Walk]) -> Walk {
    let (mut deepest, mut total) = (0, 0_u64);
    for parent in parents {
        match walks[*parent as usize] {
            Walk::Done { depth, count } => {
                deepest = deepest.max(depth + 1);
                total = total.saturating_add(count).saturating_add(1);
            }
            Walk::Unseen | Walk::Open | Walk::Circular => return Walk::Circular,
        }
    }
    Walk::Done { depth: deepest, count: total }
}

/// The interfaces on circles. From each interface above a circle, one way is followed down,
/// which ends in a circle or where an earlier way came past.
fn on_circles(graph: &Graph<'_>, walks: &[Walk]) -> HashSet<Ix> {
    let mut found = HashSet::new();
    let mut passed: HashMap<Ix, Ix> = HashMap::new();
    let circular = |ix: &Ix| walks[*ix as usize] == Walk::Circular;
    for start in (0..walks.len() as Ix).filter(circular) {
        let mut way = Vec::new();
        let mut at = Some(start);
        while let Some(ix) = at.filter(|ix| !passed.contains_key(ix)) {
            passed.insert(ix, start);
            way.push(ix);
            at = graph.get(ix).children("extends").iter().copied().find(circular);
        }
        // Only a way that meets itself closes a circle.
        if let Some(end) = at.filter(|end| passed.get(end) == Some(&start)) {
            found.extend(way.into_iter().skip_while(|ix| *ix != end));
        }
    }
    found
}

fn circle(graph: &Graph<'_>, ix: Ix) -> ModelError {
    let id = graph.id_of(ix);
    at_element(graph, rule!("recursiveStructureNarrow"), ix)
        .property("'extends'")
        .says(format!("{id} extends itself, directly or through others."))
        .mend("Break the circle of 'extends'.")
}

fn too_deep(graph: &Graph<'_>, ix: Ix, max: u32, walks: &[Walk]) -> ModelError {
    let id = graph.id_of(ix);
    let depth_of = |ix: Ix| match walks[ix as usize] {
        Walk::Done { depth, .. } => depth,
        Walk::Unseen | Walk::Open | Walk::Circular => 0,
    };
    let (mut at, mut left) = (ix, max + 1);
    while left > 0 {
        let next =
            graph.get(at).children("extends").iter().find(|next| depth_of(**next) + 1 >= left);
        let Some(next) = next else { break };
        (at, left) = (*next, left - 1);
    }
    at_element(graph, rule!("excessiveDepthNarrow"), ix)
        .related_to(Some(graph.place_of(at)))
        .property("'extends'")
        .other_element(graph.id_of(at))
        .restriction(max.to_string())
        .says(format!(
            "{id} extends others through more than {max} levels, down to {}.",
            graph.id_of(at)
        ))
        .mend("Shorten the chain of 'extends'.")
}

fn too_many(graph: &Graph<'_>, ix: Ix, count: u64, max: u32) -> ModelError {
    let id = graph.id_of(ix);
    at_element(graph, rule!("excessiveCount"), ix)
        .property("'extends'")
        .restriction(max.to_string())
        .says(format!(
            "All chains of 'extends' below {id} have {count} references; {max} are allowed."
        ))
        .mend("Extend fewer interfaces.")
}

/// Contents that clash with others of the same name that come from elsewhere.
fn clashes(graph: &Graph<'_>, ix: Ix) -> Vec<ModelError> {
    let element = graph.get(ix);
    let own = element.children("contents").len();
    if own == 0 && element.children("extends").len() == 1 {
        // What clashes here clashes in the interface that it extends.
        return Vec::new();
    }
    let mut by_name: HashMap<&str, Ix> = HashMap::new();
    let mut errors = Vec::new();
    for (position, content) in graph.all_contents(ix).into_iter().enumerate() {
        let Some(name) = graph.get(content).text("name") else {
            continue;
        };
        let first = *by_name.entry(name).or_insert(content);
        if first != content && position >= own {
            errors.push(clash(graph, ix, name, first, content));
        }
    }
    errors
}

fn clash(graph: &Graph<'_>, ix: Ix, name: &str, first: Ix, second: Ix) -> ModelError {
    let (id, from) = (graph.id_of(ix), graph.id_of(graph.root_of(second)));
    let at = |content: Ix| graph.get(content).node.and_then(|node| node.member("name"));
    let place = at(first).map(|(key, _)| key.place()).unwrap_or_default();
    ModelError::new(rule!("nonUniqueImportedPropertyValue"))
        .at(place)
        .related_to(at(second).map(|(key, _)| key.place()))
        .element(id.clone())
        .other_element(from.clone())
        .property("contents")
        .other_property("name")
        .value(name)
        .says(format!(
            "{id} inherits a content named '{name}' from {from}, and has another of that name."
        ))
        .mend("Rename one of them, or extend one interface only.")
}
