//! `SourceRecord`: what a system says about a thing.

use std::sync::Arc;

use async_graphql::dynamic::{ResolverContext, Type};

use super::twin::{TwinAt, optional};
use crate::domain::fact::SourceRecord;
use crate::domain::id::ExternalId;
use crate::domain::timeline::Fact;
use crate::graphql::build::{Answer, field, json, many, moment, object, scalar, text, text_field};
use crate::graphql::scope::Reader;

/// A source record with its key.
pub struct Kept {
    key: ExternalId,
    fact: Fact<SourceRecord>,
    at: Arc<Reader>,
}

impl Kept {
    /// What the system said about the thing that it calls so.
    pub fn find(at: &Arc<Reader>, key: &ExternalId) -> Option<Self> {
        let fact = at.view(|view| {
            let timeline = view.state.records.timeline(key)?;
            timeline.at(view.scope.moment, view.scope.known).cloned()
        })?;
        Some(Self { key: key.clone(), fact, at: at.clone() })
    }
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        text_field::<Kept>("system", "String!", |r| &r.key.system),
        text_field::<Kept>("scope", "String!", |r| &r.key.scope),
        text_field::<Kept>("id", "String!", |r| &r.key.id)
            .description("What the system calls the thing."),
        text_field::<Kept>("kind", "String!", |r| &r.fact.value.kind)
            .description("The kind of thing, in the system's words."),
        field::<Kept, _>("attributes", "JSON!", |r, _| {
            scalar(json(&serde_json::Value::Object(r.fact.value.attributes.clone()))?)
        })
        .description("All that it said, as it said it."),
        field::<Kept, _>("claims", "JSON!", |r, _| {
            let claims = &r.fact.value.claims;
            let claims = claims.iter().map(|(path, value)| (path.to_string(), value.clone()));
            scalar(json(&serde_json::Value::Object(claims.collect()))?)
        })
        .description("Properties of the twin that it describes, as its source is read."),
        field::<Kept, _>("identity", "JSON!", |r, _| {
            let identity = &r.fact.value.identity;
            let identity = identity.iter().map(|(name, text)| (name.to_string(), (**text).into()));
            scalar(json(&serde_json::Value::Object(identity.collect()))?)
        })
        .description("Texts that it is matched by."),
        field::<Kept, _>("modelId", "ID", |r, _| {
            r.fact.value.model.as_ref().map_or(Ok(None), |model| text(model.to_string()))
        })
        .description("What its type is, as its source is read."),
        field::<Kept, _>("stated", "DateTime", |r, _| r.fact.value.stated.map_or(Ok(None), moment))
            .description("When the system last touched it, if it says so."),
        field::<Kept, _>("twin", "Twin", |r, _| {
            let twin = r.at.view(|view| view.resolve(&r.key).map(|link| link.value.twin));
            optional(&r.at, twin)
        })
        .description("The twin that it is about, once its id is linked to one."),
        field::<Kept, _>("validFrom", "DateTime", |r, _| moment(r.fact.valid.from)),
        field::<Kept, _>("validTo", "DateTime", |r, _| moment(r.fact.valid.to)),
        field::<Kept, _>("recordedAt", "LogPosition!", |r, _| {
            text(r.fact.recorded_from.to_string())
        }),
    ];
    vec![object("SourceRecord", "What one system says about one thing.", fields).into()]
}

/// What systems say about a twin.
pub fn of_twin(twin: &TwinAt, _: &ResolverContext<'_>) -> Answer {
    let ids: Vec<ExternalId> = twin.at.view(|view| {
        let ids = view.external_ids(twin.id).into_iter();
        ids.map(|(external, _)| external.clone()).collect()
    });
    many(ids.iter().filter_map(|id| Kept::find(&twin.at, id)))
}
