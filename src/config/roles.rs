//! Root models of the roles, and names of the relationships between places.

use serde::{Deserialize, Serialize};

use crate::domain::rejection::Rejection;
use crate::domain::role::{PlaceRules, Role};
use crate::dtdl::Dtmi;

/// Root models by role. A twin has the role of the root that its model extends.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoleRoots {
    /// Roots of devices; looked at first.
    pub device: Vec<String>,
    /// Roots of locations.
    pub location: Vec<String>,
    /// Roots of assets.
    pub asset: Vec<String>,
}

impl Default for RoleRoots {
    /// The roots of our base ontology, RealEstateCore 4 with Brick, the Azure and Willow building
    /// ontologies, and ISA-95.
    fn default() -> Self {
        let list = |roots: &[&str]| roots.iter().map(|r| (*r).to_owned()).collect();
        Self {
            device: list(&[
                "dtmi:counterpart:base:Device;1",
                "dtmi:org:brickschema:schema:Brick:Point;1",
                "dtmi:digitaltwins:rec_3_3:core:Capability;1",
                "dtmi:digitaltwins:rec_3_3:core:LogicalDevice;1",
                "dtmi:com:willowinc:Capability;1",
            ]),
            location: list(&[
                "dtmi:counterpart:base:Location;1",
                "dtmi:org:w3id:rec:Space;1",
                "dtmi:org:brickschema:schema:Brick:Location;1",
                "dtmi:digitaltwins:rec_3_3:core:Space;1",
                "dtmi:com:willowinc:Space;1",
                "dtmi:digitaltwins:isa95:HierarchyScope;1",
            ]),
            asset: list(&[
                "dtmi:counterpart:base:Asset;1",
                "dtmi:org:w3id:rec:Asset;1",
                "dtmi:org:brickschema:schema:Brick:Equipment;1",
                "dtmi:digitaltwins:rec_3_3:core:Asset;1",
                "dtmi:com:willowinc:Asset;1",
                "dtmi:digitaltwins:isa95:Equipment;1",
                "dtmi:digitaltwins:isa95:PhysicalAsset;1",
            ]),
        }
    }
}

impl RoleRoots {
    /// The roots in the order in which they are looked at.
    ///
    /// # Errors
    /// When one is no DTMI.
    pub fn roots(&self) -> Result<Vec<(Dtmi, Role)>, Rejection> {
        let lists = [
            (&self.device, Role::Device),
            (&self.location, Role::Location),
            (&self.asset, Role::Asset),
        ];
        let mut roots = Vec::new();
        for (list, role) in lists {
            for text in list {
                let dtmi = text.parse().map_err(|error| {
                    Rejection::Invalid(format!("the role root `{text}` is not a DTMI: {error}"))
                })?;
                roots.push((dtmi, role));
            }
        }
        Ok(roots)
    }
}

/// Names of relationships between a thing and its place.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Places {
    /// From the inner to the outer, in order of preference.
    pub up: Vec<String>,
    /// From the outer to the inner.
    pub down: Vec<String>,
}

impl Default for Places {
    fn default() -> Self {
        let PlaceRules { up, down } = PlaceRules::default();
        Self { up, down }
    }
}

impl Places {
    /// The rules for the domain.
    pub fn rules(&self) -> PlaceRules {
        PlaceRules { up: self.up.clone(), down: self.down.clone() }
    }
}
