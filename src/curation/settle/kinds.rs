//! Records of one kind: only those can be one thing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use petgraph::unionfind::UnionFind;

use super::past::{Past, Version};
use crate::domain::reconcile::normalise::asset::{mac, serial};
use crate::dtdl::{Catalogue, Dtmi};

/// What the records of a kind say.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    records: usize,
    fields: BTreeMap<Arc<str>, usize>,
    /// Fingerprints of what names a thing.
    names: HashSet<u64>,
}

impl Profile {
    /// Takes up a record.
    pub fn add(&mut self, said: &Version) {
        self.records += 1;
        for field in said.identity.keys() {
            *self.fields.entry(field.clone()).or_default() += 1;
        }
        self.names.extend(names(said));
    }

    /// How well a record fits in: how many of its names somebody has here, then how usual it is to say what it says.
    pub fn fits(&self, said: &Version) -> (usize, f64) {
        let shared = names(said).filter(|name| self.names.contains(name)).count();
        let count: usize = said.identity.keys().filter_map(|field| self.fields.get(field)).sum();
        (shared, count as f64 / self.records.max(1) as f64)
    }
}

/// What names a thing in a record, as 64 bits each.
fn names(said: &Version) -> impl Iterator<Item = u64> + '_ {
    let text = |field: &str| said.identity.get(field).map(|text| text.as_ref());
    let serial = text("serial").and_then(serial::canonical).map(|s| serial::folded(&s));
    let mac = text("mac").and_then(mac::parse).map(|bits| bits.to_string());
    let others = ["uuid", "client_id", "hostname", "ip", "xref"];
    let others = others.into_iter().map(move |field| (field, text(field).map(str::to_lowercase)));
    let all = [("serial", serial), ("mac", mac)].into_iter().chain(others);
    all.filter_map(|(field, text)| {
        let mut hasher = DefaultHasher::new();
        (field, text.filter(|text| !text.is_empty())?).hash(&mut hasher);
        Some(hasher.finish())
    })
}

/// The one of several kinds that a record without a model fits into best, the first of equals.
pub fn best_of<'a>(
    profiles: impl DoubleEndedIterator<Item = &'a Profile> + ExactSizeIterator,
    said: &Version,
) -> Option<usize> {
    let order = |x: &(usize, f64), y: &(usize, f64)| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1));
    let fits = profiles.map(|profile| profile.fits(said)).enumerate().rev();
    fits.max_by(|(_, x), (_, y)| order(x, y)).map(|(kind, _)| kind)
}

/// The places of the pasts, by kind: what one record says may be something of another model only where one of the two
/// models extends the other. What has no model, such as a device that only reports, is looked at with those of which one
/// has its serial, address or other name, else with those that are told of by the same fields.
pub fn kinds(pasts: &[Past], catalogue: &Catalogue) -> Vec<Vec<usize>> {
    let of_past: Vec<Vec<&Dtmi>> = pasts.iter().map(models_of).collect();
    let mut kinds: Vec<Vec<usize>> = by_model(&of_past, catalogue);
    let without = of_past.iter().enumerate().filter(|(_, models)| models.is_empty());
    let without: Vec<usize> = without.map(|(place, _)| place).collect();
    if kinds.is_empty() && !without.is_empty() {
        return vec![without];
    }
    let profiles: Vec<Profile> = kinds.iter().map(|kind| profile(pasts, kind)).collect();
    for place in without {
        let said = pasts[place].versions.last();
        if let Some(kind) = said.and_then(|said| best_of(profiles.iter(), said)) {
            kinds[kind].push(place);
        }
    }
    kinds.iter_mut().for_each(|kind| kind.sort_unstable());
    kinds.sort();
    kinds
}

fn models_of(past: &Past) -> Vec<&Dtmi> {
    past.versions.iter().filter_map(|version| version.model.as_ref()).collect()
}

fn profile(pasts: &[Past], places: &[usize]) -> Profile {
    let mut profile = Profile::default();
    let said = places.iter().filter_map(|place| pasts[*place].versions.last());
    said.for_each(|said| profile.add(said));
    profile
}

fn by_model(of_past: &[Vec<&Dtmi>], catalogue: &Catalogue) -> Vec<Vec<usize>> {
    let mut numbers: HashMap<&Dtmi, usize> = HashMap::new();
    for model in of_past.iter().flatten() {
        let next = numbers.len();
        numbers.entry(model).or_insert(next);
    }
    let mut same = UnionFind::<usize>::new(numbers.len());
    for (model, number) in &numbers {
        for (other, of) in &numbers {
            if catalogue.is_a(model, other) {
                same.union(*number, *of);
            }
        }
    }
    for models in of_past {
        for pair in models.windows(2) {
            same.union(numbers[pair[0]], numbers[pair[1]]);
        }
    }
    let mut kinds: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, models) in of_past.iter().enumerate() {
        if let Some(model) = models.first() {
            kinds.entry(same.find(numbers[model])).or_default().push(place);
        }
    }
    let mut kinds: Vec<Vec<usize>> = kinds.into_values().collect();
    kinds.sort();
    kinds
}
