//! Roles: whether a twin is an asset, a location or a device follows from what its model extends.

use serde::{Deserialize, Serialize};

use crate::dtdl::{Catalogue, Dtmi};

/// What part a twin plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// A thing that is looked after: a machine, a position of the plant, a building's equipment.
    Asset,
    /// A place.
    Location,
    /// A thing that reports: a gateway, a sensor, a point.
    Device,
}

/// The root models of each role. A model has the role of the nearest root that it extends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Roles {
    roots: Vec<(Dtmi, Role)>,
}

impl Roles {
    /// Roles by these roots; of several roots that a model extends, the first listed counts.
    pub fn new(roots: Vec<(Dtmi, Role)>) -> Self {
        Self { roots }
    }

    /// The role of twins of `model`; `None` when it extends no root.
    pub fn of(&self, catalogue: &Catalogue, model: &Dtmi) -> Option<Role> {
        self.roots.iter().find(|(root, _)| catalogue.is_a(model, root)).map(|(_, role)| *role)
    }
}

/// How places nest: the names of the relationships that lead from a thing to its place, and back.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceRules {
    /// Names of relationships from the inner to the outer, in order of preference.
    pub up: Vec<String>,
    /// Names of relationships from the outer to the inner.
    pub down: Vec<String>,
}

impl Default for PlaceRules {
    fn default() -> Self {
        let names = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect();
        Self {
            up: names(&[
                "locatedIn",
                "isLocatedIn",
                "hasLocation",
                "occupies",
                "installedAt",
                "partOf",
                "isPartOf",
                "isPointOf",
            ]),
            down: names(&["contains", "isLocationOf", "hasPart"]),
        }
    }
}
