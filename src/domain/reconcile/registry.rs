//! What settings may name: normalisers, custom comparisons, custom keys, clusterings, structure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cluster::Cluster;
use super::compare::Compare;
use super::error::SettingsError;
use super::key::Key;
use super::normalise;
use super::settings::CompareSettings;
use super::structure::Structure;

/// Raw text to normalised text; the empty text means "says nothing".
pub type Normaliser = fn(&str) -> String;

/// Makes a comparison for the fields at these places of the table.
pub type CompareFactory = fn(&CompareSettings, &[usize]) -> Box<dyn Compare>;

/// Makes a key for the fields at these places of the table.
pub type KeyFactory = fn(&[usize]) -> Box<dyn Key>;

/// The names that settings may use. Presets add their own.
#[derive(Clone)]
pub struct Registry {
    normalisers: BTreeMap<&'static str, Normaliser>,
    comparisons: BTreeMap<&'static str, CompareFactory>,
    keys: BTreeMap<&'static str, KeyFactory>,
    clusterings: BTreeMap<&'static str, Arc<dyn Cluster>>,
    structures: Vec<Arc<dyn Structure>>,
}

impl Registry {
    /// The generic ones.
    pub fn generic() -> Self {
        Self {
            normalisers: normalise::ALL.iter().copied().collect(),
            comparisons: BTreeMap::new(),
            keys: BTreeMap::new(),
            clusterings: BTreeMap::new(),
            structures: Vec::new(),
        }
    }

    /// Adds a normaliser.
    #[must_use]
    pub fn with_normaliser(mut self, name: &'static str, normaliser: Normaliser) -> Self {
        self.normalisers.insert(name, normaliser);
        self
    }

    /// Adds a comparison.
    #[must_use]
    pub fn with_comparison(mut self, name: &'static str, make: CompareFactory) -> Self {
        self.comparisons.insert(name, make);
        self
    }

    /// Adds a key.
    #[must_use]
    pub fn with_key(mut self, name: &'static str, make: KeyFactory) -> Self {
        self.keys.insert(name, make);
        self
    }

    /// Adds a clustering.
    #[must_use]
    pub fn with_clustering(mut self, name: &'static str, clustering: Arc<dyn Cluster>) -> Self {
        self.clusterings.insert(name, clustering);
        self
    }

    /// Adds evidence that looks at all scored pairs at once.
    #[must_use]
    pub fn with_structure(mut self, structure: Arc<dyn Structure>) -> Self {
        self.structures.push(structure);
        self
    }

    pub(super) fn structures(&self) -> &[Arc<dyn Structure>] {
        &self.structures
    }

    pub(super) fn normaliser(&self, place: &str, name: &str) -> Result<Normaliser, SettingsError> {
        find(&self.normalisers, place, "normaliser", name).copied()
    }

    pub(super) fn comparison(
        &self,
        place: &str,
        name: &str,
    ) -> Result<CompareFactory, SettingsError> {
        find(&self.comparisons, place, "comparison", name).copied()
    }

    pub(super) fn key(&self, place: &str, name: &str) -> Result<KeyFactory, SettingsError> {
        find(&self.keys, place, "key", name).copied()
    }

    pub(super) fn clustering(&self, name: &str) -> Result<Arc<dyn Cluster>, SettingsError> {
        find(&self.clusterings, "`cluster`", "clustering", name).cloned()
    }
}

fn find<'a, T>(
    all: &'a BTreeMap<&'static str, T>,
    place: &str,
    what: &'static str,
    name: &str,
) -> Result<&'a T, SettingsError> {
    all.get(name).ok_or_else(|| SettingsError::UnknownName {
        place: place.to_owned(),
        what,
        name: name.to_owned(),
        known: if all.is_empty() {
            "none".to_owned()
        } else {
            all.keys().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
        },
    })
}
