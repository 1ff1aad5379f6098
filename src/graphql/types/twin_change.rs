//! `TwinChange`: something that happened to a twin, as subscriptions tell it.

use std::sync::Arc;

use async_graphql::dynamic::{Field, Type};

use super::relationship::EdgeAt;
use super::scalars::quality_item;
use super::stream::StreamAt;
use super::twin::optional;
use crate::domain::id::StreamId;
use crate::domain::reading::Quality;
use crate::domain::time::Timestamp;
use crate::domain::value::Value;
use crate::feed::{TwinChange, TwinEvent};
use crate::graphql::build::{
    Answer, enumeration, field, item, json, object, one, optional_text, scalar, text,
};
use crate::graphql::scope::Reader;

/// An event, with a reader of the state when it was delivered.
pub struct Delivered {
    /// The event.
    pub event: Arc<TwinEvent>,
    /// Reads the twin.
    pub at: Arc<Reader>,
}

/// A reading that measured the twin.
struct Measurement<'a> {
    value: &'a Value,
    time: Timestamp,
    quality: Quality,
}

/// The types.
pub fn types() -> Vec<Type> {
    let kinds = enumeration(
        "TwinChangeKind",
        "What happened to a twin.",
        &[
            (
                "READING",
                "A reading came that measures it; late ones too, so look at the event time.",
            ),
            ("PROPERTY", "A property was set or cleared."),
            ("EXISTENCE", "It was created, changed its model, or ended."),
            ("RELATIONSHIP", "A relationship from or to it was made or ended."),
            ("EXTERNAL_ID", "An id was tied to it or untied."),
            ("BINDING", "A stream was bound to it or unbound."),
        ],
    );
    let mut fields = vec![
        field::<Delivered, _>("position", "LogPosition!", |d, _| {
            text(d.event.position.to_string())
        })
        .description("Give the last one back as `after` to go on from there."),
        field::<Delivered, _>("recordedAt", "DateTime!", |d, _| {
            text(d.event.recorded_at.to_string())
        }),
        field::<Delivered, _>("kind", "TwinChangeKind!", |d, _| item(kind(&d.event.change))),
        field::<Delivered, _>("twinId", "ID!", |d, _| text(d.event.twin.to_string())),
        field::<Delivered, _>("twin", "Twin", |d, _| optional(&d.at, Some(d.event.twin)))
            .description(
                "The twin as it is when the change is delivered; null when it is no more.",
            ),
    ];
    fields.extend(reading_fields());
    fields.extend(other_fields());
    let change = object("TwinChange", "Something that happened to a twin.", fields);
    vec![change.into(), kinds.into()]
}

fn reading_fields() -> [Field; 5] {
    let measured = |d: &Delivered, show: fn(Measurement<'_>) -> Answer| {
        measurement(&d.event.change).map_or(Ok(None), show)
    };
    [
        field::<Delivered, _>("value", "JSON", move |d, _| {
            measured(d, |m| scalar(json(&m.value.to_json())?))
        })
        .description("What was measured, in the property's unit."),
        field::<Delivered, _>("number", "Float", move |d, _| {
            measured(d, |m| m.value.as_f64().map_or(Ok(None), scalar))
        })
        .description("The same, when it is a number."),
        field::<Delivered, _>("eventTime", "DateTime", move |d, _| {
            measured(d, |m| text(m.time.to_string()))
        })
        .description("When it was measured."),
        field::<Delivered, _>("quality", "Quality", move |d, _| {
            measured(d, |m| quality_item(m.quality))
        }),
        field::<Delivered, _>("stream", "Stream", |d, _| {
            let id = stream(&d.event.change);
            id.map_or(Ok(None), |id| one(StreamAt { id, at: d.at.clone() }))
        })
        .description("The channel that measured, was bound or unbound."),
    ]
}

fn other_fields() -> [Field; 4] {
    [
        field::<Delivered, _>("path", "String", |d, _| optional_text(path(&d.event.change)))
            .description("The property or telemetry."),
        field::<Delivered, _>("relationshipName", "String", |d, _| match &d.event.change {
            TwinChange::Relationship { name, .. } => text(name.as_ref()),
            _ => Ok(None),
        }),
        field::<Delivered, _>("relationship", "Relationship", |d, _| match &d.event.change {
            TwinChange::Relationship { id, .. } => EdgeAt::find(&d.at, *id).map_or(Ok(None), one),
            _ => Ok(None),
        })
        .description("The relationship; null when it has ended."),
        field::<Delivered, _>("externalId", "String", |d, _| match &d.event.change {
            TwinChange::Identifier { external } => text(external.to_string()),
            _ => Ok(None),
        })
        .description("The id, as system:scope:id."),
    ]
}

/// The word for what happened.
pub fn kind(change: &TwinChange) -> &'static str {
    match change {
        TwinChange::Reading { .. } => "READING",
        TwinChange::Property { .. } => "PROPERTY",
        TwinChange::Existence => "EXISTENCE",
        TwinChange::Relationship { .. } => "RELATIONSHIP",
        TwinChange::Identifier { .. } => "EXTERNAL_ID",
        TwinChange::Binding { .. } => "BINDING",
    }
}

fn measurement(change: &TwinChange) -> Option<Measurement<'_>> {
    match change {
        TwinChange::Reading { value, time, quality, .. } => {
            Some(Measurement { value, time: *time, quality: *quality })
        }
        _ => None,
    }
}

fn path(change: &TwinChange) -> Option<&Arc<str>> {
    match change {
        TwinChange::Reading { path, .. }
        | TwinChange::Property { path }
        | TwinChange::Binding { path, .. } => Some(path),
        TwinChange::Existence | TwinChange::Relationship { .. } | TwinChange::Identifier { .. } => {
            None
        }
    }
}

fn stream(change: &TwinChange) -> Option<StreamId> {
    match change {
        TwinChange::Reading { stream, .. } | TwinChange::Binding { stream, .. } => Some(*stream),
        _ => None,
    }
}
