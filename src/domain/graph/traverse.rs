//! Walking the graph as it was at one moment, as known at one position.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use petgraph::Direction as Way;
use petgraph::visit::EdgeRef;

use super::edge::Edge;
use super::store::Graph;
use crate::domain::id::{Position, TwinId};
use crate::domain::time::Timestamp;

/// Which way along relationships.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From source to target.
    Outgoing,
    /// From target to source.
    Incoming,
}

impl Direction {
    fn way(self) -> Way {
        match self {
            Self::Outgoing => Way::Outgoing,
            Self::Incoming => Way::Incoming,
        }
    }
}

/// What a walk may follow, and how far.
#[derive(Debug, Clone)]
pub struct Walk<'a> {
    /// Names of relationships to follow; all when empty.
    pub names: &'a [Arc<str>],
    /// Which way.
    pub direction: Direction,
    /// Most relationships between the start and a reached twin.
    pub depth_max: usize,
    /// Most twins to reach.
    pub reached_max: usize,
}

/// A twin that a walk came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The twin.
    pub twin: TwinId,
    /// How many relationships away, on a shortest way.
    pub depth: usize,
}

impl Graph {
    /// The relationships at a twin that held at `moment`, in order of their ids.
    pub fn edges_at(
        &self,
        twin: TwinId,
        direction: Direction,
        moment: Timestamp,
        known: Position,
    ) -> Vec<&Edge> {
        let Some(node) = self.node(twin) else {
            return Vec::new();
        };
        let mut edges: Vec<&Edge> = self
            .net
            .edges_directed(node, direction.way())
            .map(|edge| edge.weight())
            .filter(|edge| edge.timeline.at(moment, known).is_some())
            .collect();
        edges.sort_by(|a, b| (&a.ends.name, a.id).cmp(&(&b.ends.name, b.id)));
        edges
    }

    /// Every relationship that a twin ever had, in one direction.
    pub fn edges_ever(&self, twin: TwinId, direction: Direction) -> impl Iterator<Item = &Edge> {
        self.node(twin)
            .into_iter()
            .flat_map(move |node| self.net.edges_directed(node, direction.way()))
            .map(|edge| edge.weight())
    }

    /// The twins reachable from `start`, nearest first, each once, without the start; bounded by `walk`.
    pub fn reach(
        &self,
        start: TwinId,
        walk: &Walk<'_>,
        moment: Timestamp,
        known: Position,
    ) -> Vec<Reached> {
        let Some(first) = self.node(start) else {
            return Vec::new();
        };
        let mut seen = HashSet::from([first]);
        let mut queue = VecDeque::from([(first, 0)]);
        let mut reached = Vec::new();
        while let Some((node, depth)) = queue.pop_front() {
            if depth >= walk.depth_max {
                continue;
            }
            for edge in self.net.edges_directed(node, walk.direction.way()) {
                let weight = edge.weight();
                let followed = walk.names.is_empty() || walk.names.contains(&weight.ends.name);
                if !followed || weight.timeline.at(moment, known).is_none() {
                    continue;
                }
                let next = match walk.direction {
                    Direction::Outgoing => edge.target(),
                    Direction::Incoming => edge.source(),
                };
                if seen.insert(next) {
                    if reached.len() >= walk.reached_max {
                        return reached;
                    }
                    reached.push(Reached { twin: self.net[next].id, depth: depth + 1 });
                    queue.push_back((next, depth + 1));
                }
            }
        }
        reached
    }
}
