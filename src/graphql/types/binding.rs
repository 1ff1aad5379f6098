//! `Binding`: that a stream measures a property of a twin.

use std::sync::Arc;

use async_graphql::dynamic::{ResolverContext, Type};

use super::stream::StreamAt;
use super::twin::{TwinAt, optional};
use crate::domain::fact::Binding;
use crate::domain::id::StreamId;
use crate::domain::timeline::Fact;
use crate::graphql::build::{
    Answer, field, many, moment, object, one, optional_text, scalar, text, text_field,
};
use crate::graphql::scope::Reader;

/// A binding of a stream.
pub struct Bound {
    /// The stream.
    pub stream: StreamId,
    /// What it measures, when.
    pub fact: Fact<Binding>,
    /// How it was read.
    pub at: Arc<Reader>,
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        field::<Bound, _>("stream", "Stream!", |b, _| {
            one(StreamAt { id: b.stream, at: b.at.clone() })
        }),
        field::<Bound, _>("twin", "Twin", |b, _| optional(&b.at, Some(b.fact.value.twin))),
        text_field::<Bound>("path", "String!", |b| &b.fact.value.path)
            .description("The property or telemetry that is measured."),
        field::<Bound, _>("unit", "String", |b, _| optional_text(b.fact.value.unit.as_ref()))
            .description("The unit of the stream's readings, when it is not the property's."),
        field::<Bound, _>("scale", "Float!", |b, _| {
            scalar(b.fact.value.conversion.map_or(1.0, |c| c.scale))
        })
        .description("Readings are multiplied by this."),
        field::<Bound, _>("offset", "Float!", |b, _| {
            scalar(b.fact.value.conversion.map_or(0.0, |c| c.offset))
        })
        .description("Then this is added."),
        field::<Bound, _>("validFrom", "DateTime", |b, _| moment(b.fact.valid.from)),
        field::<Bound, _>("validTo", "DateTime", |b, _| moment(b.fact.valid.to)),
        field::<Bound, _>("recordedAt", "LogPosition!", |b, _| {
            text(b.fact.recorded_from.to_string())
        }),
    ];
    vec![object("Binding", "That a stream measures a property of a twin.", fields).into()]
}

/// What measures a twin.
pub fn of_twin(twin: &TwinAt, _: &ResolverContext<'_>) -> Answer {
    let mut bound: Vec<Bound> = twin.at.view(|view| {
        let found = view.bindings(twin.id).into_iter();
        found
            .map(|(stream, fact)| Bound {
                stream: stream.id,
                fact: fact.clone(),
                at: twin.at.clone(),
            })
            .collect()
    });
    bound.sort_by(|a, b| (&a.fact.value.path, a.stream).cmp(&(&b.fact.value.path, b.stream)));
    many(bound)
}
