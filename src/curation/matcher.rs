//! One new record against all that there are: an index of what records say now, learnt once and then kept up.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::settle::{Past, Profile, Version, best_of, events, kinds, source_of, weights};
use crate::domain::curation::Weight;
use crate::domain::id::ExternalId;
use crate::domain::reconcile::Explanation;
use crate::domain::reconcile::asset::history::{Event, Latest, latest, trace};
use crate::domain::reconcile::asset::index::{AssetIndex, Found};
use crate::domain::reconcile::asset::sheet::{FIELDS, Texts};
use crate::dtdl::{Catalogue, Dtmi};

/// An index that has grown by one in so many rows is learnt anew: with the vocabularies and weights of all.
const GROWTH_SHARE: usize = 4;
/// An index of fewer records than this counts as one of so many.
const LEARNT_MIN: usize = 100;
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
    /// The models of the kind.
    models: BTreeSet<Dtmi>,
    /// What its records say: those without a model are of the kind that says most of what they say.
    profile: Profile,
    index: AssetIndex,
    keys: HashMap<(String, String), ExternalId>,
}

/// A record that may describe the same thing.
pub struct Likely {
    /// The record.
    pub key: ExternalId,
    /// How probable it is, from 0 to 1; above one half exactly where the index takes both for one thing.
    pub probability: f64,
    /// What speaks for it and against it; the values of what was asked about are on the right.
    pub weights: Vec<Weight>,
}

/// A record that may describe the same thing as another record.
pub struct Alike {
    /// The record.
    pub key: ExternalId,
    /// How probable it is, from 0 to 1; above one half exactly where the index takes both for one thing.
    pub probability: f64,
    /// Why; the values of the record that was asked about are on the left.
    pub why: Explanation,
}

impl Matcher {
    /// Learns from all records. Takes seconds for a hundred thousand.
    pub fn learn(pasts: &[Past], catalogue: &Catalogue) -> Self {
        let kinds = kinds(pasts, catalogue);
        let of = |places: &Vec<usize>| Kind::learn(places.iter().map(|place| &pasts[*place]));
        // One that nothing can be matched by any more would take in all that comes.
        let kinds: Vec<Kind> = kinds.iter().map(of).filter(|kind| !kind.index.is_empty()).collect();
        let mut learnt = Self { kinds, learnt_from: 0, is_outdated: false };
        learnt.learnt_from = learnt.len();
        learnt
    }

    /// How many records it knows.
    pub fn len(&self) -> usize {
        self.kinds.iter().map(|kind| kind.index.len()).sum()
    }

    /// Whether it has grown so much that its weights are to be learnt anew.
    pub fn is_outgrown(&self) -> bool {
        let held: usize = self.kinds.iter().map(|kind| kind.index.rows_held()).sum();
        self.is_outdated || held > self.learnt_from + self.room()
    }

    /// How much it may grow before it is outgrown.
    pub fn room(&self) -> usize {
        self.learnt_from.max(LEARNT_MIN) / GROWTH_SHARE
    }

    /// Takes in what a record says now; nothing when it is gone.
    pub fn take_in(&mut self, key: &ExternalId, past: Option<&Past>, catalogue: &Catalogue) {
        let said = past.and_then(|past| Some((past, present(past)?.1, past.versions.last()?)));
        let place = said.as_ref().map(|(_, _, version)| self.kind_of(version, catalogue));
        for (number, kind) in self.kinds.iter_mut().enumerate() {
            match &said {
                Some((_, latest, version)) if place == Some(Some(number)) => {
                    kind.take_in(key, latest, version);
                }
                Some(_) | None => kind.remove(key),
            }
        }
        if let (Some(None), Some((past, ..))) = (place, said) {
            // The first of its kind is found at once, and learnt from with the others next time.
            self.kinds.push(Kind::learn(std::iter::once(past)));
            self.is_outdated = true;
        }
    }

    /// The kind of what says this.
    fn kind_of(&self, said: &Version, catalogue: &Catalogue) -> Option<usize> {
        let is_one = |a: &Dtmi, b: &Dtmi| catalogue.is_a(a, b) || catalogue.is_a(b, a);
        let is_all = |kind: &Kind| self.kinds.len() == 1 && kind.models.is_empty();
        match &said.model {
            Some(model) => self.kinds.iter().position(|kind| {
                kind.models.iter().any(|other| is_one(model, other)) || is_all(kind)
            }),
            None => best_of(self.kinds.iter().map(|kind| &kind.profile), said),
        }
    }

    /// The records that may describe the thing of which this is known, the likeliest first.
    pub fn likely(&mut self, source: &str, texts: &Texts<'_>) -> Vec<Likely> {
        let found = self.kinds.iter_mut().flat_map(|kind| kind.likely(source, texts));
        let mut likely: Vec<Likely> = found.collect();
        likely.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        likely
    }

    /// The records that may describe the same thing as one that was taken in, at least so probably, the likeliest first.
    pub fn alike(&self, key: &ExternalId, least: f64) -> Vec<Alike> {
        self.kinds.iter().flat_map(|kind| kind.alike(key, least)).collect()
    }
}

impl Kind {
    fn learn<'a>(pasts: impl Iterator<Item = &'a Past>) -> Self {
        let (mut said, mut keys) = (Vec::new(), HashMap::new());
        let (mut models, mut profile) = (BTreeSet::new(), Profile::default());
        for past in pasts {
            let Some((event, latest)) = present(past) else { continue };
            said.push(Event { texts: Some(latest.texts), ..event });
            keys.insert(name(&past.key), past.key.clone());
            if let Some(version) = past.versions.last() {
                models.extend(version.model.clone());
                profile.add(version);
            }
        }
        let traced = trace(&said);
        let index = AssetIndex::new(traced.sheet, traced.found);
        Self { models, profile, index, keys }
    }

    fn take_in(&mut self, key: &ExternalId, latest: &Latest, said: &Version) {
        let (source, id) = name(key);
        let known = self.index.said(&source, &id);
        if known
            .is_some_and(|(texts, day)| day == latest.appeared && is_same(&texts, &latest.texts))
        {
            return;
        }
        self.index.put(&source, &id, &view(&latest.texts), latest.appeared);
        self.profile.add(said);
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
            let Some(key) = self.key_of(&found) else { continue };
            let weights = weights(&explained);
            likely.push(Likely { key, probability: found.probability(), weights });
        }
        likely
    }

    fn alike(&self, key: &ExternalId, least: f64) -> Vec<Alike> {
        let (source, id) = name(key);
        let Some(row) = self.index.row(&source, &id) else { return Vec::new() };
        let found = self.index.explained(row, least, FOUND_MAX).into_iter();
        let alike = found.filter_map(|(found, why)| {
            let probability = found.probability();
            Some(Alike { key: self.key_of(&found)?, probability, why })
        });
        alike.collect()
    }

    fn key_of(&self, found: &Found) -> Option<ExternalId> {
        self.keys.get(&(found.source.clone(), found.id.clone())).cloned()
    }
}

/// What a record says last, when that is something to match by, with the event that told it.
fn present(past: &Past) -> Option<(Event, Latest)> {
    past.versions.last().filter(|version| !version.identity.is_empty())?;
    let (mut told, _) = events(std::iter::once((0, past)));
    let latest = latest(&told)?;
    let last = told.iter().rposition(|event| event.texts.is_some())?;
    Some((told.swap_remove(last), latest))
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

fn is_same(known: &Texts<'_>, said: &[String]) -> bool {
    said.len() == FIELDS && known.iter().zip(said).all(|(known, said)| *known == said.trim())
}
