//! One new record against all that there are: an index of what records say now, learnt once and then kept up.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::settle::{Past, Version, source_of, texts_of};
use crate::domain::curation::Weight;
use crate::domain::id::ExternalId;
use crate::domain::reconcile::asset::history::trace;
use crate::domain::reconcile::asset::index::AssetIndex;
use crate::domain::reconcile::asset::sheet::Texts;
use crate::dtdl::{Catalogue, Dtmi};

/// With more records to take in than this, learning anew is quicker.
const CHANGED_MAX: usize = 2_000;
/// How many times its size an index may grow before its weights are learnt anew.
const GROWTH_MAX: usize = 2;
/// Most records that a thing is compared with in full.
const FOUND_MAX: usize = 100;

/// An index of each kind of thing.
pub struct Matcher {
    kinds: Vec<Kind>,
    learnt_from: usize,
    /// Whether there came something of a kind that was not there.
    is_outdated: bool,
}

/// The index of things of one kind, and which record each of its rows is.
struct Kind {
    /// The models of the kind; of all where some record has none.
    models: BTreeSet<Dtmi>,
    index: AssetIndex,
    keys: HashMap<(String, String), ExternalId>,
}

/// A record that may describe the same thing.
pub struct Likely {
    /// The record.
    pub key: ExternalId,
    /// How probable it is, from 0 to 1.
    pub probability: f64,
    /// What speaks for it and against it.
    pub weights: Vec<Weight>,
}

impl Matcher {
    /// Learns from all records. Takes seconds for a hundred thousand.
    pub fn learn(pasts: &[Past], catalogue: &Catalogue) -> Self {
        let latest: Vec<Past> = pasts.iter().filter_map(Past::latest).collect();
        let kinds = super::settle::kinds(&latest, catalogue);
        let of = |places: &Vec<usize>| Kind::learn(places.iter().map(|place| &latest[*place]));
        Self {
            kinds: kinds.iter().map(of).collect(),
            learnt_from: latest.len(),
            is_outdated: false,
        }
    }

    /// Whether it is better to learn anew than to take these in.
    pub fn is_outgrown(&self, changed: &BTreeSet<ExternalId>) -> bool {
        let rows: usize = self.kinds.iter().map(|kind| kind.index.len()).sum();
        self.is_outdated
            || changed.len() > CHANGED_MAX
            || rows > self.learnt_from.max(100) * GROWTH_MAX
    }

    /// Takes in what a record says now; nothing when it is gone.
    pub fn take_in(&mut self, key: &ExternalId, past: Option<&Past>, catalogue: &Catalogue) {
        let version = past.and_then(|past| past.versions.last());
        let version = version.filter(|version| !version.identity.is_empty());
        let place = version.map(|version| self.kind_of(version.model.as_ref(), catalogue));
        for (number, kind) in self.kinds.iter_mut().enumerate() {
            match version {
                Some(version) if place == Some(Some(number)) => kind.put(key, version),
                Some(_) | None => kind.remove(key),
            }
        }
        if place == Some(None) {
            // The first of its kind is found at once, and learnt from with the others next time.
            self.kinds
                .extend(past.and_then(Past::latest).map(|past| Kind::learn([&past].into_iter())));
            self.is_outdated = true;
        }
    }

    /// The kind of what has this model.
    fn kind_of(&self, model: Option<&Dtmi>, catalogue: &Catalogue) -> Option<usize> {
        let is_one = |a: &Dtmi, b: &Dtmi| catalogue.is_a(a, b) || catalogue.is_a(b, a);
        let fits = |kind: &Kind| match model {
            Some(model) => kind.models.iter().any(|other| is_one(model, other)),
            None => self.kinds.len() == 1,
        };
        let all = self.kinds.len() == 1 && self.kinds[0].models.is_empty();
        if all { Some(0) } else { self.kinds.iter().position(fits) }
    }

    /// The records that may describe the thing of which this is known, the likeliest first.
    pub fn likely(&mut self, source: &str, texts: &Texts<'_>) -> Vec<Likely> {
        let found = self.kinds.iter_mut().flat_map(|kind| kind.likely(source, texts));
        let mut likely: Vec<Likely> = found.collect();
        likely.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        likely
    }
}

impl Kind {
    fn learn<'a>(latest: impl Iterator<Item = &'a Past> + Clone) -> Self {
        let (events, _) = super::settle::events(latest.clone().enumerate());
        let traced = trace(&events);
        let said = latest.clone().flat_map(|past| past.versions.last());
        let models: Option<BTreeSet<Dtmi>> = said.map(|version| version.model.clone()).collect();
        let keys = latest.map(|past| (name(&past.key), past.key.clone())).collect();
        let index = AssetIndex::new(traced.sheet, traced.found);
        Self { models: models.unwrap_or_default(), index, keys }
    }

    fn put(&mut self, key: &ExternalId, version: &Version) {
        let (source, id) = name(key);
        let texts = texts_of(version);
        self.index.put(&source, &id, &view(&texts));
        self.keys.insert((source, id), key.clone());
    }

    fn remove(&mut self, key: &ExternalId) {
        let (source, id) = name(key);
        self.index.remove(&source, &id);
        self.keys.remove(&(source, id));
    }

    fn likely(&mut self, source: &str, texts: &Texts<'_>) -> Vec<Likely> {
        let found = self.index.query(source, "", texts, FOUND_MAX);
        let mut likely = Vec::new();
        for found in found {
            let explained = self.index.explain(source, "", texts, found.row);
            let name = (found.source.to_string(), found.id.to_string());
            let Some(key) = self.keys.get(&name) else { continue };
            likely.push(Likely {
                key: key.clone(),
                probability: found.probability(),
                weights: super::settle::weights(&explained),
            });
        }
        likely
    }
}

fn name(key: &ExternalId) -> (String, String) {
    (source_of(key), key.id.to_string())
}

/// Texts as the index reads them.
fn view(texts: &[String]) -> Texts<'_> {
    let mut view: Texts<'_> = Default::default();
    view.iter_mut().zip(texts).for_each(|(slot, text)| *slot = text);
    view
}
