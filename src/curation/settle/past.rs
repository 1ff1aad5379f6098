//! What records said over time, as matching reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::commands::ACTOR;
use super::plan::Withdrawn;
use crate::curation::telemetry::{Described, Told, described, described_by, fingerprint, overlay};
use crate::domain::command::PutRecord;
use crate::domain::fact::{Link, SourceRecord};
use crate::domain::id::{ExternalId, Position, TwinId};
use crate::domain::state::State;
use crate::domain::time::{Interval, Timestamp};
use crate::domain::timeline::Fact;
use crate::dtdl::Dtmi;
use crate::engine::Engine;

/// How many records are looked at while the writer waits.
pub const RECORDS_A_LOOK: usize = 1_000;

/// What a record said for a while.
#[derive(Debug, Clone)]
pub struct Version {
    /// When.
    pub valid: Interval,
    /// What to match it by.
    pub identity: BTreeMap<Arc<str>, Arc<str>>,
    /// What of it the device of this id reports of itself.
    pub reported: BTreeMap<Arc<str>, Arc<str>>,
    /// The model of the thing, as its source's declaration reads it.
    pub model: Option<Dtmi>,
    /// Whether the device says to be another unit than the record does.
    pub is_corrected: bool,
}

/// All that a record said, and what its id was found to mean.
#[derive(Debug, Clone)]
pub struct Past {
    /// What the system calls the thing.
    pub key: ExternalId,
    /// In the order of time.
    pub versions: Vec<Version>,
    /// What the id means, when, as things stand.
    pub links: Vec<(Interval, Link)>,
    /// From when on anybody ever said what the id means.
    pub linked_from: Timestamp,
    /// Whether a record is kept by this id; otherwise only the device itself has said something.
    pub is_recorded: bool,
    /// What the device of this id says of itself.
    pub told: Told,
    /// What the matching found it to mean, and somebody took back.
    pub withdrawn: Vec<Withdrawn>,
}

impl Version {
    fn of(valid: Interval, record: &SourceRecord) -> Self {
        Self {
            valid,
            identity: record.identity.clone(),
            reported: BTreeMap::new(),
            model: record.model.clone(),
            is_corrected: false,
        }
    }
}

/// The pasts of all records that say something to match them by, and of all devices that say something of themselves, in
/// the order of their keys, as known at `known`: what the writer does beyond the head may be taken back.
///
/// `staged` are records that are not kept yet; they are laid over what is. `tell` hears how many of how
/// many are read. Then the devices of which history could not be read: of them, only records tell.
pub async fn pasts(
    engine: &Engine,
    staged: &[PutRecord],
    known: Position,
    tell: impl Fn(usize, usize),
) -> (Vec<Past>, Vec<ExternalId>) {
    let mut found: BTreeMap<ExternalId, Past> = BTreeMap::new();
    let keys: Vec<ExternalId> =
        engine.read(|state| state.records.all().map(|(key, _)| key.clone()).collect());
    for (look, chunk) in keys.chunks(RECORDS_A_LOOK).enumerate() {
        tell(look * RECORDS_A_LOOK, keys.len());
        engine.read(|state| {
            let read = |key: &ExternalId| Some((key.clone(), past(state, key, known)?));
            found.extend(chunk.iter().filter_map(read));
        });
        tokio::task::yield_now().await;
    }
    for record in staged {
        let past = found.entry(record.key.clone());
        let past = past.or_insert_with(|| engine.read(|state| empty(state, &record.key, known)));
        past.lay_over(record.valid, &record.record());
    }
    let (described, unread) = described(engine).await;
    for (device, said) in described {
        let past = found.entry(device.clone());
        let past = past.or_insert_with(|| engine.read(|state| empty(state, &device, known)));
        past.is_told(&said);
    }
    found.retain(|_, past| past.versions.iter().any(|v| !v.identity.is_empty()));
    (found.into_values().collect(), unread)
}

/// The pasts of these ids, as records and devices tell them; nothing for an id of which neither says anything.
///
/// This is what to ask when records changed, or devices said something new of themselves. Then the devices of which
/// history could not be read: of them, only records tell.
pub async fn pasts_of(
    engine: &Engine,
    keys: impl IntoIterator<Item = ExternalId>,
    known: Position,
) -> (Vec<(ExternalId, Option<Past>)>, Vec<ExternalId>) {
    let keys: Vec<ExternalId> = keys.into_iter().collect();
    let mut found: BTreeMap<ExternalId, Option<Past>> = BTreeMap::new();
    for chunk in keys.chunks(RECORDS_A_LOOK) {
        engine.read(|state| {
            found.extend(chunk.iter().map(|key| (key.clone(), past(state, key, known))));
        });
        tokio::task::yield_now().await;
    }
    let (described, unread) = described_by(engine, &keys).await;
    for (device, said) in described {
        let past = found.entry(device.clone()).or_default();
        let past = past.get_or_insert_with(|| engine.read(|state| empty(state, &device, known)));
        past.is_told(&said);
    }
    (found.into_iter().collect(), unread)
}

/// The past of one record, as known at `known`, without what a device of that id reports.
fn past(state: &State, key: &ExternalId, known: Position) -> Option<Past> {
    let mut versions: Vec<&Fact<SourceRecord>> =
        state.records.timeline(key)?.known(known).collect();
    versions.sort_by_key(|fact| fact.valid.from);
    let versions = versions.into_iter().map(|fact| Version::of(fact.valid, &fact.value));
    let versions = versions.collect();
    Some(Past { versions, is_recorded: true, ..empty(state, key, known) })
}

/// An id of which no record is known, with what it means.
pub fn empty(state: &State, key: &ExternalId, known: Position) -> Past {
    let timeline = state.crosswalks.timeline(key).into_iter();
    let ever = timeline.clone().flat_map(|t| t.facts()).map(|fact| fact.valid.from);
    let links = timeline.clone().flat_map(|t| t.known(known));
    let links = links.map(|fact| (fact.valid, fact.value.clone())).collect();
    let ended = timeline.flat_map(|t| t.taken_back(known));
    let own = ended.filter(|(fact, _)| *fact.value.decider == *ACTOR);
    let withdrawn = own.map(|(fact, valid)| {
        let twin = state.curations.current(fact.value.twin, known);
        Withdrawn { valid, twin, is_bare: is_bare(state, twin, known) }
    });
    Past {
        key: key.clone(),
        versions: Vec::new(),
        links,
        linked_from: ever.min().unwrap_or(Timestamp::MAX),
        is_recorded: false,
        told: None,
        withdrawn: withdrawn.collect(),
    }
}

/// Whether no id means a twin, at any time.
fn is_bare(state: &State, twin: TwinId, known: Position) -> bool {
    let links = state.crosswalks.ids_ever(twin).filter_map(|id| state.crosswalks.timeline(id));
    !links.flat_map(|links| links.known(known)).any(|link| link.value.twin == twin)
}

impl Past {
    /// States what a record says, over what it said at that time.
    pub fn lay_over(&mut self, valid: Interval, record: &SourceRecord) {
        self.is_recorded = true;
        let before = std::mem::take(&mut self.versions);
        for version in before {
            let rest = version.valid.without(&valid).collect::<Vec<_>>();
            self.versions
                .extend(rest.into_iter().map(|valid| Version { valid, ..version.clone() }));
        }
        self.versions.push(Version::of(valid, record));
        self.versions.sort_by_key(|version| version.valid.from);
    }

    /// Takes up what the device of this id says of itself.
    fn is_told(&mut self, said: &[Described]) {
        self.versions = overlay(std::mem::take(&mut self.versions), said);
        self.told = Some(fingerprint(said));
    }

    /// Whether the device was another unit before, of which nobody has decided what it was.
    pub fn has_open_past(&self) -> bool {
        let before = self.versions.split_last().map_or(&[][..], |(_, before)| before);
        let is_open = |v: &Version| !v.reported.is_empty() && self.link_in(v.valid).is_none();
        before.iter().any(is_open)
    }

    /// The link by which a part of the past means a twin, and the time before it that is of the same part and that nobody
    /// ever said anything of: what came late.
    pub fn before_link(&self, part: Interval, own: &str) -> Option<(Interval, &Link)> {
        let (_, link) = self.link_in(part).filter(|(_, link)| *link.decider == *own)?;
        let before = Interval::new(part.from, part.to.min(self.linked_from))?;
        Some((before, link))
    }

    /// What the id means in the interval, the last of several.
    pub fn link_in(&self, valid: Interval) -> Option<&(Interval, Link)> {
        let overlapping = self.links.iter().filter(|(held, _)| held.overlaps(&valid));
        overlapping.max_by_key(|(held, _)| held.from)
    }

    /// What the matching found it to mean in the interval, and somebody took back, unless it means it again.
    pub fn withdrawn_in(&self, valid: Interval) -> Vec<Withdrawn> {
        let is_back = |twin| {
            let mut links = self.links.iter();
            links.any(|(held, link)| held.overlaps(&valid) && link.twin == twin)
        };
        let withdrawn = self.withdrawn.iter().filter(|w| w.valid.overlaps(&valid));
        withdrawn.filter(|w| !is_back(w.twin)).copied().collect()
    }
}

/// The day of a moment, as ISO 8601 writes it; nothing for "always".
pub fn day(moment: Timestamp) -> String {
    if moment == Timestamp::MIN || moment == Timestamp::MAX {
        return String::new();
    }
    let mut text = moment.to_string();
    text.truncate("2026-01-31".len());
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::apply::apply;
    use crate::domain::change::Change;
    use crate::domain::state::Rules;

    /// A state in which each of these entries did its changes, from position 1 on.
    fn state(entries: Vec<Vec<Change>>) -> State {
        let mut state = State::new(Rules::default());
        for (number, changes) in entries.iter().enumerate() {
            let position = Position(number as u64 + 1);
            for change in changes {
                apply(&mut state, position, change, &mut BTreeSet::new()).unwrap();
            }
        }
        state
    }

    fn key() -> ExternalId {
        ExternalId::new("erp", "", "1").unwrap()
    }

    fn stored(serial: &str) -> Vec<Change> {
        let record = SourceRecord {
            identity: [("serial".into(), serial.into())].into(),
            ..SourceRecord::default()
        };
        vec![Change::RecordStored { key: key(), valid: Interval::ALWAYS, record }]
    }

    fn linked(twin: u128, decider: &str) -> Vec<Change> {
        let twin = TwinId(uuid::Uuid::from_u128(twin));
        let (reason, decider) = ("".into(), decider.into());
        let link = Link { twin, reason, confidence: 1.0, decider };
        vec![Change::Linked { external: key(), valid: Interval::ALWAYS, link }]
    }

    fn unlinked() -> Vec<Change> {
        vec![Change::Unlinked { external: key(), valid: Interval::ALWAYS }]
    }

    #[test]
    fn what_is_beyond_the_head_is_not_read() {
        let state = state(vec![stored("A"), [stored("B"), linked(1, "preview")].concat()]);
        let past = |known| past(&state, &key(), Position(known)).unwrap();
        assert_eq!(&*past(1).versions[0].identity["serial"], "A");
        assert!(past(1).links.is_empty());
        assert_eq!(&*past(2).versions[0].identity["serial"], "B");
        assert_eq!(past(2).links.len(), 1);
        assert!(past(0).versions.is_empty());
    }

    #[test]
    fn a_link_of_the_matching_that_was_taken_back_is_remembered_until_it_is_stated_again() {
        let state = state(vec![
            linked(1, ACTOR),
            unlinked(),
            linked(1, "somebody"),
            unlinked(),
            linked(2, ACTOR),
        ]);
        let withdrawn = |known| {
            let past = empty(&state, &key(), Position(known));
            let withdrawn = past.withdrawn_in(Interval::ALWAYS).into_iter();
            withdrawn.map(|w| (w.twin.0.as_u128(), w.is_bare)).collect::<Vec<_>>()
        };
        assert_eq!(withdrawn(1), []);
        assert_eq!(withdrawn(2), [(1, true)]);
        assert_eq!(withdrawn(3), [], "somebody decided for it after all");
        assert_eq!(withdrawn(4), [(1, true)]);
    }

    #[test]
    fn a_link_that_another_one_replaced_was_not_taken_back() {
        let state = state(vec![linked(1, ACTOR), linked(2, ACTOR), linked(3, "somebody")]);
        let past = empty(&state, &key(), Position(3));
        assert_eq!(past.withdrawn_in(Interval::ALWAYS), []);
    }
}
