//! Reading the state as it was at one moment, as known at one position.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fact::{Binding, Existence, Link, PropertyPath};
use super::graph::{Direction, Edge, TwinNode};
use super::id::{ExternalId, Position, StreamId, TwinId};
use super::reading::Recorded;
use super::role::Role;
use super::state::State;
use super::stream::Stream;
use super::time::{Interval, Timestamp};
use super::timeline::Fact;
use super::unit::Conversion;

/// Most places in a location path.
pub const PATH_PLACES_MAX: usize = 64;

/// The moment and the position of a read: one answer never mixes two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// At which moment mappings, relationships and values are looked at.
    pub moment: Timestamp,
    /// Whether the moment is in the past, so that later readings are not seen.
    pub past: bool,
    /// What was known.
    pub known: Position,
}

impl Scope {
    /// The event times that are seen: up to and with the moment when it was asked for, else all.
    pub fn readings_until(&self) -> Timestamp {
        if self.past { self.moment.plus_nanos(1) } else { Timestamp::MAX }
    }
}

/// The state seen through a scope.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The state.
    pub state: &'a State,
    /// Moment and position.
    pub scope: Scope,
}

/// A binding of a property, and what memory knows of its latest reading.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The stream that measures.
    pub stream: StreamId,
    /// What it measured, and how.
    pub path: PropertyPath,
    /// The unit of the stream.
    pub unit: Option<Arc<str>>,
    /// How to convert its readings.
    pub conversion: Option<Conversion>,
    /// The event times that count for this binding and scope.
    pub times: Interval,
    /// The latest reading in these times.
    pub latest: InMemory,
}

/// What the registers in memory can tell about the latest reading in a window.
#[derive(Debug, Clone, PartialEq)]
pub enum InMemory {
    /// This is it.
    Reading(Recorded),
    /// There is none.
    None,
    /// Only history can tell.
    AskHistory,
}

impl<'a> View<'a> {
    /// A twin that exists.
    pub fn twin(&self, id: TwinId) -> Option<(&'a TwinNode, &'a Fact<Existence>)> {
        let node = self.state.graph.twin(id)?;
        let existence = node.existence.at(self.scope.moment, self.scope.known)?;
        Some((node, existence))
    }

    /// The twin that an id leads to: itself, or the one that it was merged into.
    pub fn current(&self, id: TwinId) -> TwinId {
        self.state.curations.current(id, self.scope.known)
    }

    /// The ids of twins that were merged into a twin: they lead to it.
    pub fn former_ids(&self, id: TwinId) -> BTreeSet<TwinId> {
        self.state.curations.former(id, self.scope.known)
    }

    /// The role of a twin that exists.
    pub fn role(&self, id: TwinId) -> Option<Role> {
        let (_, existence) = self.twin(id)?;
        self.state.role_of_model(&existence.value.model)
    }

    /// What an external id means.
    pub fn resolve(&self, external: &ExternalId) -> Option<&'a Fact<Link>> {
        self.state.crosswalks.at(external, self.scope.moment, self.scope.known)
    }

    /// What a twin is called.
    pub fn external_ids(&self, id: TwinId) -> Vec<(&'a ExternalId, &'a Fact<Link>)> {
        self.state.crosswalks.of_twin(id, self.scope.moment, self.scope.known)
    }

    /// The relationships of a twin, by name.
    pub fn edges(&self, id: TwinId, direction: Direction) -> Vec<&'a Edge> {
        self.state.graph.edges_at(id, direction, self.scope.moment, self.scope.known)
    }

    /// The streams that measure something of a twin, each with its binding.
    pub fn bindings(&self, id: TwinId) -> Vec<(&'a Stream, &'a Fact<Binding>)> {
        let streams = self.state.streams.of_twin(id);
        streams
            .filter_map(|s| Some((s, s.bindings.at(self.scope.moment, self.scope.known)?)))
            .filter(|(_, fact)| fact.value.twin == id)
            .collect()
    }

    /// The streams of a device, by all the ids that it has.
    pub fn device_streams(&self, id: TwinId) -> Vec<&'a Stream> {
        let ids = self.external_ids(id).into_iter();
        ids.flat_map(|(external, _)| self.state.streams.of_device(external)).collect()
    }

    /// The other twins that a device measures, each once, in order of its streams.
    ///
    /// A device that measures its own temperature is not what it measures.
    pub fn measured_by(&self, device: TwinId) -> Vec<TwinId> {
        let mut measured = Vec::new();
        for stream in self.device_streams(device) {
            let fact = stream.bindings.at(self.scope.moment, self.scope.known);
            if let Some(twin) = fact.map(|f| f.value.twin)
                && twin != device
                && !measured.contains(&twin)
            {
                measured.push(twin);
            }
        }
        measured
    }

    /// The devices whose streams measure a twin, each once.
    pub fn devices_of(&self, twin: TwinId) -> Vec<TwinId> {
        let mut devices = Vec::new();
        for (stream, _) in self.bindings(twin) {
            if let Some(link) = self.resolve(&stream.key.device)
                && !devices.contains(&link.value.twin)
            {
                devices.push(link.value.twin);
            }
        }
        devices
    }

    /// Where a twin is: the places around it, outermost first, without the twin itself.
    pub fn places(&self, twin: TwinId) -> Vec<TwinId> {
        let mut places = Vec::new();
        let mut inner = twin;
        while let Some(outer) = self.place_of(inner) {
            if outer == twin || places.contains(&outer) || places.len() >= PATH_PLACES_MAX {
                break;
            }
            places.push(outer);
            inner = outer;
        }
        places.reverse();
        places
    }

    /// The next place around a twin: by the first name that leads outwards, preferring locations.
    pub fn place_of(&self, twin: TwinId) -> Option<TwinId> {
        let rules = &self.state.rules.places;
        let out = self.edges(twin, Direction::Outgoing);
        let into = self.edges(twin, Direction::Incoming);
        let up = rules.up.iter().flat_map(|name| {
            out.iter().filter(move |e| *e.ends.name == **name).map(|e| e.ends.target)
        });
        let down = rules.down.iter().flat_map(|name| {
            into.iter().filter(move |e| *e.ends.name == **name).map(|e| e.ends.source)
        });
        let candidates: Vec<TwinId> = up.chain(down).filter(|t| self.twin(*t).is_some()).collect();
        let is_place = |t: &&TwinId| self.role(**t) == Some(Role::Location);
        candidates.iter().find(is_place).or(candidates.first()).copied()
    }

    /// For each binding that a twin ever had: the window that counts, and its latest reading if memory knows it.
    pub fn candidates(&self, twin: TwinId) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for stream in self.state.streams.of_twin(twin) {
            let facts = stream.bindings.known(self.scope.known);
            for fact in facts.filter(|f| f.value.twin == twin) {
                let to = fact.valid.to.min(self.scope.readings_until());
                let Some(times) = Interval::new(fact.valid.from, to) else {
                    continue;
                };
                candidates.push(Candidate {
                    stream: stream.id,
                    path: fact.value.path.clone(),
                    unit: fact.value.unit.clone(),
                    conversion: fact.value.conversion,
                    times,
                    latest: self.in_memory(stream, times),
                });
            }
        }
        candidates
    }

    /// The register holds the greatest reading of all; whether that settles the window.
    fn in_memory(&self, stream: &Stream, times: Interval) -> InMemory {
        match stream.register.latest() {
            None => InMemory::None,
            Some(held) if held.reading.time < times.from => InMemory::None,
            Some(held)
                if held.position <= self.scope.known && times.contains(held.reading.time) =>
            {
                InMemory::Reading(held.clone())
            }
            Some(_) => InMemory::AskHistory,
        }
    }
}
