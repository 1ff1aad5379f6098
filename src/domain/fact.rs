//! What the timelines hold, and how one fact is named outside of memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::curation::{Curation, CurationKey};
use super::id::{ExternalId, RelationshipId, StreamId, TwinId};
use super::time::Timestamp;
use super::timeline::Fact;
use super::unit::Conversion;
use crate::dtdl::Dtmi;

/// A JSON object.
pub type JsonMap = serde_json::Map<String, serde_json::Value>;

/// The path of a value inside a twin: `temperature`, or `lastKnownValue/value` inside a component.
pub type PropertyPath = Arc<str>;

/// That a twin exists, as an instance of `model`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Existence {
    /// The interface that types the twin.
    pub model: Dtmi,
}

/// The value of a property, and who said so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PropertyValue {
    /// The value, valid against the model's schema.
    pub value: serde_json::Value,
    /// The system that stated it; `None` when a person or client did so directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Arc<str>>,
}

/// The fixed part of a relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// Where it starts.
    pub source: TwinId,
    /// Its name in the model of the source.
    pub name: Arc<str>,
    /// Where it leads.
    pub target: TwinId,
    /// Tells parallel relationships apart; mostly empty.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub key: Arc<str>,
}

impl Ends {
    /// The id of the relationship between these ends.
    pub fn id(&self) -> RelationshipId {
        RelationshipId::of(self.source, &self.name, self.target, &self.key)
    }
}

/// That an external id means a twin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The twin that is meant.
    pub twin: TwinId,
    /// Why we think so.
    pub reason: Arc<str>,
    /// How sure, from 0 to 1.
    pub confidence: f64,
    /// Who decided: a person, a rule, an import.
    pub decider: Arc<str>,
}

/// That a stream measures a property of a twin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// The twin whose property is measured.
    pub twin: TwinId,
    /// Which property or telemetry of it.
    pub path: PropertyPath,
    /// The unit of the stream's readings, as the binding's author named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Arc<str>>,
    /// From the stream's unit to the property's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion: Option<Conversion>,
}

/// What one system says about one thing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SourceRecord {
    /// The kind of thing in the system's own words, for example `equipment`.
    pub kind: Arc<str>,
    /// All that it said, as it said it.
    pub attributes: JsonMap,
    /// Properties of the twin that it describes, as the source's declaration reads them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<PropertyPath, serde_json::Value>,
    /// Fields to match by, as raw text: `serial`, `manufacturer`, `mac` and others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identity: BTreeMap<Arc<str>, Arc<str>>,
    /// What the source's declaration makes of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Dtmi>,
    /// When the source last touched it, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<Timestamp>,
    /// Other things that it refers to: the thing is related to them while the record says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
}

/// Another thing that a record refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The name of the relationship.
    pub name: Arc<str>,
    /// What a system calls the other thing.
    pub other: ExternalId,
    /// Whether the relationship leads from the other thing to the record's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_incoming: bool,
}

/// Names one timeline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactKey {
    /// The existence of a twin.
    Twin(TwinId),
    /// What one system, or a person or client, said of a property of a twin.
    Property(TwinId, PropertyPath, Option<Arc<str>>),
    /// A relationship.
    Relationship(RelationshipId),
    /// What an external id means.
    Crosswalk(ExternalId),
    /// What a stream measures.
    Binding(StreamId),
    /// What a system says about the thing that it calls so.
    Record(ExternalId),
    /// A verdict, redirect, task or undoing.
    Curation(CurationKey),
}

/// One fact with all that names it: what a store keeps as one row.
#[derive(Debug, Clone, PartialEq)]
pub enum FactRow {
    /// The existence of a twin.
    Twin(TwinId, Fact<Existence>),
    /// A property of a twin.
    Property(TwinId, PropertyPath, Fact<PropertyValue>),
    /// A relationship and its properties.
    Relationship(Ends, Fact<JsonMap>),
    /// What an external id means.
    Crosswalk(ExternalId, Fact<Link>),
    /// What a stream measures.
    Binding(StreamId, Fact<Binding>),
    /// What a system says.
    Record(ExternalId, Fact<SourceRecord>),
    /// A verdict, redirect, task or undoing.
    Curation(Fact<Curation>),
}
