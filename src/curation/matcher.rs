//! One new record against all that there are: an index of what records say now, learnt once and then kept up.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::settle::{Past, source_of, texts_of};
use crate::domain::curation::Weight;
use crate::domain::id::ExternalId;
use crate::domain::reconcile::asset::history::trace;
use crate::domain::reconcile::asset::index::AssetIndex;
use crate::domain::reconcile::asset::sheet::Texts;

/// With more records to take in than this, learning anew is quicker.
const CHANGED_MAX: usize = 2_000;
/// How many times its size an index may grow before its weights are learnt anew.
const GROWTH_MAX: usize = 2;
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
    /// How probable it is, from 0 to 1.
    pub probability: f64,
    /// What speaks for it and against it.
    pub weights: Vec<Weight>,
}

impl Matcher {
    /// Learns from all records. Takes seconds for a hundred thousand.
    pub fn learn(pasts: &[Past]) -> Self {
        let latest: Vec<Past> = pasts.iter().filter_map(Past::latest).collect();
        let (events, _) = super::settle::events(latest.iter().enumerate());
        let traced = trace(&events);
        let named = latest.iter().map(|past| (name(&past.key), past.key.clone()));
        let keys = named.collect();
        Self { index: AssetIndex::new(traced.sheet, traced.found), keys, learnt_from: latest.len() }
    }

    /// Whether it is better to learn anew than to take these in.
    pub fn is_outgrown(&self, changed: &BTreeSet<ExternalId>) -> bool {
        changed.len() > CHANGED_MAX || self.index.len() > self.learnt_from.max(100) * GROWTH_MAX
    }

    /// Takes in what a record says now; nothing when it is gone.
    pub fn take_in(&mut self, key: &ExternalId, past: Option<&Past>) {
        let (source, id) = name(key);
        match past.and_then(|past| past.versions.last()) {
            Some(version) if !version.identity.is_empty() => {
                let texts = texts_of(version);
                self.index.put(&source, &id, &view(&texts));
                self.keys.insert((source, id), key.clone());
            }
            _ => {
                self.index.remove(&source, &id);
                self.keys.remove(&(source, id));
            }
        }
    }

    /// The records that may describe the thing of which this is known, the likeliest first.
    pub fn likely(&mut self, source: &str, texts: &Texts<'_>) -> Vec<Likely> {
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
