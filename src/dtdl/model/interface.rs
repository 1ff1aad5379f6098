//! An interface: the model of a kind of twin.

use std::sync::Arc;

use super::super::dtmi::Dtmi;
use super::content::{Content, Cotype};
use super::language::LanguageMap;
use super::schema::Schema;

/// An interface with all that it inherits. Immutable, and shared by reference.
#[derive(Debug)]
pub struct Interface {
    /// The identifier.
    pub id: Dtmi,
    /// The DTDL version in which it is written: 2, 3 or 4.
    pub dtdl_version: u8,
    /// The name, for people.
    pub display_name: LanguageMap,
    /// The description.
    pub description: LanguageMap,
    /// The comment of the model's author.
    pub comment: Option<Box<str>>,
    /// The interfaces that it extends, directly.
    pub extends: Box<[Dtmi]>,
    /// Types of extensions that stand on it.
    pub cotypes: Box<[Cotype]>,
    /// The schemas that it names for use in its contents.
    pub schemas: Box<[Arc<Schema>]>,
    /// JSON text of just this interface with its contexts, in canonical form: it can be stored,
    /// read again alone, and compared. Interfaces written inside it are references here.
    pub source: Arc<str>,
    pub(crate) contents: Arc<[Arc<Content>]>,
    /// How many of the contents are its own; they stand first.
    pub(crate) own_count: u32,
    /// Positions in `contents`, by name.
    pub(crate) by_name: Arc<[u32]>,
    /// All that it extends, nearest first, each once.
    pub(crate) ancestors: Box<[Dtmi]>,
    /// All interfaces that it names: what it extends, components, interfaces in unknown places.
    pub(crate) dependencies: Box<[Dtmi]>,
}

impl Interface {
    /// All contents: its own in the order of the model, then those of each ancestor, nearest
    /// first. `Content::declared_in` tells where each comes from.
    pub fn contents(&self) -> &[Arc<Content>] {
        &self.contents
    }

    /// The contents that it declares itself.
    pub fn own_contents(&self) -> &[Arc<Content>] {
        &self.contents[..self.own_count as usize]
    }

    /// The content of this name, own or inherited.
    pub fn content(&self, name: &str) -> Option<&Arc<Content>> {
        let found =
            self.by_name.binary_search_by(|at| (*self.contents[*at as usize].name).cmp(name));
        found.ok().map(|position| &self.contents[self.by_name[position] as usize])
    }

    /// All interfaces that it extends, directly or not, nearest first.
    pub fn ancestors(&self) -> &[Dtmi] {
        &self.ancestors
    }

    /// The interfaces that must be known for this one to be understood: those that it extends
    /// and those of its components. Relationship targets are not among them.
    pub fn dependencies(&self) -> &[Dtmi] {
        &self.dependencies
    }
}
