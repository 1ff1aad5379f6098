//! What a device says of itself, by its latest readings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::identifier::{NAMING, identifier};
use crate::domain::id::{ExternalId, StreamId};
use crate::domain::time::Timestamp;
use crate::domain::view::View;

/// What a device says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfReport {
    /// The identity field: `serial`, `mac` …
    pub field: Arc<str>,
    /// What it says.
    pub text: Arc<str>,
    /// When it said so last.
    pub time: Timestamp,
    /// The stream.
    pub stream: StreamId,
    /// The channel.
    pub channel: Arc<str>,
    /// How many readings the stream has.
    pub readings: u64,
}

/// Whether it is a filler, how sure the channel's name is, and the channel: the least counts.
type Rank = (bool, usize, Arc<str>);

impl View<'_> {
    /// What a device says of itself, a report a field in the order of their names.
    ///
    /// Of several channels that tell one field, the one with the surest name counts that says no filler, whichever was
    /// heard of first.
    pub fn self_reports(&self, device: &ExternalId) -> Vec<SelfReport> {
        let nameplates = self.state.streams.nameplates();
        let mut best: BTreeMap<Arc<str>, (Rank, SelfReport)> = BTreeMap::new();
        for line in nameplates.of(device) {
            let Some(stream) = self.state.streams.get(line.stream) else { continue };
            let seen = stream.register.latest().filter(|latest| {
                latest.position <= self.scope.known
                    && latest.reading.time < self.scope.readings_until()
            });
            let said =
                seen.and_then(|s| Some((nameplates.rules().text_of(&s.reading)?, s.reading.time)));
            let Some((text, time)) = said else { continue };
            let (field, channel) = (line.field.clone(), stream.key.channel.clone());
            let is_filler = NAMING.contains(&&*field) && identifier(&field, &text).is_none();
            let rank = (is_filler, line.rank, channel.clone());
            let readings = stream.register.count;
            let report = SelfReport { field, text, time, stream: line.stream, channel, readings };
            if best.get(&line.field).is_none_or(|(held, _)| rank < *held) {
                best.insert(line.field.clone(), (rank, report));
            }
        }
        best.into_values().map(|(_, report)| report).collect()
    }
}
