//! `Stream`: one channel of one device, where readings live.

use std::sync::Arc;

use async_graphql::dynamic::{Field, ResolverContext, Type};

use super::binding::Bound;
use super::scalars::quality_item;
use super::twin::{TwinAt, optional};
use crate::domain::id::StreamId;
use crate::domain::stream::Stream;
use crate::graphql::build::{Answer, field, json, long, many, object, one, scalar, text};
use crate::graphql::scope::Reader;

/// A stream, seen through a reader.
#[derive(Clone)]
pub struct StreamAt {
    /// The stream.
    pub id: StreamId,
    /// How it is read.
    pub at: Arc<Reader>,
}

impl StreamAt {
    fn look(&self, look: impl FnOnce(&Stream) -> Answer) -> Answer {
        self.at.view(|view| view.state.streams.get(self.id).map_or(Ok(None), look))
    }
}

/// The type.
pub fn types() -> Vec<Type> {
    let mut fields = vec![
        show("system", "String!", |s| text(s.key.device.system.as_ref()))
            .description("The system that names the device."),
        show("scope", "String!", |s| text(s.key.device.scope.as_ref()))
            .description("The scope of the device's id."),
        show("device", "String!", |s| text(s.key.device.id.as_ref()))
            .description("The device, as its own network names it."),
        show("channel", "String!", |s| text(s.key.channel.as_ref())),
        field::<StreamAt, _>("deviceTwin", "Twin", |stream, _| {
            let device = stream.at.view(|view| {
                let key = &view.state.streams.get(stream.id)?.key;
                Some(view.resolve(&key.device)?.value.twin)
            });
            optional(&stream.at, device)
        })
        .description("The device as a twin, once its id is linked to one."),
        field::<StreamAt, _>("binding", "Binding", |stream, _| binding(stream))
            .description("What it measures; null when it measures nothing."),
        field::<StreamAt, _>("quarantined", "Boolean!", |stream, _| {
            let known = stream.at.scope.known;
            stream.look(|stream| scalar(stream.is_quarantined(known)))
        })
        .description(
            "Whether nobody has mapped what it reports: its latest reading measures nothing.",
        ),
    ];
    fields.extend(latest_fields());
    vec![object("Stream", "One channel of one device, where readings live.", fields).into()]
}

/// Fields about the readings as they are now, whatever `asOf` says: they serve whoever maps streams.
fn latest_fields() -> [Field; 5] {
    [
        show("readings", "Long!", |s| {
            scalar(long(i64::try_from(s.register.count).unwrap_or(i64::MAX)))
        })
        .description("How many readings it has, now."),
        show("lastTime", "DateTime", |s| {
            s.register.latest().map_or(Ok(None), |l| text(l.reading.time.to_string()))
        })
        .description("The event time of its latest reading, now."),
        show("lastValue", "JSON", |s| match s.register.latest() {
            Some(latest) => scalar(json(&latest.reading.value.to_json())?),
            None => Ok(None),
        })
        .description("Its latest reading, now, as it was sent."),
        show("lastQuality", "Quality", |s| {
            s.register.latest().map_or(Ok(None), |l| quality_item(l.reading.quality))
        }),
        show("firstHeardOf", "LogPosition!", |s| text(s.opened.to_string()))
            .description("The entry of the log that opened it."),
    ]
}

fn show(name: &str, ty: &str, get: fn(&Stream) -> Answer) -> Field {
    field::<StreamAt, _>(name, ty, move |stream, _| stream.look(get))
}

fn binding(stream: &StreamAt) -> Answer {
    let fact = stream.at.view(|view| {
        let bindings = &view.state.streams.get(stream.id)?.bindings;
        bindings.at(view.scope.moment, view.scope.known).cloned()
    });
    match fact {
        Some(fact) => one(Bound { stream: stream.id, fact, at: stream.at.clone() }),
        None => Ok(None),
    }
}

/// The streams of a device.
pub fn of_device(twin: &TwinAt, _: &ResolverContext<'_>) -> Answer {
    let ids: Vec<StreamId> =
        twin.at.view(|view| view.device_streams(twin.id).iter().map(|stream| stream.id).collect());
    many(ids.into_iter().map(|id| StreamAt { id, at: twin.at.clone() }))
}
