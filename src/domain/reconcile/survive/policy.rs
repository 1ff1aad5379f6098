//! Which rules hold for which property, and which properties survive together.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::rule::Rule;
use super::trust::Trust;
use crate::dtdl::{Catalogue, Dtmi};

/// The rules of survivorship.
#[derive(Debug, Clone, PartialEq)]
pub struct Survivorship {
    /// The rules, each for what the ones before leave undecided.
    pub rules: Vec<Rule>,
    /// Other rules for some properties; the first entry that fits counts.
    pub properties: Vec<PropertyRules>,
    /// Properties that survive together, from one source; the first entry that fits counts.
    pub groups: Vec<Group>,
    /// How far sources are trusted; goes before what their declarations say.
    pub sources: BTreeMap<Arc<str>, Trust>,
}

/// Rules for some properties.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyRules {
    /// The properties.
    pub paths: Paths,
    /// Only of twins of these models and their subtypes; of all twins when empty.
    pub models: Vec<Dtmi>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// Properties that make sense only together, such as an address.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name for people.
    pub name: Arc<str>,
    /// The properties.
    pub paths: Paths,
    /// Only of twins of these models and their subtypes; of all twins when empty.
    pub models: Vec<Dtmi>,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// Properties by their paths; `address/*` is all inside the component `address`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paths(Vec<Arc<str>>);

impl Paths {
    /// These paths.
    pub fn new(paths: impl IntoIterator<Item = impl Into<Arc<str>>>) -> Self {
        Self(paths.into_iter().map(Into::into).collect())
    }

    /// The paths, as they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.iter()
    }

    /// Whether a property is one of them.
    pub fn hold(&self, path: &str) -> bool {
        self.0.iter().any(|held| match held.strip_suffix('*') {
            Some(inside) => path.starts_with(inside),
            None => **held == *path,
        })
    }
}

/// How the value of one property is chosen.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The group that it belongs to.
    pub group: Option<&'a Group>,
    /// The rules, in turn.
    pub rules: &'a [Rule],
}

impl Survivorship {
    /// How the value of a property of a twin of `model` is chosen.
    pub fn plan(&self, catalogue: &Catalogue, model: &Dtmi, path: &str) -> Plan<'_> {
        let of_model = |models: &[Dtmi]| {
            models.is_empty() || models.iter().any(|root| catalogue.is_a(model, root))
        };
        let group = self.groups.iter().find(|g| g.paths.hold(path) && of_model(&g.models));
        let own = || self.properties.iter().find(|p| p.paths.hold(path) && of_model(&p.models));
        let rules = match group {
            Some(group) => &group.rules,
            None => own().map_or(&self.rules, |own| &own.rules),
        };
        Plan { group, rules }
    }
}

impl Default for Survivorship {
    /// Authority, then what is most recent; manufacturer with model number, and coordinates, from one source.
    fn default() -> Self {
        let group = |name: &str, paths: &[&str]| Group {
            name: name.into(),
            paths: Paths::new(paths.iter().copied()),
            models: Vec::new(),
            rules: vec![Rule::MostComplete, Rule::Authority, Rule::MostRecent],
        };
        Self {
            rules: vec![Rule::Authority, Rule::MostRecent],
            properties: Vec::new(),
            groups: vec![
                group("make", &["manufacturer", "modelNumber"]),
                group("coordinates", &["latitude", "longitude"]),
            ],
            sources: BTreeMap::new(),
        }
    }
}
