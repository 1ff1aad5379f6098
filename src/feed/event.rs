//! Entries → events of twins. The same for an entry just committed and one read from the log.

use std::collections::BTreeSet;

use crate::domain::change::Change;
use crate::domain::fact::{Ends, PropertyPath, SourceRecord};
use crate::domain::id::{ExternalId, Position, RelationshipId, StreamId, TwinId};
use crate::domain::reading::{Quality, Reading};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::domain::timeline::Fact;
use crate::domain::value::Value;

/// Something that happened to a twin.
#[derive(Debug, Clone, PartialEq)]
pub struct TwinEvent {
    /// The entry that brought it.
    pub position: Position,
    /// When that was recorded.
    pub recorded_at: Timestamp,
    /// The twin.
    pub twin: TwinId,
    /// What happened.
    pub change: TwinChange,
}

/// What happened to a twin.
#[derive(Debug, Clone, PartialEq)]
pub enum TwinChange {
    /// A reading came that measures it; late ones too, so look at the time.
    Reading {
        /// The property or telemetry.
        path: PropertyPath,
        /// The value, in the property's unit.
        value: Value,
        /// When it was measured.
        time: Timestamp,
        /// How good it is.
        quality: Quality,
        /// Where it came from.
        stream: StreamId,
    },
    /// A property was set or cleared, or a record that means the twin says something else of it.
    Property {
        /// The property.
        path: PropertyPath,
    },
    /// It was created, changed its model, or ended.
    Existence,
    /// A relationship from or to it was made or ended.
    Relationship {
        /// The relationship.
        id: RelationshipId,
        /// Its name.
        name: std::sync::Arc<str>,
    },
    /// An id was tied to it or untied.
    Identifier {
        /// The external id.
        external: ExternalId,
    },
    /// A stream was bound to it or unbound.
    Binding {
        /// The property or telemetry.
        path: PropertyPath,
        /// The stream.
        stream: StreamId,
    },
}

/// Which twins' events are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interest {
    /// Those of these twins.
    Twins(BTreeSet<TwinId>),
    /// Those of all twins.
    All,
}

impl Interest {
    /// Whether events of `twin` are wanted.
    pub fn wants(&self, twin: TwinId) -> bool {
        match self {
            Self::Twins(twins) => twins.contains(&twin),
            Self::All => true,
        }
    }
}

/// The events of one entry, in order. `state` must have the entry's changes.
pub fn events_of(
    state: &State,
    position: Position,
    recorded_at: Timestamp,
    changes: &[Change],
    readings: &[Reading],
) -> Vec<TwinEvent> {
    let mut found = Vec::new();
    for change in changes {
        of_change(state, position, change, &mut found);
    }
    found.extend(readings.iter().filter_map(|reading| of_reading(state, position, reading)));
    let event = |(twin, change)| TwinEvent { position, recorded_at, twin, change };
    found.into_iter().map(event).collect()
}

fn of_reading(
    state: &State,
    position: Position,
    reading: &Reading,
) -> Option<(TwinId, TwinChange)> {
    let stream = state.streams.get(reading.stream)?;
    let binding = &stream.bindings.at(reading.time, position)?.value;
    let value = match binding.conversion {
        Some(conversion) => conversion.apply(&reading.value),
        None => reading.value.clone(),
    };
    let change = TwinChange::Reading {
        path: binding.path.clone(),
        value,
        time: reading.time,
        quality: reading.quality,
        stream: reading.stream,
    };
    Some((binding.twin, change))
}

fn of_change(
    state: &State,
    position: Position,
    change: &Change,
    found: &mut Vec<(TwinId, TwinChange)>,
) {
    match change {
        Change::TwinAsserted { twin, .. } | Change::TwinRetracted { twin, .. } => {
            found.push((*twin, TwinChange::Existence));
        }
        Change::PropertyAsserted { twin, path, .. }
        | Change::PropertyRetracted { twin, path, .. } => {
            found.push((*twin, TwinChange::Property { path: path.clone() }));
        }
        Change::RelationshipAsserted { ends, .. } => of_relationship(ends, found),
        Change::RelationshipRetracted { id, .. } => {
            if let Some(edge) = state.graph.edge(*id) {
                of_relationship(&edge.ends, found);
            }
        }
        Change::Linked { external, .. } | Change::Unlinked { external, .. } => {
            let facts =
                state.crosswalks.timeline(external).into_iter().flat_map(|t| t.edits(position));
            for twin in facts.map(|f| f.value.twin).collect::<BTreeSet<_>>() {
                found.push((twin, TwinChange::Identifier { external: external.clone() }));
            }
        }
        Change::Bound { stream, .. } | Change::Unbound { stream, .. } => {
            let facts =
                state.streams.get(*stream).into_iter().flat_map(|s| s.bindings.edits(position));
            let touched: BTreeSet<_> =
                facts.map(|f| (f.value.twin, f.value.path.clone())).collect();
            for (twin, path) in touched {
                found.push((twin, TwinChange::Binding { path, stream: *stream }));
            }
        }
        Change::RecordStored { key, .. } | Change::RecordRetracted { key, .. } => {
            of_record(state, position, key, found);
        }
        Change::ModelsAdded(_)
        | Change::SystemDeclared { .. }
        | Change::StreamOpened { .. }
        | Change::SourceDeclared { .. }
        | Change::Curated { .. }
        | Change::Uncurated { .. }
        | Change::Decided(_) => {}
    }
}

/// What a record claims, or claimed, may be a property of the twins that it means.
fn of_record(
    state: &State,
    position: Position,
    key: &ExternalId,
    found: &mut Vec<(TwinId, TwinChange)>,
) {
    let (Some(record), Some(links)) = (state.records.timeline(key), state.crosswalks.timeline(key))
    else {
        return;
    };
    let (mut added, mut ended) = (Vec::new(), Vec::new());
    for fact in record.edits(position) {
        if fact.recorded_to == position { ended.push(fact) } else { added.push(fact) }
    }
    let claimed = |fact: &Fact<SourceRecord>| fact.value.claims.keys().cloned().collect::<Vec<_>>();
    let mut paths: BTreeSet<PropertyPath> =
        added.iter().chain(&ended).flat_map(|fact| claimed(fact)).collect();
    // What every part says alike has not changed, if the parts are those of one fact.
    if let [old] = &*ended
        && added.iter().any(|new| new.value != old.value)
        && added.iter().all(|new| old.valid.covers(&new.valid))
    {
        let same = |path: &PropertyPath| {
            let mut parts = added.iter().map(|new| new.value.claims.get(path));
            parts.all(|new| new == old.value.claims.get(path))
        };
        paths.retain(|path| !same(path));
    }
    for twin in links.known(position).map(|link| link.value.twin).collect::<BTreeSet<_>>() {
        let changed = paths.iter().map(|path| TwinChange::Property { path: path.clone() });
        found.extend(changed.map(|change| (twin, change)));
    }
}

fn of_relationship(ends: &Ends, found: &mut Vec<(TwinId, TwinChange)>) {
    let change = TwinChange::Relationship { id: ends.id(), name: ends.name.clone() };
    found.push((ends.source, change.clone()));
    if ends.target != ends.source {
        found.push((ends.target, change));
    }
}
