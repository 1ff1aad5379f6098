//! Changes: what has happened. Together with the readings they are the whole log.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::curation::{Curation, CurationKey, Decided};
use super::fact::{
    Binding, Ends, Existence, JsonMap, Link, PropertyPath, PropertyValue, SourceRecord,
};
use super::id::{ExternalId, RelationshipId, StreamId, StreamKey, TwinId};
use super::time::Interval;
use crate::dtdl::Upload;

/// One thing that happened. The JSON form is what the log keeps: extend it, never change it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "camelCase")]
pub enum Change {
    /// Models joined the catalogue.
    ModelsAdded(ModelsAdded),
    /// A system of ids was named.
    SystemDeclared {
        /// Its name in external ids.
        name: Arc<str>,
        /// Its name for people.
        title: Arc<str>,
    },
    /// A twin exists during an interval.
    TwinAsserted {
        /// The twin.
        twin: TwinId,
        /// When.
        valid: Interval,
        /// As what.
        existence: Existence,
    },
    /// A twin does not exist during an interval.
    TwinRetracted {
        /// The twin.
        twin: TwinId,
        /// When.
        valid: Interval,
    },
    /// A property has a value during an interval, says a system, or a person or client; what others said stands.
    PropertyAsserted {
        /// The twin.
        twin: TwinId,
        /// The property.
        path: PropertyPath,
        /// When.
        valid: Interval,
        /// The value and its source.
        value: PropertyValue,
    },
    /// A system, or a person or client, does not say any more what a property is during an interval.
    PropertyRetracted {
        /// The twin.
        twin: TwinId,
        /// The property.
        path: PropertyPath,
        /// When.
        valid: Interval,
        /// The system whose statement ends; `None` for what persons and clients said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Arc<str>>,
    },
    /// A relationship holds during an interval.
    RelationshipAsserted {
        /// What it joins.
        ends: Ends,
        /// When.
        valid: Interval,
        /// Its properties.
        properties: JsonMap,
    },
    /// A relationship does not hold during an interval.
    RelationshipRetracted {
        /// The relationship.
        id: RelationshipId,
        /// When.
        valid: Interval,
    },
    /// An external id means a twin during an interval.
    Linked {
        /// The external id.
        external: ExternalId,
        /// When.
        valid: Interval,
        /// The twin, and why.
        link: Link,
    },
    /// An external id means nothing during an interval.
    Unlinked {
        /// The external id.
        external: ExternalId,
        /// When.
        valid: Interval,
    },
    /// A channel was heard of, or mapped, for the first time.
    StreamOpened {
        /// The number that it got.
        stream: StreamId,
        /// The channel.
        key: StreamKey,
    },
    /// A stream measures a property during an interval.
    Bound {
        /// The stream.
        stream: StreamId,
        /// When.
        valid: Interval,
        /// What it measures.
        binding: Binding,
    },
    /// A stream measures nothing during an interval.
    Unbound {
        /// The stream.
        stream: StreamId,
        /// When.
        valid: Interval,
    },
    /// A system said something about a thing.
    RecordStored {
        /// What the system calls the thing.
        key: ExternalId,
        /// When it is said to be so.
        valid: Interval,
        /// What it said.
        record: SourceRecord,
    },
    /// A system does not have a record during an interval.
    RecordRetracted {
        /// What the system calls the thing.
        key: ExternalId,
        /// When.
        valid: Interval,
    },
    /// A verdict, redirect, task or undoing holds during an interval.
    Curated {
        /// When.
        valid: Interval,
        /// What holds.
        fact: Curation,
    },
    /// It does not hold during an interval.
    Uncurated {
        /// What.
        key: CurationKey,
        /// When.
        valid: Interval,
    },
    /// The changes that follow are one decision's; by itself it changes nothing.
    Decided(Box<Decided>),
    /// How a source is read, and how far it is trusted.
    SourceDeclared {
        /// The source's name.
        name: Arc<str>,
        /// Its declaration.
        declaration: Arc<JsonMap>,
    },
}

/// Models that joined the catalogue, each as the text of one interface.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ModelsAdded {
    /// DTDL texts, one interface each.
    pub documents: Vec<Arc<str>>,
    /// The same, parsed, in the process that accepted them; read again from the texts elsewhere.
    #[serde(skip)]
    pub upload: Option<Arc<Upload>>,
}
