//! `StateValue`: the latest measurement of a property, whatever the twin's model.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{ResolverContext, Type};

use super::scalars::quality_item;
use super::stream::StreamAt;
use super::twin::TwinAt;
use crate::domain::id::TwinId;
use crate::engine::Measured;
use crate::graphql::args;
use crate::graphql::build::{
    Later, field, json, many, object, one, optional_text, parent, scalar, text, text_field,
};
use crate::graphql::scope::Reader;

/// A measurement, and the unit that its value is in.
pub struct State {
    measured: Measured,
    unit: Option<Arc<str>>,
    at: Arc<Reader>,
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        text_field::<State>("path", "String!", |s| &s.measured.path)
            .description("The property or telemetry, with the way through components."),
        field::<State, _>("value", "JSON!", |s, _| scalar(json(&s.measured.value.to_json())?))
            .description("The value, in the property's unit."),
        field::<State, _>("number", "Float", |s, _| {
            s.measured.value.as_f64().map_or(Ok(None), scalar)
        })
        .description("The value, when it is a number."),
        field::<State, _>("unit", "String", |s, _| optional_text(s.unit.as_ref())),
        field::<State, _>("eventTime", "DateTime!", |s, _| text(s.measured.time.to_string()))
            .description("When it was measured."),
        field::<State, _>("quality", "Quality!", |s, _| quality_item(s.measured.quality)),
        field::<State, _>("stream", "Stream!", |s, _| {
            one(StreamAt { id: s.measured.stream, at: s.at.clone() })
        })
        .description("The channel that measured it."),
    ];
    vec![object("StateValue", "The latest measurement of a property.", fields).into()]
}

/// The measurements of a twin.
pub fn of_twin(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let twin = parent::<TwinAt>(&ctx)?;
        let paths = args::texts(&ctx, "paths")?;
        let found = of(&twin.at, twin.id).await?;
        let wanted =
            |state: &State| paths.as_ref().is_none_or(|paths| paths.contains(&state.measured.path));
        many(found.into_iter().filter(wanted))
    })
}

/// All measurements of a twin, by path.
async fn of(at: &Arc<Reader>, id: TwinId) -> Result<Vec<State>> {
    let measured = at.measured(id).await?;
    let units: Vec<_> = at.view(|view| {
        let model = view.twin(id).map(|(_, existence)| &existence.value.model);
        let unit = |path: &str| super::value::unit_of(&view.state.catalogue, model?, path);
        measured.keys().map(|path| unit(path)).collect()
    });
    let states = measured.values().zip(units).map(|(measured, unit)| State {
        unit: unit.map(Arc::from).or_else(|| measured.stream_unit.clone()),
        measured: measured.clone(),
        at: at.clone(),
    });
    Ok(states.collect())
}
