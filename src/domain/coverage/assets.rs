//! Assets without a live device.

use super::{Gap, Missing};
use crate::domain::graph::{Direction, Edge};
use crate::domain::id::TwinId;
use crate::domain::role::Role;
use crate::domain::stream::Stream;
use crate::domain::time::Timestamp;
use crate::domain::view::View;

impl<'a> View<'a> {
    /// What an asset misses, if it is one: a device, or readings of it since `live_since`.
    ///
    /// Its devices are those whose streams measure it, those that a relationship joins to it, and those whose id means it:
    /// then it reports itself. What measures a unit covers the position that it occupies, and the other way round.
    pub fn asset_gap(&self, twin: TwinId, live_since: Timestamp) -> Option<Gap> {
        (self.role(twin)? == Role::Asset).then_some(())?;
        let (mut streams, mut devices) = (Vec::<&'a Stream>::new(), Vec::new());
        for part in std::iter::once(twin).chain(self.other_half(twin)) {
            streams.extend(self.bindings(part).into_iter().map(|(stream, _)| stream));
            streams.extend(self.device_streams(part));
            devices.extend(self.related_of(part, Role::Device));
        }
        if streams.is_empty() && devices.is_empty() {
            return Some(Gap { twin, missing: Missing::Device, last: None });
        }
        streams.extend(devices.iter().flat_map(|device| self.device_streams(*device)));
        let last = latest(&streams);
        let silent = last.is_none_or(|last| last < live_since);
        silent.then_some(Gap { twin, missing: Missing::Readings, last })
    }

    /// The positions that a unit occupies, and the units that occupy a position.
    fn other_half(&self, twin: TwinId) -> impl Iterator<Item = TwinId> {
        let named = |edge: &&Edge| {
            self.state.rules.coverage.occupancy.iter().any(|n| **n == *edge.ends.name)
        };
        let out = self.edges(twin, Direction::Outgoing).into_iter().filter(named);
        let into = self.edges(twin, Direction::Incoming).into_iter().filter(named);
        let others: Vec<TwinId> =
            out.map(|edge| edge.ends.target).chain(into.map(|edge| edge.ends.source)).collect();
        others.into_iter()
    }

    /// Whether a relationship joins two twins.
    pub fn are_related(&self, one: TwinId, other: TwinId) -> bool {
        let out = self.edges(one, Direction::Outgoing);
        let into = self.edges(one, Direction::Incoming);
        out.iter().any(|edge| edge.ends.target == other)
            || into.iter().any(|edge| edge.ends.source == other)
    }

    /// The twins of a role that a relationship, in either direction, joins to this one.
    pub(super) fn related_of(&self, twin: TwinId, role: Role) -> Vec<TwinId> {
        let out = self.edges(twin, Direction::Outgoing).into_iter().map(|edge| edge.ends.target);
        let into = self.edges(twin, Direction::Incoming).into_iter().map(|edge| edge.ends.source);
        out.chain(into).filter(|other| self.role(*other) == Some(role)).collect()
    }
}

/// The event time of the latest reading of these streams.
pub(super) fn latest(streams: &[&Stream]) -> Option<Timestamp> {
    let times = streams.iter().filter_map(|stream| Some(stream.register.latest()?.reading.time));
    times.max()
}
