//! A node of the graph.

use crate::domain::fact::{Existence, PropertyPath, PropertyValue};
use crate::domain::id::{Position, TwinId};
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, Timeline};

/// A twin with all that was ever said of it.
#[derive(Debug)]
pub struct TwinNode {
    /// Its id.
    pub id: TwinId,
    /// When it exists, as what.
    pub existence: Timeline<Existence>,
    /// Its master-data values, sorted by path.
    properties: Vec<(PropertyPath, Timeline<PropertyValue>)>,
}

impl TwinNode {
    /// A twin of which nothing is known yet.
    pub fn new(id: TwinId) -> Self {
        Self { id, existence: Timeline::default(), properties: Vec::new() }
    }

    /// The timeline of one property.
    pub fn property(&self, path: &str) -> Option<&Timeline<PropertyValue>> {
        let at = self.properties.binary_search_by(|(p, _)| p.as_ref().cmp(path)).ok()?;
        Some(&self.properties[at].1)
    }

    /// The timeline of one property, made when there is none.
    pub fn property_mut(&mut self, path: &PropertyPath) -> &mut Timeline<PropertyValue> {
        let at = match self.properties.binary_search_by(|(p, _)| p.cmp(path)) {
            Ok(at) => at,
            Err(at) => {
                self.properties.insert(at, (path.clone(), Timeline::default()));
                at
            }
        };
        &mut self.properties[at].1
    }

    /// Takes back what the entry at `position` did to a property.
    pub(in crate::domain) fn roll_back_property(
        &mut self,
        path: &PropertyPath,
        position: Position,
    ) {
        if let Ok(at) = self.properties.binary_search_by(|(p, _)| p.cmp(path)) {
            self.properties[at].1.roll_back(position);
            if self.properties[at].1.is_empty() {
                self.properties.remove(at);
            }
        }
    }

    /// Whether nothing was ever said of it.
    pub(super) fn is_empty(&self) -> bool {
        self.existence.is_empty() && self.properties.is_empty()
    }

    /// All properties' timelines, by path.
    pub fn properties(&self) -> impl Iterator<Item = (&PropertyPath, &Timeline<PropertyValue>)> {
        self.properties.iter().map(|(path, timeline)| (path, timeline))
    }

    /// The values that held at `moment`, by path.
    pub fn values(
        &self,
        moment: Timestamp,
        known: Position,
    ) -> impl Iterator<Item = (&PropertyPath, &Fact<PropertyValue>)> {
        self.properties().filter_map(move |(path, t)| Some((path, t.at(moment, known)?)))
    }
}
