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
use super::task::{self, TaskAt};
use super::twin;
use super::upload::position;
use crate::domain::curation::Task;
use crate::domain::id::{ExternalId, Position, RelationshipId, StreamKey, TwinId};
use crate::domain::impact::Impact;
use crate::dtdl::Dtmi;
use crate::engine::Outcome;
use crate::graphql::build::{Answer, field, many, object, one, optional_text, scalar};
use crate::graphql::scope::Reader;
use crate::sources::import::Settled;

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
    /// What the matching made of a record.
    pub matching: Option<Settled>,
    /// What a record would mean, when it was only tried.
    pub rehearsed: Option<Meant>,
}

impl Done {
    /// A command that was done, or tried when there is no position.
    pub fn new(
        outcome: Outcome,
        position: Option<Position>,
        at: Arc<Reader>,
        about: About,
    ) -> Self {
        Self { outcome, position, at, about, impact: None, matching: None, rehearsed: None }
    }
}

/// The twin that a record would mean, if there is one yet, and the questions about it that would wait.
pub struct Meant {
    /// The twin.
    pub twin: Option<TwinId>,
    /// The questions.
    pub tasks: Vec<Task>,
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
    /// A model.
    Model(Dtmi),
    /// A system.
    System(Arc<str>, Arc<str>),
    /// A source.
    Source(Arc<str>),
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
        source_record(),
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
        payload("ModelPayload", "model", "Model", |done| {
            let About::Model(model) = &done.about else {
                return Ok(None);
            };
            ModelAt::find(&done.at, model).map_or(Ok(None), one)
        }),
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

fn source_record() -> Type {
    let mut fields = fields("record", "SourceRecord", |done| {
        let About::Record(key) = &done.about else {
            return Ok(None);
        };
        Kept::find(&done.at, key).map_or(Ok(None), one)
    });
    fields.extend([
        field::<Done, _>("twin", "Twin", |done, _| meant(done)).description(
            "The twin that the record means now. With `dryRun` the one that it would mean; null for one that would be made.",
        ),
        field::<Done, _>("tasks", "[ReviewTask!]!", |done, _| asked(done)).description(
            "Doubtful pairs of the record that wait for a person; with `dryRun` those that would wait.",
        ),
        field::<Done, _>("matching", "MatchingReport", |done, _| {
            done.matching.clone().map_or(Ok(None), one)
        })
        .description(
            "What the matching made of the record, and of others that waited with it. Null when there was nothing to decide, \
             and while all records are being matched: the decision then follows.",
        ),
    ]);
    object("SourceRecordPayload", "What a mutation did. It is on disk.", fields).into()
}

fn meant(done: &Done) -> Answer {
    let About::Record(key) = &done.about else { return Ok(None) };
    let twin = match &done.rehearsed {
        Some(meant) => meant.twin,
        None => done.at.view(|view| view.resolve(key).map(|link| link.value.twin)),
    };
    twin::optional(&done.at, twin)
}

fn asked(done: &Done) -> Answer {
    let About::Record(key) = &done.about else { return many(Vec::<TaskAt>::new()) };
    match &done.rehearsed {
        Some(meant) => many(meant.tasks.iter().map(|task| TaskAt::new(task.clone(), &done.at))),
        None => many(task::of_record(&done.at, key)),
    }
}

fn impact() -> Field {
    field::<Done, _>("impact", "Impact", |done, _| impact::optional(done.impact.as_ref(), &done.at))
        .description("What it would change; null unless `dryRun` was asked.")
}

fn payload(name: &str, about: &str, ty: &str, show: fn(&Done) -> Answer) -> Type {
    object(name, "What a mutation did. It is on disk.", fields(about, ty, show)).into()
}

fn fields(about: &str, ty: &str, show: fn(&Done) -> Answer) -> Vec<Field> {
    vec![
        position::<Done>(|done| done.position),
        field::<Done, _>("changed", "Boolean!", |done, _| scalar(done.outcome.changes > 0))
            .description("False when all of it was so already."),
        field::<Done, _>(about, ty, move |done, _| show(done))
            .description("As it is now; null when it is no more."),
        impact(),
    ]
}
