//! Parents that run in a circle.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::known::{RowId, sum_of};
use crate::domain::id::ExternalId;
use crate::domain::time::{Interval, Timestamp};
use crate::sources::limits::KEYS_REMEMBERED_MAX;
use crate::sources::problem::Origin;

/// A reference: the row, which of its further things it is of, and its number among the references there.
pub type ReferenceId = (RowId, Option<usize>, usize);

/// How many steps of a circle a message shows.
const STEPS_SHOWN_MAX: usize = 12;

/// All parents that a source's files tell.
#[derive(Default)]
pub struct Circles {
    graph: DiGraph<Arc<str>, Told>,
    nodes: HashMap<u128, NodeIndex>,
    refused: HashSet<ReferenceId>,
}

struct Told {
    valid: Interval,
    reference: ReferenceId,
    origin: Origin,
}

/// A reference that is part of a circle.
pub struct Edge {
    /// Where it stands.
    pub origin: Origin,
    /// The ids on the circle, the first also at the end.
    pub circle: Vec<String>,
}

impl Circles {
    /// Takes up that one thing is part of another.
    pub fn add(
        &mut self,
        (part, whole): (&ExternalId, &ExternalId),
        valid: Interval,
        reference: ReferenceId,
        origin: &Origin,
    ) {
        if self.graph.edge_count() >= KEYS_REMEMBERED_MAX {
            return;
        }
        let (part, whole) = (self.node(part), self.node(whole));
        self.graph.add_edge(part, whole, Told { valid, reference, origin: origin.clone() });
    }

    /// Whether a reference is part of a circle.
    pub fn holds(&self, reference: ReferenceId) -> bool {
        self.refused.contains(&reference)
    }

    /// Finds the circles, and forgets all else.
    pub fn settle(&mut self) -> Vec<Edge> {
        let graph = std::mem::take(&mut self.graph);
        self.nodes = HashMap::new();
        let mut found = Vec::new();
        for group in kosaraju_scc(&graph) {
            let is_loop = group.len() == 1 && graph.contains_edge(group[0], group[0]);
            if group.len() > 1 || is_loop {
                self.circles_among(&graph, &group, &mut found);
            }
        }
        found.sort_by(|a, b| (&a.origin.file, a.origin.line).cmp(&(&b.origin.file, b.origin.line)));
        found
    }

    /// What is part of what may change, so each moment at which it does is looked at by itself.
    fn circles_among(
        &mut self,
        graph: &DiGraph<Arc<str>, Told>,
        group: &[NodeIndex],
        found: &mut Vec<Edge>,
    ) {
        let inside: HashSet<NodeIndex> = group.iter().copied().collect();
        let edges: Vec<_> = group.iter().flat_map(|node| graph.edges(*node)).collect();
        let edges: Vec<_> = edges.into_iter().filter(|e| inside.contains(&e.target())).collect();
        let mut moments: Vec<Timestamp> = edges.iter().map(|e| e.weight().valid.from).collect();
        moments.sort();
        moments.dedup();
        for moment in moments {
            let mut then = DiGraph::<NodeIndex, usize>::new();
            let mut nodes = HashMap::new();
            for (number, edge) in edges.iter().enumerate() {
                if edge.weight().valid.contains(moment) {
                    let mut node = |n| *nodes.entry(n).or_insert_with(|| then.add_node(n));
                    let (from, to) = (node(edge.source()), node(edge.target()));
                    then.add_edge(from, to, number);
                }
            }
            for circle in kosaraju_scc(&then) {
                let members: HashSet<NodeIndex> = circle.iter().copied().collect();
                let closing = then
                    .edge_references()
                    .filter(|e| members.contains(&e.source()) && members.contains(&e.target()));
                // A single node is a circle only where it leads to itself.
                for edge in closing {
                    let told = edges[*edge.weight()].weight();
                    if self.refused.insert(told.reference) {
                        let circle = shown(graph, &then, &circle);
                        found.push(Edge { origin: told.origin.clone(), circle });
                    }
                }
            }
        }
    }

    fn node(&mut self, id: &ExternalId) -> NodeIndex {
        let graph = &mut self.graph;
        *self.nodes.entry(sum_of(id)).or_insert_with(|| graph.add_node(id.id.clone()))
    }
}

fn shown(
    graph: &DiGraph<Arc<str>, Told>,
    then: &DiGraph<NodeIndex, usize>,
    circle: &[NodeIndex],
) -> Vec<String> {
    let members: HashSet<NodeIndex> = circle.iter().copied().collect();
    let first = circle.iter().copied().min().unwrap_or_default();
    let mut steps = vec![first];
    let mut at = first;
    while steps.len() < STEPS_SHOWN_MAX {
        let mut ways = then.neighbors(at).filter(|next| members.contains(next));
        let Some(next) = ways.next() else { break };
        steps.push(next);
        at = next;
        if next == first {
            break;
        }
    }
    steps.iter().map(|step| graph[then[*step]].to_string()).collect()
}
