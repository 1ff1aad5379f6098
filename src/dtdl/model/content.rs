//! The contents of interfaces.

use std::sync::Arc;

use super::super::dtmi::Dtmi;
use super::language::LanguageMap;
use super::schema::Schema;

/// One content of an interface: a property, telemetry, relationship, component or command.
#[derive(Clone, Debug)]
pub struct Content {
    /// The name, unique among the contents of an interface, inherited ones included.
    pub name: Arc<str>,
    /// The identifier, if the model gives one.
    pub id: Option<Dtmi>,
    /// The interface that declares it; an interface that extends that one inherits it.
    pub declared_in: Dtmi,
    /// The name, for people.
    pub display_name: LanguageMap,
    /// The description.
    pub description: LanguageMap,
    /// The comment of the model's author.
    pub comment: Option<Box<str>>,
    /// What it is.
    pub kind: ContentKind,
    /// Types of extensions that stand on it, semantic types among them.
    pub cotypes: Box<[Cotype]>,
}

/// What a content is.
#[derive(Clone, Debug)]
pub enum ContentKind {
    /// State that is kept.
    Property {
        /// What its values may be.
        schema: Arc<Schema>,
        /// Whether it may be written from outside.
        writable: bool,
        /// What it measures, if the model says so.
        semantic: Option<Semantic>,
    },
    /// Measurements or events that are sent.
    Telemetry {
        /// What its values may be.
        schema: Arc<Schema>,
        /// What it measures, if the model says so.
        semantic: Option<Semantic>,
    },
    /// A link to other twins.
    Relationship {
        /// The interface that the other twins must have, or extend; any if absent.
        target: Option<Dtmi>,
        /// The fewest links (DTDL allows only 0).
        min_multiplicity: Option<u32>,
        /// The most links; unlimited if absent.
        max_multiplicity: Option<u32>,
        /// The properties of each link.
        properties: Box<[Arc<Content>]>,
        /// Whether it may be written from outside.
        writable: bool,
    },
    /// Part of the twin, with an interface of its own.
    Component {
        /// The interface.
        schema: Dtmi,
    },
    /// Something that can be asked of the twin.
    Command {
        /// What is sent.
        request: Option<Box<CommandPayload>>,
        /// What comes back.
        response: Option<Box<CommandPayload>>,
    },
}

/// What is sent with a command, or comes back.
#[derive(Clone, Debug)]
pub struct CommandPayload {
    /// The name.
    pub name: Arc<str>,
    /// What its values may be.
    pub schema: Arc<Schema>,
    /// Whether it may be null (v4).
    pub nullable: bool,
    /// What it measures, if the model says so.
    pub semantic: Option<Semantic>,
    /// The name, for people.
    pub display_name: LanguageMap,
    /// The description.
    pub description: LanguageMap,
}

/// What a number measures, and in which unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Semantic {
    /// The semantic type: `Temperature`.
    pub type_name: &'static str,
    /// The unit: `degreeCelsius`. Absent only where an extension makes it optional.
    pub unit: Option<&'static str>,
}

/// A type of an extension that stands on an element, with its properties.
#[derive(Clone, PartialEq, Debug)]
pub struct Cotype {
    /// The identifier of the type; the term as written, if the extension is not known.
    pub id: Arc<str>,
    /// The term: `Historized`.
    pub term: Arc<str>,
    /// The properties that the type brings, by term.
    pub properties: Box<[(Arc<str>, CotypeValue)]>,
}

/// The value of a property that an extension's type brings.
#[derive(Clone, PartialEq, Debug)]
pub enum CotypeValue {
    /// A string, or an identifier.
    Text(Box<str>),
    /// A number.
    Number(f64),
    /// A boolean.
    Bool(bool),
    /// JSON as written, for extensions that are not known.
    Json(Box<str>),
}

impl Content {
    /// The schema of a property or telemetry.
    pub fn schema(&self) -> Option<&Arc<Schema>> {
        match &self.kind {
            ContentKind::Property { schema, .. } | ContentKind::Telemetry { schema, .. } => {
                Some(schema)
            }
            ContentKind::Relationship { .. }
            | ContentKind::Component { .. }
            | ContentKind::Command { .. } => None,
        }
    }

    /// What a property or telemetry measures.
    pub fn semantic(&self) -> Option<&Semantic> {
        match &self.kind {
            ContentKind::Property { semantic, .. } | ContentKind::Telemetry { semantic, .. } => {
                semantic.as_ref()
            }
            ContentKind::Relationship { .. }
            | ContentKind::Component { .. }
            | ContentKind::Command { .. } => None,
        }
    }

    /// Whether a type of this term stands on it: `Historized`.
    pub fn has_cotype(&self, term: &str) -> bool {
        self.cotypes.iter().any(|cotype| &*cotype.term == term)
    }
}
