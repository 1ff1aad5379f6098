//! Links of devices by what they say of themselves: the words for them, and where they begin and end.

use std::collections::BTreeMap;

use super::commands::{ACTOR, Decided};
use super::past::Version;
use super::plan::Meaning;
use crate::domain::command::{Command, UnlinkId};
use crate::domain::id::abridged;
use crate::dtdl::Dtmi;

/// Most fields that a reason names.
const FIELDS_NAMED_MAX: usize = 3;
/// What says most about which unit it is comes first.
const FIELDS_FIRST: [&str; 5] = ["serial", "mac", "uuid", "manufacturer", "model"];

/// What the device reports of itself in a version, in a few words: `serial 44710-07, manufacturer KSB`.
pub fn reports(version: &Version) -> Option<String> {
    let rank = |field: &str| FIELDS_FIRST.iter().position(|first| *first == field);
    let mut said: Vec<_> = version.reported.iter().collect();
    said.sort_by_key(|(field, _)| (rank(field).unwrap_or(FIELDS_FIRST.len()), *field));
    let words: Vec<String> = said
        .into_iter()
        .take(FIELDS_NAMED_MAX)
        .map(|(field, text)| format!("{field} {}", abridged(text)))
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

impl Decided<'_> {
    /// What follows from reports beyond the decisions: a link ends when the device reports to be a unit of which nobody
    /// knows anything.
    pub(super) fn of_devices(&self, models: &BTreeMap<usize, Dtmi>) -> Vec<Command> {
        (0..self.matched.segments.len()).flat_map(|segment| self.ended(segment, models)).collect()
    }

    /// Ends the matching's own links to another unit that reach into a segment without a meaning.
    fn ended(&self, segment: usize, models: &BTreeMap<usize, Dtmi>) -> Vec<Command> {
        let found = &self.matched.segments[segment];
        let past = &self.pasts[found.past];
        let is_new_unit = found.version > 0 && !past.versions[found.version].reported.is_empty();
        let is_decided = self.subjects[segment].twin.is_some() || self.has_meaning(segment, models);
        if !is_new_unit || is_decided {
            return Vec::new();
        }
        let own = past.links.iter().filter(|(_, link)| *link.decider == *ACTOR);
        let reaching = own.filter_map(|(held, _)| held.and(&found.valid));
        let unlinked = |valid| UnlinkId { external: past.key.clone(), valid };
        reaching.map(|valid| Command::UnlinkId(unlinked(valid))).collect()
    }

    /// Whether the plan links a segment: a new thing is one only if something says what it is.
    fn has_meaning(&self, segment: usize, models: &BTreeMap<usize, Dtmi>) -> bool {
        match self.plan.meanings.get(&segment) {
            Some(Meaning::Twin { .. }) => true,
            Some(Meaning::New { first, .. }) => models.contains_key(first),
            None => false,
        }
    }
}
