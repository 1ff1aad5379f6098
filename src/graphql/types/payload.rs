//! What mutations answer.

use std::sync::Arc;

use async_graphql::dynamic::{Field, Type};

use super::impact;
use super::model::ModelAt;
use super::relationship::EdgeAt;
use super::source::Source;
use super::source_record::Kept;
use super::stream::StreamAt;
use super::system::System;
use super::twin;
use crate::domain::id::{ExternalId, Position, RelationshipId, StreamKey, TwinId};
use crate::domain::impact::Impact;
use crate::dtdl::Dtmi;
use crate::engine::Outcome;
use crate::graphql::build::{Answer, field, many, object, one, optional_text, scalar, text, texts};
use crate::graphql::scope::Reader;

/// A command that was done, and how to read what it left.
pub struct Done {
    /// What it did.
    pub outcome: Outcome,
    /// The position at which all of it can be read; `None` when it was only tried.
    pub position: Option<Position>,
    /// Reads at that position.
    pub at: Arc<Reader>,
    /// What it was about, beside a twin.
    pub about: About,
    /// What it would change, when it was only tried.
    pub impact: Option<Arc<Impact>>,
}

/// What a command was about.
pub enum About {
    /// The twin of the outcome, or this one.
    Twin(Option<TwinId>),
    /// A relationship.
    Relationship(RelationshipId),
    /// A stream.
    Stream(StreamKey),
    /// A source record.
    Record(ExternalId),
    /// A system.
    System(Arc<str>, Arc<str>),
    /// A source.
    Source(Arc<str>),
}

/// Models that were uploaded, or would be.
pub struct Uploaded {
    /// Models that are new.
    pub added: Vec<Dtmi>,
    /// Models that the catalogue had already.
    pub unchanged: Vec<Dtmi>,
    /// Where they can be read; `None` when they were only checked.
    pub position: Option<Position>,
    /// Reads at that position.
    pub at: Arc<Reader>,
}

/// The types.
pub fn types() -> Vec<Type> {
    vec![
        payload("TwinPayload", "twin", "Twin", |done| {
            let About::Twin(twin) = &done.about else {
                return Ok(None);
            };
            twin_of(done, *twin)
        }),
        decision(),
        payload("RelationshipPayload", "relationship", "Relationship", |done| {
            let About::Relationship(id) = &done.about else {
                return Ok(None);
            };
            EdgeAt::find(&done.at, *id).map_or(Ok(None), one)
        }),
        payload("StreamPayload", "stream", "Stream", |done| {
            let About::Stream(key) = &done.about else {
                return Ok(None);
            };
            let id = done.at.view(|view| view.state.streams.find(key.as_ref()));
            id.map_or(Ok(None), |id| one(StreamAt { id, at: done.at.clone() }))
        }),
        payload("SourceRecordPayload", "record", "SourceRecord", |done| {
            let About::Record(key) = &done.about else {
                return Ok(None);
            };
            Kept::find(&done.at, key).map_or(Ok(None), one)
        }),
        payload("DeclareSystemPayload", "system", "IdSystem", |done| {
            let About::System(name, title) = &done.about else {
                return Ok(None);
            };
            one(System { name: name.clone(), title: title.clone() })
        }),
        payload("DeclareSourcePayload", "source", "RecordSource", |done| {
            let About::Source(name) = &done.about else {
                return Ok(None);
            };
            Source::find(&done.at, name).map_or(Ok(None), one)
        }),
        uploaded(),
    ]
}

fn twin_of(done: &Done, about: Option<TwinId>) -> Answer {
    let twin = done.outcome.twin.or(about);
    twin::optional(&done.at, twin.map(|twin| done.at.view(|view| view.current(twin))))
}

fn decision() -> Type {
    let fields = vec![
        position::<Done>(|done| done.position),
        field::<Done, _>("changed", "Boolean!", |done, _| scalar(done.outcome.changes > 0))
            .description("False when all of it was so already."),
        field::<Done, _>("decision", "ID", |done, _| match done.position {
            Some(_) => optional_text(done.outcome.decision.map(|id| id.to_string())),
            None => Ok(None),
        })
        .description("The decision's id: what `undo` takes."),
        field::<Done, _>("twin", "Twin", |done, _| twin_of(done, None))
            .description("The twin that stays after a merge, or that a split made; as it is now."),
        field::<Done, _>("conflicts", "[MergeConflict!]!", |done, _| {
            many(done.outcome.conflicts.iter().cloned())
        })
        .description("What both twins of a merge stated differently; the kept twin's word stands."),
        impact(),
    ];
    object(
        "DecisionPayload",
        "What a decision did. It is on disk, unless `dryRun` was asked.",
        fields,
    )
    .into()
}

fn impact() -> Field {
    field::<Done, _>("impact", "Impact", |done, _| impact::optional(done.impact.as_ref(), &done.at))
        .description("What it would change; null unless `dryRun` was asked.")
}

fn payload(name: &str, about: &str, ty: &str, show: fn(&Done) -> Answer) -> Type {
    let fields = vec![
        position::<Done>(|done| done.position),
        field::<Done, _>("changed", "Boolean!", |done, _| scalar(done.outcome.changes > 0))
            .description("False when all of it was so already."),
        field::<Done, _>(about, ty, move |done, _| show(done))
            .description("As it is now; null when it is no more."),
        impact(),
    ];
    object(name, "What a mutation did. It is on disk.", fields).into()
}

fn uploaded() -> Type {
    let fields = vec![
        position::<Uploaded>(|uploaded| uploaded.position),
        field::<Uploaded, _>("added", "[Model!]!", |uploaded, _| {
            many(uploaded.added.iter().filter_map(|id| ModelAt::find(&uploaded.at, id)))
        })
        .description("Models that are new; empty when they were only checked."),
        field::<Uploaded, _>("addedIds", "[ID!]!", |uploaded, _| {
            texts(uploaded.added.iter().map(Dtmi::as_str))
        })
        .description("The DTMIs of models that are new, or would be."),
        field::<Uploaded, _>("unchangedIds", "[ID!]!", |uploaded, _| {
            texts(uploaded.unchanged.iter().map(Dtmi::as_str))
        })
        .description("The DTMIs of models that were there already, the same."),
    ];
    let description = "What an upload did. Its models have types in the schema already.";
    object("UploadModelsPayload", description, fields).into()
}

fn position<P: Send + Sync + 'static>(get: fn(&P) -> Option<Position>) -> Field {
    field::<P, _>("position", "LogPosition", move |parent, _| {
        get(parent).map_or(Ok(None), |position| text(position.to_string()))
    })
    .description("The position at which all of this can be read; null when nothing was written.")
}
