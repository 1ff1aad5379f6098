//! The relationships of a twin go over to the one that it is found to be.

use std::sync::Arc;

use super::check::{self, KNOWN};
use super::relate;
use crate::domain::change::Change;
use crate::domain::curation::Conflict;
use crate::domain::fact::{Ends, JsonMap};
use crate::domain::graph::{Direction, Edge};
use crate::domain::id::TwinId;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::domain::timeline::Fact;
use crate::dtdl::ContentKind;

/// Ends the relationships of `gone` and states them of `keep`. Those between the two are dropped;
/// where the model allows no more, those that `keep` has stay, and the others are told as conflicts.
pub fn moved(
    state: &State,
    keep: TwinId,
    gone: TwinId,
) -> Result<(Vec<Change>, Vec<Conflict>), Rejection> {
    if relate::would_circle(state, keep, gone) {
        return Err(Rejection::PlaceCircle {
            name: "merge".to_owned(),
            source_twin: gone,
            target: keep,
        });
    }
    let mut move_ =
        Move { state, keep, changes: Vec::new(), conflicts: Vec::new(), taken: Vec::new() };
    for direction in [Direction::Outgoing, Direction::Incoming] {
        for edge in state.graph.edges_ever(gone, direction) {
            if direction == Direction::Incoming && edge.ends.source == gone {
                continue; // A relationship with itself was met on its way out.
            }
            move_.edge(edge, gone);
        }
    }
    Ok((move_.changes, move_.conflicts))
}

struct Move<'a> {
    state: &'a State,
    keep: TwinId,
    changes: Vec<Change>,
    conflicts: Vec<Conflict>,
    /// Relationships of the kept twin that were stated by the way.
    taken: Vec<(Arc<str>, Interval)>,
}

impl Move<'_> {
    fn edge(&mut self, edge: &Edge, gone: TwinId) {
        let swapped = |twin: TwinId| if twin == gone { self.keep } else { twin };
        let ends = Ends {
            source: swapped(edge.ends.source),
            target: swapped(edge.ends.target),
            ..edge.ends.clone()
        };
        for fact in edge.timeline.known(KNOWN) {
            self.changes.push(Change::RelationshipRetracted { id: edge.id, valid: fact.valid });
            if ends.source != ends.target {
                self.state_of_keep(&ends, fact);
            }
        }
    }

    fn state_of_keep(&mut self, ends: &Ends, fact: &Fact<JsonMap>) {
        let held = self.state.graph.edge(ends.id());
        let held = held.into_iter().flat_map(|e| e.timeline.overlapping(fact.valid));
        for gap in fact.valid.without_all(held.map(|f| f.valid)) {
            let full = if ends.source == self.keep { self.full(ends, gap) } else { Vec::new() };
            for valid in gap.without_all(full.iter().map(|(_, valid)| *valid)) {
                let (ends, properties) = (ends.clone(), fact.value.clone());
                self.taken.push((ends.name.clone(), valid));
                self.changes.push(Change::RelationshipAsserted { ends, valid, properties });
            }
            for (other, valid) in full {
                self.conflicts.extend(valid.and(&gap).map(|valid| Conflict {
                    path: ends.name.clone(),
                    valid,
                    kept: other.map_or(serde_json::Value::Null, |t| t.to_string().into()),
                    lost: ends.target.to_string().into(),
                }));
            }
        }
    }

    /// When the kept twin has as many relationships of the name as its model allows, and where one of
    /// them leads.
    fn full(&self, ends: &Ends, valid: Interval) -> Vec<(Option<TwinId>, Interval)> {
        let Some(max) = self.max(&ends.name) else {
            return Vec::new();
        };
        let others = self.state.graph.edges_ever(self.keep, Direction::Outgoing);
        let others = others.filter(|e| e.ends.name == ends.name && e.ends != *ends);
        let mut held: Vec<(Option<TwinId>, Interval)> = others
            .flat_map(|e| e.timeline.overlapping(valid).map(|f| (Some(e.ends.target), f.valid)))
            .collect();
        let taken =
            self.taken.iter().filter(|(name, by)| *name == ends.name && by.overlaps(&valid));
        held.extend(taken.map(|(_, by)| (None, *by)));
        if held.len() < max as usize { Vec::new() } else { held }
    }

    fn max(&self, name: &str) -> Option<u32> {
        let node = self.state.graph.twin(self.keep)?;
        let models = node.existence.known(KNOWN).filter_map(|f| {
            let interface = check::model(self.state, &f.value.model).ok()?;
            match &interface.content(name)?.kind {
                ContentKind::Relationship { max_multiplicity, .. } => *max_multiplicity,
                _ => None,
            }
        });
        models.min()
    }
}
