//! The graph's storage: nodes and edges by id, and an index by model.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use petgraph::stable_graph::{EdgeIndex, NodeIndex, StableDiGraph};

use super::edge::Edge;
use super::twin::TwinNode;
use crate::domain::fact::{Ends, JsonMap};
use crate::domain::id::{Position, RelationshipId, TwinId};
use crate::domain::timeline::Timeline;
use crate::dtdl::Dtmi;

/// Twins and relationships, with everything that ever was true of them.
#[derive(Debug, Default)]
pub struct Graph {
    pub(super) net: StableDiGraph<TwinNode, Edge>,
    twins: BTreeMap<TwinId, NodeIndex>,
    edges: HashMap<RelationshipId, EdgeIndex>,
    by_model: HashMap<Dtmi, BTreeSet<TwinId>>,
}

impl Graph {
    /// A twin, whether it exists at any given moment or not.
    pub fn twin(&self, id: TwinId) -> Option<&TwinNode> {
        self.twins.get(&id).map(|node| &self.net[*node])
    }

    /// A twin, made when the id is new.
    pub fn twin_mut(&mut self, id: TwinId) -> &mut TwinNode {
        let node = self.node_of(id);
        &mut self.net[node]
    }

    /// Notes that the twin is, at some time, an instance of `model`.
    pub fn index_model(&mut self, id: TwinId, model: &Dtmi) {
        match self.by_model.get_mut(model) {
            Some(twins) => {
                twins.insert(id);
            }
            None => {
                self.by_model.insert(model.clone(), BTreeSet::from([id]));
            }
        }
    }

    /// The twins that were ever instances of exactly this model.
    pub fn of_model(&self, model: &Dtmi) -> Option<&BTreeSet<TwinId>> {
        self.by_model.get(model)
    }

    /// The models that ever had a twin.
    pub fn models(&self) -> impl Iterator<Item = &Dtmi> {
        self.by_model.keys()
    }

    /// All twins' ids, in order.
    pub fn ids(&self) -> &BTreeMap<TwinId, NodeIndex> {
        &self.twins
    }

    /// Up to `limit` twins from this one on, in order, and the one after them.
    pub fn chunk(&self, from: TwinId, limit: usize) -> (Vec<&TwinNode>, Option<TwinId>) {
        let mut rest = self.twins.range(from..);
        let chunk = rest.by_ref().take(limit).map(|(_, node)| &self.net[*node]).collect();
        (chunk, rest.next().map(|(id, _)| *id))
    }

    /// A relationship by its id.
    pub fn edge(&self, id: RelationshipId) -> Option<&Edge> {
        self.edges.get(&id).and_then(|edge| self.net.edge_weight(*edge))
    }

    /// The timeline of the relationship with these ends, made when it is new.
    pub fn edge_mut(&mut self, ends: &Ends) -> &mut Timeline<JsonMap> {
        let id = ends.id();
        let edge = match self.edges.get(&id) {
            Some(edge) => *edge,
            None => {
                let (source, target) = (self.node_of(ends.source), self.node_of(ends.target));
                let edge = self.net.add_edge(source, target, Edge::new(id, ends.clone()));
                self.edges.insert(id, edge);
                edge
            }
        };
        &mut self.net[edge].timeline
    }

    /// The timeline of a known relationship.
    pub fn edge_by_id_mut(&mut self, id: RelationshipId) -> Option<&mut Timeline<JsonMap>> {
        let edge = *self.edges.get(&id)?;
        Some(&mut self.net[edge].timeline)
    }

    /// Takes back what the entry at `position` said of a twin's existence.
    pub(in crate::domain) fn roll_back_existence(&mut self, id: TwinId, position: Position) {
        let Some(node) = self.node(id) else {
            return;
        };
        let existence = &mut self.net[node].existence;
        let stated: Vec<Dtmi> = existence.edits(position).map(|f| f.value.model.clone()).collect();
        existence.roll_back(position);
        for model in stated {
            if existence.facts().any(|fact| fact.value.model == model) {
                continue;
            }
            if let Some(twins) = self.by_model.get_mut(&model) {
                twins.remove(&id);
                if twins.is_empty() {
                    self.by_model.remove(&model);
                }
            }
        }
    }

    /// Takes back what the entry at `position` did to a relationship.
    pub(in crate::domain) fn roll_back_edge(&mut self, id: RelationshipId, position: Position) {
        let Some(edge) = self.edges.get(&id).copied() else {
            return;
        };
        self.net[edge].timeline.roll_back(position);
        if self.net[edge].timeline.is_empty() {
            self.net.remove_edge(edge);
            self.edges.remove(&id);
        }
    }

    /// Forgets a twin of which nothing is known any more, after a roll back.
    pub(in crate::domain) fn forget_if_empty(&mut self, id: TwinId) {
        if let Some(node) = self.node(id)
            && self.net[node].is_empty()
            && self.net.neighbors_undirected(node).next().is_none()
        {
            self.net.remove_node(node);
            self.twins.remove(&id);
        }
    }

    /// All twins, by id.
    pub fn twins(&self) -> impl Iterator<Item = &TwinNode> {
        self.twins.values().map(|node| &self.net[*node])
    }

    /// All relationships, in no particular order.
    pub fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.net.edge_weights()
    }

    pub(super) fn node(&self, id: TwinId) -> Option<NodeIndex> {
        self.twins.get(&id).copied()
    }

    fn node_of(&mut self, id: TwinId) -> NodeIndex {
        *self.twins.entry(id).or_insert_with(|| self.net.add_node(TwinNode::new(id)))
    }
}
