//! From an object property of Brick to a relationship that the models allow, in either direction.

use std::sync::Arc;

use crate::dtdl::{Catalogue, ContentKind, Dtmi};

/// One object property: names for it, and names for it seen from the other end.
type Names = (&'static str, &'static [&'static str], &'static [&'static str]);

/// RealEstateCore tells some properties from one end only, or names them by what they join.
const PROPERTIES: &[Names] = &[
    ("controls", &["controls"], &["isControlledBy"]),
    ("feeds", &["feeds"], &["isFedBy"]),
    ("hasLocation", &["hasLocation", "locatedIn", "isLocatedIn"], &["isLocationOf"]),
    ("hasPart", &["hasPart", "includes"], &["isPartOf"]),
    ("hasPoint", &["hasPoint"], &["isPointOf", "meters"]),
    ("isControlledBy", &["isControlledBy"], &["controls"]),
    ("isFedBy", &["isFedBy"], &["feeds"]),
    ("isLocationOf", &["isLocationOf"], &["hasLocation", "locatedIn", "isLocatedIn"]),
    ("isMeteredBy", &["isMeteredBy"], &["meters"]),
    ("isPartOf", &["isPartOf"], &["hasPart", "includes"]),
    ("isPointOf", &["isPointOf", "meters"], &["hasPoint"]),
    ("meters", &["meters"], &["isMeteredBy"]),
];

/// A relationship that the models allow.
#[derive(Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Its name.
    pub name: Arc<str>,
    /// Whether it leads from the target of the object property to its source.
    pub reversed: bool,
}

/// The relationship that says what the object property `name` says of things of these models.
pub fn allowed(
    catalogue: &Catalogue,
    name: &Arc<str>,
    source: &Dtmi,
    target: &Dtmi,
) -> Option<Allowed> {
    let same = [name.as_ref()];
    let known = PROPERTIES.iter().find(|(property, ..)| *property == name.as_ref());
    let (there, back): (&[&str], &[&str]) = match known {
        Some((_, there, back)) => (there, back),
        None => (&same, &[]),
    };
    let there = there.iter().find(|n| allows(catalogue, source, n, target));
    let back = back.iter().find(|n| allows(catalogue, target, n, source));
    match (there, back) {
        (Some(name), _) => Some(Allowed { name: (*name).into(), reversed: false }),
        (None, Some(name)) => Some(Allowed { name: (*name).into(), reversed: true }),
        (None, None) => None,
    }
}

fn allows(catalogue: &Catalogue, source: &Dtmi, name: &str, target: &Dtmi) -> bool {
    let content = catalogue.get(source).and_then(|interface| interface.content(name));
    match content.map(|content| &content.kind) {
        Some(ContentKind::Relationship { target: wanted, .. }) => {
            wanted.as_ref().is_none_or(|wanted| catalogue.is_a(target, wanted))
        }
        _ => false,
    }
}
