//! Streams: where readings live, the latest reading of each, and what each measures when.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use hashbrown::Equivalent;

use super::fact::Binding;
use super::id::{ExternalId, Position, StreamId, StreamKey, StreamKeyRef, TwinId};
use super::nameplate::{NameplateRules, Nameplates};
use super::reading::Register;
use super::time::Timestamp;
use super::timeline::Timeline;

/// One stream.
#[derive(Debug)]
pub struct Stream {
    /// Its number.
    pub id: StreamId,
    /// The channel of the device that it is.
    pub key: StreamKey,
    /// The entry that opened it.
    pub opened: Position,
    /// What it measures, when.
    pub bindings: Timeline<Binding>,
    /// Its latest reading.
    pub register: Register,
}

impl Stream {
    /// Whether the stream reports what nobody mapped: at the time of its latest reading it measures
    /// nothing. A stream that was bound while it reported, such as that of a replaced device, is not.
    pub fn is_quarantined(&self, known: Position) -> bool {
        let latest = self.register.latest();
        latest.is_some_and(|latest| self.bindings.at(latest.reading.time, known).is_none())
    }
}

/// All streams, dense by number.
#[derive(Debug, Default)]
pub struct Streams {
    streams: Vec<Stream>,
    by_key: hashbrown::HashMap<IndexedKey, StreamId>,
    by_device: HashMap<ExternalId, Vec<StreamId>>,
    by_twin: HashMap<TwinId, Vec<StreamId>>,
    nameplates: Nameplates,
}

impl Streams {
    /// No streams yet; these rules tell which of those that come say something of their device.
    pub fn new(nameplate: NameplateRules) -> Self {
        Self { nameplates: Nameplates::new(nameplate), ..Self::default() }
    }

    /// What devices say of themselves.
    pub fn nameplates(&self) -> &Nameplates {
        &self.nameplates
    }

    /// A stream by its number.
    pub fn get(&self, id: StreamId) -> Option<&Stream> {
        self.streams.get(id.index())
    }

    /// A stream by its number, to change it.
    pub fn get_mut(&mut self, id: StreamId) -> Option<&mut Stream> {
        self.streams.get_mut(id.index())
    }

    /// The number of a channel's stream, if it was ever opened.
    pub fn find(&self, key: StreamKeyRef<'_>) -> Option<StreamId> {
        self.by_key.get(&key).copied()
    }

    /// The number of a channel's stream, if that was open at `known`.
    ///
    /// Outside of decisions only this is safe: a stream whose opening is not on disk yet may be taken
    /// back, and its number be given to another.
    pub fn find_known(&self, key: StreamKeyRef<'_>, known: Position) -> Option<StreamId> {
        self.find(key).filter(|id| self.get(*id).is_some_and(|s| s.opened <= known))
    }

    /// The number that the next stream gets.
    pub fn next_id(&self) -> StreamId {
        StreamId(u32::try_from(self.streams.len()).unwrap_or(u32::MAX))
    }

    /// How many streams there are.
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// Whether there is no stream.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// All streams, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Stream> {
        self.streams.iter()
    }

    /// Opens a stream; `id` must be the next one. Opening it again changes nothing.
    pub fn open(&mut self, id: StreamId, key: &StreamKey, opened: Position) {
        if id != self.next_id() || self.find(key.as_ref()).is_some() {
            return;
        }
        self.by_key.insert(IndexedKey(key.clone()), id);
        self.by_device.entry(key.device.clone()).or_default().push(id);
        self.nameplates.opened(id, key);
        self.streams.push(Stream {
            id,
            key: key.clone(),
            opened,
            bindings: Timeline::default(),
            register: Register::default(),
        });
    }

    /// Takes back the streams that the entry at `position` opened.
    pub fn roll_back(&mut self, position: Position) {
        while let Some(stream) = self.streams.pop_if(|s| s.opened == position) {
            self.by_key.remove(&stream.key.as_ref());
            self.nameplates.forget(stream.id, &stream.key.device);
            if let Some(of_device) = self.by_device.get_mut(&stream.key.device) {
                of_device.retain(|id| *id != stream.id);
            }
        }
    }

    /// Takes back what the entry at `position` did to a stream's bindings.
    pub(super) fn roll_back_binding(&mut self, id: StreamId, position: Position) {
        let Some(stream) = self.streams.get_mut(id.index()) else {
            return;
        };
        let bindings = &mut stream.bindings;
        let stated: Vec<TwinId> = bindings.edits(position).map(|fact| fact.value.twin).collect();
        bindings.roll_back(position);
        for twin in stated {
            if bindings.facts().any(|fact| fact.value.twin == twin) {
                continue;
            }
            if let Some(streams) = self.by_twin.get_mut(&twin) {
                streams.retain(|other| *other != id);
                if streams.is_empty() {
                    self.by_twin.remove(&twin);
                }
            }
        }
    }

    /// Notes that the stream measures, at some time, something of `twin`.
    pub fn index_twin(&mut self, twin: TwinId, stream: StreamId) {
        let streams = self.by_twin.entry(twin).or_default();
        if !streams.contains(&stream) {
            streams.push(stream);
        }
    }

    /// The streams of a device.
    pub fn of_device(&self, device: &ExternalId) -> impl Iterator<Item = &Stream> {
        self.by_device.get(device).into_iter().flatten().filter_map(|id| self.get(*id))
    }

    /// The streams that ever measured something of `twin`.
    pub fn of_twin(&self, twin: TwinId) -> impl Iterator<Item = &Stream> {
        self.by_twin.get(&twin).into_iter().flatten().filter_map(|id| self.get(*id))
    }

    /// Whether the stream measures something at `moment`: if not, its reading is quarantined.
    pub fn is_bound(&self, id: StreamId, moment: Timestamp) -> bool {
        self.get(id).is_some_and(|s| s.bindings.at(moment, Position::LATEST_KNOWN).is_some())
    }
}

/// A key that can be looked up by its borrowed form; both hash alike.
#[derive(Debug, PartialEq, Eq)]
struct IndexedKey(StreamKey);

impl Hash for IndexedKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_ref().hash(state);
    }
}

impl Equivalent<IndexedKey> for StreamKeyRef<'_> {
    fn equivalent(&self, key: &IndexedKey) -> bool {
        *self == key.0.as_ref()
    }
}
