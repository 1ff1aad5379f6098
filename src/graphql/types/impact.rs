//! `Impact`: what a decision would change, before it is made.

use std::sync::Arc;

use async_graphql::dynamic::{Field, Type};

use super::twin;
use crate::domain::fact::PropertyPath;
use crate::domain::id::TwinId;
use crate::domain::impact::{Effect, IdMove, Impact, StreamMove};
use crate::graphql::build::{
    Answer, count, enumeration, field, item, long, many, moment, object, one, optional_text,
    parent, scalar, slow_field, text, text_field,
};
use crate::graphql::refusal::refused;
use crate::graphql::scope::Reader;

/// Most twins, ids and streams that are listed, each; all are counted.
const LISTED_MAX: usize = 1_000;

/// What a decision would change, and how to read what stands now.
pub struct ImpactAt {
    /// What would change.
    pub impact: Arc<Impact>,
    /// Reads what stands.
    pub at: Arc<Reader>,
}

struct TwinImpact(TwinId, Effect, Arc<Reader>);
struct IdAt(IdMove, Arc<Reader>);
struct StreamAt(StreamMove, Arc<Reader>);

/// The types.
pub fn types() -> Vec<Type> {
    let effect = enumeration(
        "TwinEffect",
        "What becomes of a twin.",
        &[
            ("CREATED", "It will exist."),
            ("CHANGED", "Something of it changes."),
            ("ENDED", "It will not exist any more; its id may lead to another twin."),
        ],
    );
    vec![effect.into(), impact(), twin_impact(), id_move(), stream_move()]
}

fn impact() -> Type {
    let mut fields = vec![
        field::<ImpactAt, _>("twins", "[TwinImpact!]!", |i, _| {
            let twins = i.impact.twins.iter().take(LISTED_MAX);
            many(twins.map(|(id, effect)| TwinImpact(*id, *effect, i.at.clone())))
        })
        .description("Twins of which anything changes; at most 1000 are listed."),
        field::<ImpactAt, _>("ids", "[IdMove!]!", |i, _| {
            let ids = i.impact.ids.iter().take(LISTED_MAX);
            many(ids.map(|id| IdAt(id.clone(), i.at.clone())))
        })
        .description("Ids that will mean something else; at most 1000 are listed."),
        field::<ImpactAt, _>("streams", "[StreamMove!]!", |i, _| {
            let streams = i.impact.streams.iter().take(LISTED_MAX);
            many(streams.map(|stream| StreamAt(stream.clone(), i.at.clone())))
        })
        .description("Streams whose readings change hands; at most 1000 are listed."),
    ];
    fields.extend([
        counted("twinCount", |i| i.twins.len()),
        counted("idCount", |i| i.ids.len()),
        counted("streamCount", |i| i.streams.len()),
        counted("relationshipCount", |i| i.relationships.len()),
        counted("propertyCount", |i| i.properties.len()),
        counted("recordCount", |i| i.records.len()),
        counted("verdictCount", |i| i.verdicts),
        counted("taskCount", |i| i.tasks),
    ]);
    object("Impact", "What a decision would change. Nothing of it is done.", fields).into()
}

fn counted(name: &str, get: fn(&Impact) -> usize) -> Field {
    field::<ImpactAt, _>(name, "Long!", move |i, _| count(get(&i.impact)))
}

fn twin_impact() -> Type {
    let fields = vec![
        field::<TwinImpact, _>("id", "ID!", |t, _| text(t.0.to_string())),
        field::<TwinImpact, _>("twin", "Twin", |t, _| twin::optional(&t.2, Some(t.0)))
            .description("As it is now; null when it does not exist yet."),
        field::<TwinImpact, _>("effect", "TwinEffect!", |t, _| {
            item(match t.1 {
                Effect::Created => "CREATED",
                Effect::Changed => "CHANGED",
                Effect::Ended => "ENDED",
            })
        }),
    ];
    object("TwinImpact", "A twin of which something would change.", fields).into()
}

fn id_move() -> Type {
    let fields = vec![
        text_field::<IdAt>("system", "String!", |i| &i.0.external.system),
        text_field::<IdAt>("scope", "String!", |i| &i.0.external.scope),
        text_field::<IdAt>("id", "String!", |i| &i.0.external.id),
        field::<IdAt, _>("validFrom", "DateTime", |i, _| moment(i.0.times.from)),
        field::<IdAt, _>("validTo", "DateTime", |i, _| moment(i.0.times.to)),
        field::<IdAt, _>("beforeId", "ID", |i, _| id(i.0.from))
            .description("The twin that it means as things stand."),
        field::<IdAt, _>("before", "Twin", |i, _| twin::optional(&i.1, i.0.from)),
        field::<IdAt, _>("afterId", "ID", |i, _| id(i.0.to))
            .description("The twin that it would mean."),
        field::<IdAt, _>("after", "Twin", |i, _| twin::optional(&i.1, i.0.to)),
    ];
    object("IdMove", "An id that would mean something else during an interval.", fields).into()
}

fn stream_move() -> Type {
    let fields = vec![
        text_field::<StreamAt>("system", "String!", |s| &s.0.key.device.system),
        text_field::<StreamAt>("scope", "String!", |s| &s.0.key.device.scope),
        text_field::<StreamAt>("device", "String!", |s| &s.0.key.device.id),
        text_field::<StreamAt>("channel", "String!", |s| &s.0.key.channel),
        field::<StreamAt, _>("validFrom", "DateTime", |s, _| moment(s.0.times.from)),
        field::<StreamAt, _>("validTo", "DateTime", |s, _| moment(s.0.times.to)),
        field::<StreamAt, _>("beforeId", "ID", |s, _| id(s.0.from.as_ref().map(|(t, _)| *t)))
            .description("The twin that it measures as things stand."),
        field::<StreamAt, _>("beforePath", "String", |s, _| optional_text(path(&s.0.from))),
        field::<StreamAt, _>("afterId", "ID", |s, _| id(s.0.to.as_ref().map(|(t, _)| *t)))
            .description("The twin that it would measure."),
        field::<StreamAt, _>("afterPath", "String", |s, _| optional_text(path(&s.0.to))),
        slow_field("readings", "Long!", |ctx| {
            Box::pin(async move {
                let stream = parent::<StreamAt>(&ctx)?;
                let counted = stream.1.engine.readings_of(&stream.0).await.map_err(refused)?;
                scalar(long(i64::try_from(counted).unwrap_or(i64::MAX)))
            })
        })
        .description("How many readings change hands; counted when it is asked for."),
    ];
    object("StreamMove", "A stream whose readings would be another twin's.", fields).into()
}

fn path(measured: &Option<(TwinId, PropertyPath)>) -> Option<&PropertyPath> {
    measured.as_ref().map(|(_, path)| path)
}

fn id(twin: Option<TwinId>) -> Answer {
    twin.map_or(Ok(None), |twin| text(twin.to_string()))
}

/// The impact, if there is one.
pub fn optional(impact: Option<&Arc<Impact>>, at: &Arc<Reader>) -> Answer {
    impact.map_or(Ok(None), |impact| one(ImpactAt { impact: impact.clone(), at: at.clone() }))
}
