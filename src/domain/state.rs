//! The whole state in memory, derived from the log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::coverage::CoverageRules;
use super::crosswalk::Crosswalks;
use super::curation::Curations;
use super::fact::{FactKey, FactRow};
use super::graph::Graph;
use super::id::{ExternalId, Position, TwinId};
use super::nameplate::NameplateRules;
use super::reconcile::survive::Survivorship;
use super::record::Records;
use super::role::{PlaceRules, Role, Roles};
use super::source::Sources;
use super::stream::Streams;
use super::timeline::{Fact, Timeline};
use crate::dtdl::Catalogue;

/// What does not come from the log but from configuration.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Which models are assets, locations and devices.
    pub roles: Roles,
    /// How places nest.
    pub places: PlaceRules,
    /// Which of several values is a twin's own.
    pub survivorship: Survivorship,
    /// From when on something is a gap of coverage.
    pub coverage: CoverageRules,
    /// Which channels tell something of the device itself.
    pub nameplate: NameplateRules,
    /// Most streams that are opened.
    pub streams_max: usize,
}

/// Everything that is known. [`super::apply`] is the only way to change it.
#[derive(Debug, Default)]
pub struct State {
    /// The models.
    pub catalogue: Catalogue,
    /// Systems of ids, by name, with their names for people.
    pub systems: BTreeMap<Arc<str>, Arc<str>>,
    /// How sources are read and how far they are trusted, by name.
    pub sources: Sources,
    /// Twins and relationships.
    pub graph: Graph,
    /// What external ids mean.
    pub crosswalks: Crosswalks,
    /// Streams, their latest readings and what they measure.
    pub streams: Streams,
    /// What systems say.
    pub records: Records,
    /// Verdicts, redirects of merged twins, tasks, and what was undone.
    pub curations: Curations,
    /// From configuration.
    pub rules: Rules,
    /// The catalogue, systems and sources before the entry at this position, for taking that entry back.
    pub(super) before: Option<Before>,
}

/// What one entry may replace whole.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) position: Position,
    pub(super) catalogue: Catalogue,
    pub(super) systems: BTreeMap<Arc<str>, Arc<str>>,
    pub(super) sources: Sources,
}

impl State {
    /// An empty state under these rules.
    pub fn new(rules: Rules) -> Self {
        let streams = Streams::new(rules.nameplate.clone());
        Self { rules, streams, catalogue: Catalogue::empty(), ..Self::default() }
    }

    /// The role of a twin by its latest known model.
    pub fn role_of_model(&self, model: &crate::dtdl::Dtmi) -> Option<Role> {
        self.rules.roles.of(&self.catalogue, model)
    }

    /// The rows that the entry at `position` added or ended, for the store.
    pub fn edits(&self, position: Position, touched: &BTreeSet<FactKey>) -> Vec<FactRow> {
        touched.iter().flat_map(|key| self.rows_of(key, Some(position))).collect()
    }

    /// Every fact as the store keeps it, in a fixed order.
    pub fn rows(&self) -> impl Iterator<Item = FactRow> {
        self.keys().into_iter().flat_map(|key| self.rows_of(&key, None))
    }

    /// Puts back a fact that the store kept.
    pub fn restore(&mut self, row: FactRow) {
        match row {
            FactRow::Twin(id, fact) => {
                self.graph.index_model(id, &fact.value.model);
                self.graph.twin_mut(id).existence.restore(fact);
            }
            FactRow::Property(id, path, fact) => {
                let source = fact.value.source.clone();
                self.graph.twin_mut(id).statement_mut(&path, source.as_ref()).restore(fact);
            }
            FactRow::Relationship(ends, fact) => self.graph.edge_mut(&ends).restore(fact),
            FactRow::Crosswalk(external, fact) => {
                let meant = Some(fact.value.twin);
                self.crosswalks.timeline_mut(&external, meant).restore(fact);
                self.note_described(&external);
            }
            FactRow::Binding(id, fact) => {
                self.streams.index_twin(fact.value.twin, id);
                if let Some(stream) = self.streams.get_mut(id) {
                    stream.bindings.restore(fact);
                }
            }
            FactRow::Record(key, fact) => {
                self.records.timeline_mut(&key).restore(fact);
                self.note_described(&key);
            }
            FactRow::Curation(fact) => self.curations.restore(fact),
        }
    }

    /// Notes at the twins that an id ever meant that a record is kept by it, so that reading them finds it at once.
    pub(super) fn note_described(&mut self, key: &ExternalId) {
        if self.records.timeline(key).is_none() {
            return;
        }
        let Some(links) = self.crosswalks.timeline(key) else {
            return;
        };
        for link in links.facts() {
            self.graph.twin_mut(link.value.twin).note_record(key);
        }
    }

    /// The twins that an id ever meant.
    fn meant(&self, key: &ExternalId) -> BTreeSet<TwinId> {
        let links = self.crosswalks.timeline(key).into_iter().flat_map(|links| links.facts());
        links.map(|link| link.value.twin).collect()
    }

    /// Forgets at twins which the id meant before an entry was taken back what is not so without that entry.
    fn forget_described(&mut self, key: &ExternalId, before: &BTreeSet<TwinId>) {
        let described = self.records.timeline(key).is_some();
        let after = if described { self.meant(key) } else { BTreeSet::new() };
        for twin in before
            .difference(&after)
            .filter(|twin| self.graph.twin(**twin).is_some())
            .copied()
            .collect::<Vec<_>>()
        {
            self.graph.twin_mut(twin).forget_record(key);
        }
    }

    /// Takes back the entry at `position`, which must be the last one and touched these timelines.
    pub fn roll_back(&mut self, position: Position, touched: &BTreeSet<FactKey>) {
        for key in touched {
            match key {
                FactKey::Twin(id) => self.graph.roll_back_existence(*id, position),
                FactKey::Property(id, path, source) => {
                    let twin = self.graph.twin_mut(*id);
                    twin.roll_back_statement(path, source.as_deref(), position);
                }
                FactKey::Relationship(id) => self.graph.roll_back_edge(*id, position),
                FactKey::Crosswalk(id) => {
                    let meant = self.meant(id);
                    self.crosswalks.roll_back(id, position);
                    self.forget_described(id, &meant);
                }
                FactKey::Binding(id) => self.streams.roll_back_binding(*id, position),
                FactKey::Record(key) => {
                    let meant = self.meant(key);
                    self.records.roll_back(key, position);
                    self.forget_described(key, &meant);
                }
                FactKey::Curation(key) => self.curations.roll_back(key, position),
            }
        }
        for key in touched {
            if let FactKey::Twin(id) | FactKey::Property(id, ..) = key {
                self.graph.forget_if_empty(*id);
            }
        }
        self.streams.roll_back(position);
        if let Some(before) = self.before.take_if(|before| before.position == position) {
            self.catalogue = before.catalogue;
            self.systems = before.systems;
            self.sources = before.sources;
        }
    }

    fn keys(&self) -> BTreeSet<FactKey> {
        let properties = |id: TwinId| {
            let twin = self.graph.twin(id);
            let said = twin.into_iter().flat_map(|t| t.statements());
            said.map(move |said| FactKey::Property(id, said.path.clone(), said.source.clone()))
        };
        let twins = || self.graph.twins().map(|t| t.id);
        let mut keys: BTreeSet<FactKey> = twins().map(FactKey::Twin).collect();
        keys.extend(twins().flat_map(properties));
        keys.extend(self.graph.edges().map(|e| FactKey::Relationship(e.id)));
        keys.extend(self.crosswalks.all().map(|(id, _)| FactKey::Crosswalk(id.clone())));
        keys.extend(self.streams.iter().map(|s| FactKey::Binding(s.id)));
        keys.extend(self.records.all().map(|(key, _)| FactKey::Record(key.clone())));
        keys.extend(self.curations.all().map(|(key, _)| FactKey::Curation(*key)));
        keys
    }

    fn rows_of(&self, key: &FactKey, edited_at: Option<Position>) -> Vec<FactRow> {
        match key {
            FactKey::Twin(id) => {
                picked(self.graph.twin(*id).map(|t| &t.existence), edited_at, |f| {
                    FactRow::Twin(*id, f)
                })
            }
            FactKey::Property(id, path, source) => {
                let twin = self.graph.twin(*id);
                let timeline = twin.and_then(|t| t.statement(path, source.as_deref()));
                picked(timeline, edited_at, |f| FactRow::Property(*id, path.clone(), f))
            }
            FactKey::Relationship(id) => self.graph.edge(*id).map_or_else(Vec::new, |edge| {
                picked(Some(&edge.timeline), edited_at, |f| {
                    FactRow::Relationship(edge.ends.clone(), f)
                })
            }),
            FactKey::Crosswalk(id) => {
                let timeline = self.crosswalks.timeline(id);
                picked(timeline, edited_at, |f| FactRow::Crosswalk(id.clone(), f))
            }
            FactKey::Binding(id) => {
                let timeline = self.streams.get(*id).map(|s| &s.bindings);
                picked(timeline, edited_at, |f| FactRow::Binding(*id, f))
            }
            FactKey::Record(key) => {
                let timeline = self.records.timeline(key);
                picked(timeline, edited_at, |f| FactRow::Record(key.clone(), f))
            }
            FactKey::Curation(key) => {
                picked(self.curations.timeline(key), edited_at, FactRow::Curation)
            }
        }
    }
}

/// The facts of a timeline as rows, ordered; only those that the entry at `edited_at` touched, if given.
fn picked<T: Clone + PartialEq>(
    timeline: Option<&Timeline<T>>,
    edited_at: Option<Position>,
    row: impl Fn(Fact<T>) -> FactRow,
) -> Vec<FactRow> {
    let Some(timeline) = timeline else {
        return Vec::new();
    };
    let mut facts: Vec<Fact<T>> = match edited_at {
        Some(position) => timeline.edits(position).cloned().collect(),
        None => timeline.facts().cloned().collect(),
    };
    facts.sort_by_key(|f| (f.recorded_from, f.valid.from));
    facts.into_iter().map(row).collect()
}
