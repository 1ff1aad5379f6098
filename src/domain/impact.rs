//! What an entry does, in the words of who has to decide: which twins, ids and streams change hands.

use std::collections::{BTreeMap, BTreeSet};

use super::curation::CurationKind;
use super::fact::{Binding, Existence, FactKey, PropertyPath};
use super::id::{ExternalId, Position, RelationshipId, StreamId, StreamKey, TwinId};
use super::state::State;
use super::time::Interval;
use super::timeline::Timeline;

/// What becomes of a twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Something of it changes.
    Changed,
    /// It did not exist at any time, and will.
    Created,
    /// It exists at some time, and will at none.
    Ended,
}

/// An id that means something else during an interval.
#[derive(Debug, Clone, PartialEq)]
pub struct IdMove {
    /// The id.
    pub external: ExternalId,
    /// When.
    pub times: Interval,
    /// What it means as things stand.
    pub from: Option<TwinId>,
    /// What it will mean.
    pub to: Option<TwinId>,
}

/// A stream whose readings during an interval are another twin's or another property's.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamMove {
    /// Its number; a stream that the decision opens has none that will last.
    pub stream: StreamId,
    /// The stream.
    pub key: StreamKey,
    /// Event times of the readings that change hands.
    pub times: Interval,
    /// What they measure as things stand.
    pub from: Option<(TwinId, PropertyPath)>,
    /// What they will measure.
    pub to: Option<(TwinId, PropertyPath)>,
}

/// What an entry does.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Impact {
    /// Twins of which anything changes.
    pub twins: BTreeMap<TwinId, Effect>,
    /// Ids that mean something else.
    pub ids: Vec<IdMove>,
    /// Streams that measure something else.
    pub streams: Vec<StreamMove>,
    /// Relationships that begin, end or change.
    pub relationships: BTreeSet<RelationshipId>,
    /// Properties of twins that are stated, or no more.
    pub properties: BTreeSet<(TwinId, PropertyPath)>,
    /// Records that are stored or end.
    pub records: BTreeSet<ExternalId>,
    /// How many verdicts change.
    pub verdicts: usize,
    /// How many tasks are raised or settled.
    pub tasks: usize,
}

/// What the entry at `position`, which touched these timelines, does.
pub fn impact(state: &State, position: Position, touched: &BTreeSet<FactKey>) -> Impact {
    let mut found = Impact::default();
    for key in touched {
        match key {
            FactKey::Twin(twin) => {
                if let Some(node) = state.graph.twin(*twin)
                    && let Some(effect) = effect(&node.existence, position)
                {
                    found.twins.insert(*twin, effect);
                }
            }
            FactKey::Property(twin, path, _) => {
                found.properties.insert((*twin, path.clone()));
                found.touch(*twin);
            }
            FactKey::Relationship(id) => {
                found.relationships.insert(*id);
                if let Some(edge) = state.graph.edge(*id) {
                    found.touch(edge.ends.source);
                    found.touch(edge.ends.target);
                }
            }
            FactKey::Crosswalk(external) => found.of_id(state, position, external),
            FactKey::Binding(stream) => found.of_stream(state, position, *stream),
            FactKey::Record(key) => {
                found.records.insert(key.clone());
            }
            FactKey::Curation(key) => match key.kind {
                CurationKind::Verdict => found.verdicts += 1,
                CurationKind::Task => found.tasks += 1,
                CurationKind::Redirect | CurationKind::Undone => {}
            },
        }
    }
    found
}

fn effect(existence: &Timeline<Existence>, position: Position) -> Option<Effect> {
    existence.edits(position).next()?;
    let before = existence.known(Position(position.0.saturating_sub(1))).next().is_some();
    let after = existence.known(position).next().is_some();
    Some(match (before, after) {
        (false, true) => Effect::Created,
        (true, false) => Effect::Ended,
        _ => Effect::Changed,
    })
}

impl Impact {
    fn touch(&mut self, twin: TwinId) {
        self.twins.entry(twin).or_insert(Effect::Changed);
    }

    fn of_id(&mut self, state: &State, position: Position, external: &ExternalId) {
        let timeline = state.crosswalks.timeline(external);
        for (times, from, to) in timeline.into_iter().flat_map(|t| t.differences(position)) {
            let (from, to) = (from.map(|link| link.twin), to.map(|link| link.twin));
            if from != to {
                self.ids.push(IdMove { external: external.clone(), times, from, to });
                from.into_iter().chain(to).for_each(|twin| self.touch(twin));
            }
        }
    }

    fn of_stream(&mut self, state: &State, position: Position, stream: StreamId) {
        let Some(stream) = state.streams.get(stream) else {
            return;
        };
        for (times, from, to) in stream.bindings.differences(position) {
            let measured = |binding: &Binding| (binding.twin, binding.path.clone());
            let (from, to) = (from.map(measured), to.map(measured));
            for (twin, _) in from.iter().chain(&to) {
                self.touch(*twin);
            }
            let key = stream.key.clone();
            self.streams.push(StreamMove { stream: stream.id, key, times, from, to });
        }
    }
}
