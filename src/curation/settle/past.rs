//! What records said over time, as matching reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::curation::telemetry::{described, described_by, overlay};
use crate::domain::command::PutRecord;
use crate::domain::fact::{Link, SourceRecord};
use crate::domain::id::{ExternalId, Position};
use crate::domain::state::State;
use crate::domain::time::{Interval, Timestamp};
use crate::domain::timeline::Fact;
use crate::dtdl::Dtmi;
use crate::engine::Engine;

/// How many records are looked at while the writer waits.
const RECORDS_A_LOOK: usize = 1_000;
const KNOWN: Position = Position::LATEST_KNOWN;

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
}

impl Version {
    fn of(valid: Interval, record: &SourceRecord) -> Self {
        Self {
            valid,
            identity: record.identity.clone(),
            reported: BTreeMap::new(),
            model: record.model.clone(),
        }
    }
}

/// The pasts of all records that say something to match them by, and of all devices that say something of themselves, in
/// the order of their keys.
///
/// `staged` are records that are not kept yet; they are laid over what is.
pub async fn pasts(engine: &Engine, staged: &[PutRecord]) -> Vec<Past> {
    let mut found: BTreeMap<ExternalId, Past> = BTreeMap::new();
    let keys: Vec<ExternalId> =
        engine.read(|state| state.records.all().map(|(key, _)| key.clone()).collect());
    for chunk in keys.chunks(RECORDS_A_LOOK) {
        engine.read(|state| {
            found.extend(chunk.iter().filter_map(|key| Some((key.clone(), past(state, key)?))));
        });
        tokio::task::yield_now().await;
    }
    for record in staged {
        let key = &record.key;
        let links = || engine.read(|state| links(state, key));
        let past = found.entry(key.clone()).or_insert_with(|| Past {
            key: key.clone(),
            versions: Vec::new(),
            links: links(),
            linked_from: engine.read(|state| linked_from(state, key)),
            is_recorded: true,
        });
        past.lay_over(record.valid, &record.record());
    }
    for (device, said) in described(engine).await {
        let past = found.entry(device.clone()).or_insert_with(|| Past::of_device(engine, device));
        past.versions = overlay(std::mem::take(&mut past.versions), &said);
    }
    found.retain(|_, past| past.versions.iter().any(|v| !v.identity.is_empty()));
    found.into_values().collect()
}

/// The pasts of these ids, as records and devices tell them; nothing for an id of which neither says anything.
///
/// This is what to ask when records changed, or devices said something new of themselves.
pub async fn pasts_of(
    engine: &Engine,
    keys: impl IntoIterator<Item = ExternalId>,
) -> Vec<(ExternalId, Option<Past>)> {
    let keys: Vec<ExternalId> = keys.into_iter().collect();
    let mut found: BTreeMap<ExternalId, Option<Past>> = BTreeMap::new();
    for chunk in keys.chunks(RECORDS_A_LOOK) {
        engine.read(|state| found.extend(chunk.iter().map(|key| (key.clone(), past(state, key)))));
        tokio::task::yield_now().await;
    }
    for (device, said) in described_by(engine, &keys).await {
        let past = found.entry(device.clone()).or_default();
        let past = past.get_or_insert_with(|| Past::of_device(engine, device));
        past.versions = overlay(std::mem::take(&mut past.versions), &said);
    }
    found.into_iter().collect()
}

/// The past of one record.
fn past(state: &State, key: &ExternalId) -> Option<Past> {
    let mut versions: Vec<&Fact<SourceRecord>> =
        state.records.timeline(key)?.known(KNOWN).collect();
    versions.sort_by_key(|fact| fact.valid.from);
    let versions = versions.into_iter().map(|fact| Version::of(fact.valid, &fact.value));
    Some(Past {
        key: key.clone(),
        versions: versions.collect(),
        links: links(state, key),
        linked_from: linked_from(state, key),
        is_recorded: true,
    })
}

fn linked_from(state: &State, key: &ExternalId) -> Timestamp {
    let ever = state.crosswalks.timeline(key).into_iter().flat_map(|t| t.facts());
    ever.map(|fact| fact.valid.from).min().unwrap_or(Timestamp::MAX)
}

fn links(state: &State, key: &ExternalId) -> Vec<(Interval, Link)> {
    let facts = state.crosswalks.timeline(key).into_iter().flat_map(|t| t.known(KNOWN));
    facts.map(|fact| (fact.valid, fact.value.clone())).collect()
}

impl Past {
    /// That of a device of which no record is kept; what it said is still to be added.
    fn of_device(engine: &Engine, key: ExternalId) -> Self {
        let (links, linked_from) =
            engine.read(|state| (links(state, &key), linked_from(state, &key)));
        Self { key, versions: Vec::new(), links, linked_from, is_recorded: false }
    }

    fn lay_over(&mut self, valid: Interval, record: &SourceRecord) {
        let before = std::mem::take(&mut self.versions);
        for version in before {
            let rest = version.valid.without(&valid).collect::<Vec<_>>();
            self.versions
                .extend(rest.into_iter().map(|valid| Version { valid, ..version.clone() }));
        }
        self.versions.push(Version::of(valid, record));
        self.versions.sort_by_key(|version| version.valid.from);
    }

    /// Only what it says last; nothing when that is nothing to match by.
    pub fn latest(&self) -> Option<Past> {
        let last = self.versions.last().filter(|version| !version.identity.is_empty())?;
        Some(Past { versions: vec![last.clone()], links: Vec::new(), ..self.clone() })
    }

    /// Whether there may be something to decide: the id means nothing, or the matching linked it and the record has
    /// said different things over time, or tells now of an earlier time too.
    pub fn is_open(&self, own: &str) -> bool {
        let by_matching = || self.links.iter().any(|(_, link)| *link.decider == *own);
        let is_earlier = self.versions.first().is_some_and(|v| v.valid.from < self.linked_from);
        self.links.is_empty() || ((self.versions.len() > 1 || is_earlier) && by_matching())
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
