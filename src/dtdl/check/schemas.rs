//! Complex schemas: how deep they stand in each other, and whether they contain themselves.

use super::super::error::{ModelError, rule};
use super::super::graph::{Graph, Ix};
use super::super::metamodel::{Class, SCHEMA_DEPTH_MAX};
use super::{Found, at_element};

/// Schemas that contain each other are searched for long ways in at most this many steps.
const STEPS_MAX: u32 = 20_000;

/// What is known of the schemas below an element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walk {
    Unseen,
    Open,
    /// The most steps along `schema` and `elementSchema`.
    Done(u32),
    /// A circle is below it.
    Circular,
}

/// Checks all complex schemas.
pub(super) fn check(graph: &Graph<'_>) -> Found {
    let mut walks = vec![Walk::Unseen; graph.elements.len()];
    let mut found = Found::new();
    for (ix, element) in graph.unchecked() {
        if !element.class.is_a(Class::ComplexSchema) {
            continue;
        }
        let Some(max) = SCHEMA_DEPTH_MAX.under(element.limits) else {
            continue;
        };
        walk(graph, ix, &mut walks);
        match walks[ix as usize] {
            Walk::Done(depth) if depth > max => {
                let deep = find_deep(graph, ix, max, &walks);
                found.push((ix, too_deep(graph, ix, deep, max)));
            }
            Walk::Circular if element.version < 4 => {
                found.extend(circle(graph, ix).map(|at| (ix, contains_itself(graph, at))));
            }
            Walk::Circular => {
                let deep = find_deep_among_circles(graph, ix, max);
                found.extend(deep.map(|deep| (ix, too_deep(graph, ix, deep, max))));
            }
            Walk::Done(_) | Walk::Unseen | Walk::Open => {}
        }
    }
    dedup(found)
}

/// A circle of several schemas is found from each of them; it is reported once.
fn dedup(mut found: Found) -> Found {
    let mut seen = std::collections::HashSet::new();
    found.retain(|(_, error)| {
        error.id != rule!("recursiveStructureWide") || seen.insert(error.element.clone())
    });
    found
}

/// The elements that an element of a schema refers to, and whether each is a step deeper.
fn below<'g>(graph: &'g Graph<'_>, ix: Ix) -> impl Iterator<Item = (Ix, u32)> + 'g {
    let element = graph.get(ix);
    let of_class = element.objects.iter().filter(|(name, _)| !name.starts_with("dtmi:"));
    of_class.flat_map(|(name, targets)| {
        let step = u32::from(matches!(*name, "schema" | "elementSchema"));
        targets.iter().map(move |target| (*target, step))
    })
}

fn walk(graph: &Graph<'_>, start: Ix, walks: &mut [Walk]) {
    let mut stack = vec![start];
    while let Some(&at) = stack.last() {
        match walks[at as usize] {
            Walk::Unseen => {
                walks[at as usize] = Walk::Open;
                stack.extend(
                    below(graph, at)
                        .map(|(next, _)| next)
                        .filter(|next| walks[*next as usize] == Walk::Unseen),
                );
            }
            Walk::Open => {
                let mut deepest = Walk::Done(0);
                for (next, step) in below(graph, at) {
                    deepest = match (deepest, walks[next as usize]) {
                        (Walk::Done(depth), Walk::Done(below)) => {
                            Walk::Done(depth.max(below + step))
                        }
                        _ => Walk::Circular,
                    };
                }
                walks[at as usize] = deepest;
                stack.pop();
            }
            Walk::Done(_) | Walk::Circular => {
                stack.pop();
            }
        }
    }
}

/// The first element, in the order of the model, at which the limit is passed.
fn find_deep(graph: &Graph<'_>, ix: Ix, max: u32, walks: &[Walk]) -> Ix {
    let depth_of = |ix: Ix| match walks[ix as usize] {
        Walk::Done(depth) => depth,
        Walk::Unseen | Walk::Open | Walk::Circular => 0,
    };
    let (mut at, mut depth) = (ix, 0);
    loop {
        let steps_on = below(graph, at).any(|(_, step)| step > 0);
        if depth == max && steps_on {
            return at;
        }
        let next = below(graph, at).find(|(next, step)| depth + step + depth_of(*next) > max);
        let Some((next, step)) = next else { return at };
        (at, depth) = (next, depth + step);
    }
}

/// One element of a way, its depth, and where the way may still go from it.
type Step = (Ix, u32, Vec<(Ix, u32)>);

/// The same where schemas contain themselves: ways that come back to where they were do not
/// count. Gives up, as too deep, on schemas that are too entangled to search.
fn find_deep_among_circles(graph: &Graph<'_>, start: Ix, max: u32) -> Option<Ix> {
    let mut steps = 0;
    let mut way: Vec<Step> = vec![(start, 0, below(graph, start).collect())];
    while let Some((at, depth, rest)) = way.last_mut() {
        let (at, depth) = (*at, *depth);
        let Some((next, step)) = rest.pop() else {
            way.pop();
            continue;
        };
        steps += 1;
        if steps > STEPS_MAX {
            return Some(at);
        }
        if way.iter().any(|(seen, _, _)| *seen == next) {
            continue;
        }
        if depth + step > max {
            return Some(at);
        }
        way.push((next, depth + step, below(graph, next).collect()));
    }
    None
}

/// An element of the circle that a schema is on, the first that has a schema itself.
fn circle(graph: &Graph<'_>, start: Ix) -> Option<Ix> {
    let mut seen = std::collections::HashSet::new();
    let mut stack: Vec<(Ix, Ix)> = below(graph, start).map(|(next, _)| (start, next)).collect();
    let mut came_from = std::collections::HashMap::new();
    while let Some((from, at)) = stack.pop() {
        if at == start {
            let (mut on, mut named) = (from, start);
            while on != start {
                if below(graph, on).any(|(_, step)| step > 0) {
                    named = on;
                }
                on = *came_from.get(&on)?;
            }
            let direct = below(graph, start).any(|(_, step)| step > 0);
            return Some(if direct { start } else { named });
        }
        if seen.insert(at) {
            came_from.insert(at, from);
            stack.extend(below(graph, at).map(|(next, _)| (at, next)));
        }
    }
    None
}

fn contains_itself(graph: &Graph<'_>, ix: Ix) -> ModelError {
    let id = graph.id_of(ix);
    at_element(graph, rule!("recursiveStructureWide"), ix)
        .says(format!("{id} contains itself, directly or through others."))
        .mend("Break the circle; only DTDL v4 allows schemas to contain themselves.")
}

fn too_deep(graph: &Graph<'_>, ix: Ix, deep: Ix, max: u32) -> ModelError {
    let (id, deep_id) = (graph.id_of(ix), graph.id_of(deep));
    at_element(graph, rule!("excessiveDepthWide"), ix)
        .related_to(Some(graph.place_of(deep)))
        .other_element(deep_id.clone())
        .restriction(max.to_string())
        .says(format!("{id} holds schemas through more than {max} levels, down to {deep_id}."))
        .mend("Flatten the schema.")
}
