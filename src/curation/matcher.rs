//! One new record against all that there are: an index of what records say now, learnt once and then kept up.

use hashbrown::HashMap;

use super::settle::{Past, events, source_of, weights};
use crate::domain::curation::Weight;
use crate::domain::id::ExternalId;
use crate::domain::reconcile::Explanation;
use crate::domain::reconcile::asset::history::{Event, Latest, latest, trace};
use crate::domain::reconcile::asset::index::{AssetIndex, Found};
use crate::domain::reconcile::asset::sheet::{FIELDS, Texts};

/// An index that has grown by one in so many rows is learnt anew: with the vocabularies and weights of all.
const GROWTH_SHARE: usize = 4;
/// An index of fewer records than this counts as one of so many.
const LEARNT_MIN: usize = 100;
/// Most records that a thing is compared with in full.
const FOUND_MAX: usize = 100;

/// The index, and which record each of its rows is.
pub struct Matcher {
    index: AssetIndex,
    keys: HashMap<(String, String), ExternalId>,
    learnt_from: usize,
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
    pub fn learn(pasts: &[Past]) -> Self {
        let mut said: Vec<Event> = Vec::with_capacity(pasts.len());
        let mut keys = HashMap::new();
        for past in pasts {
            let Some((event, latest)) = present(past) else { continue };
            said.push(Event { texts: Some(latest.texts), ..event });
            keys.insert(name(&past.key), past.key.clone());
        }
        let traced = trace(&said);
        Self { index: AssetIndex::new(traced.sheet, traced.found), keys, learnt_from: said.len() }
    }

    /// How many records it knows.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether it has grown so much that its weights are to be learnt anew.
    pub fn is_outgrown(&self) -> bool {
        self.index.rows_held() > self.learnt_from + self.room()
    }

    /// How much it may grow before it is outgrown.
    pub fn room(&self) -> usize {
        self.learnt_from.max(LEARNT_MIN) / GROWTH_SHARE
    }

    /// Takes in what a record says now; nothing when it is gone.
    pub fn take_in(&mut self, key: &ExternalId, past: Option<&Past>) {
        let (source, id) = name(key);
        let Some((_, latest)) = past.and_then(present) else {
            self.index.remove(&source, &id);
            self.keys.remove(&(source, id));
            return;
        };
        let said = self.index.said(&source, &id);
        if said.is_some_and(|(texts, day)| day == latest.appeared && is_same(&texts, &latest.texts))
        {
            return;
        }
        self.index.put(&source, &id, &view(&latest.texts), latest.appeared);
        self.keys.insert((source, id), key.clone());
    }

    /// The records that may describe the thing of which this is known, the likeliest first.
    pub fn likely(&mut self, source: &str, texts: &Texts<'_>) -> Vec<Likely> {
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

    /// The records that may describe the same thing as one that was taken in, at least so probably, the likeliest first.
    pub fn alike(&self, key: &ExternalId, least: f64) -> Vec<Alike> {
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
    let (mut told, _) = events(std::slice::from_ref(past));
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
