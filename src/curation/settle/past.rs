//! What records said over time, as matching reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

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

/// What a record said for a while.
#[derive(Debug, Clone)]
pub struct Version {
    /// When.
    pub valid: Interval,
    /// What to match it by.
    pub identity: BTreeMap<Arc<str>, Arc<str>>,
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
}

impl Version {
    fn of(valid: Interval, record: &SourceRecord) -> Self {
        Self { valid, identity: record.identity.clone(), model: record.model.clone() }
    }
}

/// The pasts of all records that say something to match them by, in the order of their keys.
///
/// `staged` are records that are not kept yet; they are laid over what is.
pub async fn pasts(engine: &Engine, staged: &[PutRecord]) -> Vec<Past> {
    let mut found: BTreeMap<ExternalId, Past> = BTreeMap::new();
    // What is beyond the head may be taken back.
    let known = engine.head();
    let keys: Vec<ExternalId> =
        engine.read(|state| state.records.all().map(|(key, _)| key.clone()).collect());
    for chunk in keys.chunks(RECORDS_A_LOOK) {
        engine.read(|state| {
            found.extend(
                chunk.iter().filter_map(|key| Some((key.clone(), past(state, key, known)?))),
            );
        });
        tokio::task::yield_now().await;
    }
    for record in staged {
        let past = found.entry(record.key.clone());
        let past = past.or_insert_with(|| engine.read(|state| empty(state, &record.key, known)));
        past.lay_over(record.valid, &record.record());
    }
    found.retain(|_, past| past.versions.iter().any(|v| !v.identity.is_empty()));
    found.into_values().collect()
}

/// The past of one record, as known at `known`.
pub fn past(state: &State, key: &ExternalId, known: Position) -> Option<Past> {
    let mut versions: Vec<&Fact<SourceRecord>> =
        state.records.timeline(key)?.known(known).collect();
    versions.sort_by_key(|fact| fact.valid.from);
    let versions = versions.into_iter().map(|fact| Version::of(fact.valid, &fact.value));
    Some(Past { versions: versions.collect(), ..empty(state, key, known) })
}

/// An id of which no record is known, with what it means.
pub fn empty(state: &State, key: &ExternalId, known: Position) -> Past {
    Past { key: key.clone(), versions: Vec::new(), links: links(state, key, known) }
}

fn links(state: &State, key: &ExternalId, known: Position) -> Vec<(Interval, Link)> {
    let facts = state.crosswalks.timeline(key).into_iter().flat_map(|t| t.known(known));
    facts.map(|fact| (fact.valid, fact.value.clone())).collect()
}

impl Past {
    /// States what a record says, over what it said at that time.
    pub fn lay_over(&mut self, valid: Interval, record: &SourceRecord) {
        let before = std::mem::take(&mut self.versions);
        for version in before {
            let rest = version.valid.without(&valid).collect::<Vec<_>>();
            self.versions
                .extend(rest.into_iter().map(|valid| Version { valid, ..version.clone() }));
        }
        self.versions.push(Version::of(valid, record));
        self.versions.sort_by_key(|version| version.valid.from);
    }

    /// Whether there may be something to decide: the id means nothing, or the matching linked it and the record has
    /// said different things over time.
    pub fn is_open(&self, own: &str) -> bool {
        let by_matching = || self.links.iter().any(|(_, link)| *link.decider == *own);
        self.links.is_empty() || (self.versions.len() > 1 && by_matching())
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
