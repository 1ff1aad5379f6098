//! `PropertyValue`: a master-data value of a twin, whatever its model.

use std::sync::Arc;

use async_graphql::dynamic::{ResolverContext, Type};

use super::source_record::Kept;
use super::twin::TwinAt;
use crate::domain::fact::PropertyPath;
use crate::domain::golden::Golden;
use crate::domain::id::{ExternalId, Position};
use crate::domain::time::{Interval, Timestamp};
use crate::graphql::args;
use crate::graphql::build::{
    Answer, field, json, many, moment, object, one, optional_text, scalar, text, text_field,
};
use crate::graphql::scope::Reader;

/// A value, and who says so.
#[derive(Clone)]
pub struct Said {
    /// The value.
    pub value: serde_json::Value,
    /// The system that says so; `None` for a person or client.
    pub source: Option<Arc<str>>,
    /// The record that says so.
    pub record: Option<ExternalId>,
    /// When its source last touched it.
    pub stated: Option<Timestamp>,
    /// When it is so.
    pub valid: Interval,
    /// Since when that is known.
    pub recorded_from: Position,
}

impl From<Golden<'_>> for Said {
    fn from(golden: Golden<'_>) -> Self {
        Self {
            value: golden.value.clone(),
            source: golden.source().cloned(),
            record: golden.record().cloned(),
            stated: golden.stated,
            valid: golden.valid,
            recorded_from: golden.recorded_from,
        }
    }
}

impl Said {
    /// The record that says so, as a value of its type.
    pub fn record(&self, at: &Arc<Reader>) -> Answer {
        let record = self.record.as_ref().and_then(|key| Kept::find(at, key));
        record.map_or(Ok(None), one)
    }
}

struct Stated {
    path: PropertyPath,
    said: Said,
    at: Arc<Reader>,
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        text_field::<Stated>("path", "String!", |p| &p.path)
            .description("The property, with the way through components: `motor/speed`."),
        field::<Stated, _>("value", "JSON!", |p, _| scalar(json(&p.said.value)?)),
        field::<Stated, _>("source", "String", |p, _| optional_text(p.said.source.as_ref()))
            .description("The system that says so; null when a person or client does."),
        field::<Stated, _>("record", "SourceRecord", |p, _| p.said.record(&p.at))
            .description("The record that says so; null when it was stated of the twin itself."),
        field::<Stated, _>("stated", "DateTime", |p, _| p.said.stated.map_or(Ok(None), moment))
            .description("When its source last touched it, as far as that is known."),
        field::<Stated, _>("validFrom", "DateTime", |p, _| moment(p.said.valid.from)),
        field::<Stated, _>("validTo", "DateTime", |p, _| moment(p.said.valid.to)),
        field::<Stated, _>("recordedAt", "LogPosition!", |p, _| {
            text(p.said.recorded_from.to_string())
        }),
    ];
    vec![object("PropertyValue", "A master-data value, and who says so.", fields).into()]
}

/// The values of a twin.
pub fn of_twin(twin: &TwinAt, ctx: &ResolverContext<'_>) -> Answer {
    let paths = args::texts(ctx, "paths")?;
    let wanted = |path: &Arc<str>| paths.as_ref().is_none_or(|paths| paths.contains(path));
    let stated: Vec<Stated> = twin.at.view(|view| {
        let values = view.properties(twin.id).into_iter().filter(|(path, _)| wanted(path));
        let stated = values.map(|(path, golden)| Stated {
            path: path.clone(),
            said: golden.into(),
            at: twin.at.clone(),
        });
        stated.collect()
    });
    many(stated)
}
