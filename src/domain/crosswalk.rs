//! Crosswalks: which twin an external id means, when.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::fact::Link;
use super::id::{ExternalId, Position, TwinId};
use super::time::Timestamp;
use super::timeline::{Fact, Timeline};

/// All external ids and what they ever meant.
#[derive(Debug, Default)]
pub struct Crosswalks {
    links: IndexMap<ExternalId, Timeline<Link>>,
    of_twin: HashMap<TwinId, Vec<ExternalId>>,
}

impl Crosswalks {
    /// What an external id ever meant.
    pub fn timeline(&self, external: &ExternalId) -> Option<&Timeline<Link>> {
        self.links.get(external)
    }

    /// The timeline of an external id, made when the id is new; `meant` are twins to index it under.
    pub fn timeline_mut(
        &mut self,
        external: &ExternalId,
        meant: Option<TwinId>,
    ) -> &mut Timeline<Link> {
        if let Some(twin) = meant {
            let ids = self.of_twin.entry(twin).or_default();
            if !ids.contains(external) {
                ids.push(external.clone());
            }
        }
        self.links.entry(external.clone()).or_default()
    }

    /// Takes back what the entry at `position` did to an external id.
    pub(super) fn roll_back(&mut self, external: &ExternalId, position: Position) {
        let Some(timeline) = self.links.get_mut(external) else {
            return;
        };
        let stated: Vec<TwinId> = timeline.edits(position).map(|fact| fact.value.twin).collect();
        timeline.roll_back(position);
        for twin in stated {
            if timeline.facts().any(|fact| fact.value.twin == twin) {
                continue;
            }
            if let Some(ids) = self.of_twin.get_mut(&twin) {
                ids.retain(|id| id != external);
                if ids.is_empty() {
                    self.of_twin.remove(&twin);
                }
            }
        }
        if timeline.is_empty() {
            self.links.swap_remove(external);
        }
    }

    /// The link of an external id at `moment`.
    pub fn at(&self, id: &ExternalId, moment: Timestamp, known: Position) -> Option<&Fact<Link>> {
        self.links.get(id)?.at(moment, known)
    }

    /// The external ids that ever meant `twin`.
    pub fn ids_ever(&self, twin: TwinId) -> impl Iterator<Item = &ExternalId> {
        self.of_twin.get(&twin).into_iter().flatten()
    }

    /// The external ids that mean `twin` at `moment`, with their links, in order.
    pub fn of_twin(
        &self,
        twin: TwinId,
        moment: Timestamp,
        known: Position,
    ) -> Vec<(&ExternalId, &Fact<Link>)> {
        let mut ids: Vec<_> = self
            .ids_ever(twin)
            .filter_map(|id| Some((id, self.at(id, moment, known)?)))
            .filter(|(_, link)| link.value.twin == twin)
            .collect();
        ids.sort_by_key(|(id, _)| *id);
        ids
    }

    /// Up to `limit` ids from this place on; their places change only when an entry is taken back.
    pub fn chunk(
        &self,
        from: usize,
        limit: usize,
    ) -> impl Iterator<Item = (&ExternalId, &Timeline<Link>)> {
        let to = from.saturating_add(limit).min(self.links.len());
        self.links.get_range(from.min(to)..to).into_iter().flatten()
    }

    /// How many ids ever meant something.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether no id ever meant anything.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Every external id and its timeline, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = (&ExternalId, &Timeline<Link>)> {
        self.links.iter()
    }
}
