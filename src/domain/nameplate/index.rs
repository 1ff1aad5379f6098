//! The nameplates that were heard of, device by device.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rules::NameplateRules;
use crate::domain::id::{ExternalId, StreamId, StreamKey};

/// A stream that tells something of its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The stream.
    pub stream: StreamId,
    /// The identity field that it tells.
    pub field: Arc<str>,
    /// How sure its name is; the least is the surest.
    pub rank: usize,
}

/// The devices that have a nameplate, and the streams that are its lines.
///
/// A stream is looked at once, when it is opened: readings cost nothing here.
#[derive(Debug, Default)]
pub struct Nameplates {
    rules: NameplateRules,
    of_device: BTreeMap<ExternalId, Vec<Line>>,
}

impl Nameplates {
    /// None yet, by these rules.
    pub fn new(rules: NameplateRules) -> Self {
        Self { rules, of_device: BTreeMap::new() }
    }

    /// The rules.
    pub fn rules(&self) -> &NameplateRules {
        &self.rules
    }

    /// The devices, in order.
    pub fn devices(&self) -> impl ExactSizeIterator<Item = &ExternalId> {
        self.of_device.keys()
    }

    /// The lines of a device.
    pub fn of(&self, device: &ExternalId) -> &[Line] {
        self.of_device.get(device).map_or(&[], Vec::as_slice)
    }

    /// Whether there are as many devices as there may be.
    pub fn is_full(&self) -> bool {
        self.of_device.len() >= self.rules.devices_max
    }

    /// Looks at a stream that was opened.
    pub(in crate::domain) fn opened(&mut self, stream: StreamId, key: &StreamKey) {
        let Some((field, rank)) = self.rules.field_of(&key.channel) else { return };
        let line = Line { stream, field, rank };
        if self.is_full() && !self.of_device.contains_key(&key.device) {
            return;
        }
        self.of_device.entry(key.device.clone()).or_default().push(line);
    }

    /// Forgets a stream of which the opening was taken back.
    pub(in crate::domain) fn forget(&mut self, stream: StreamId, device: &ExternalId) {
        let Some(lines) = self.of_device.get_mut(device) else { return };
        lines.retain(|line| line.stream != stream);
        if lines.is_empty() {
            self.of_device.remove(device);
        }
    }
}
