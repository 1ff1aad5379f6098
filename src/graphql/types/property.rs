//! `PropertyValue`: a master-data value of a twin, whatever its model.

use std::sync::Arc;

use async_graphql::dynamic::{ResolverContext, Type};

use super::twin::TwinAt;
use crate::domain::fact::{PropertyPath, PropertyValue};
use crate::domain::timeline::Fact;
use crate::graphql::args;
use crate::graphql::build::{
    Answer, field, json, many, moment, object, optional_text, scalar, text, text_field,
};

struct Stated {
    path: PropertyPath,
    fact: Fact<PropertyValue>,
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        text_field::<Stated>("path", "String!", |p| &p.path)
            .description("The property, with the way through components: `motor/speed`."),
        field::<Stated, _>("value", "JSON!", |p, _| scalar(json(&p.fact.value.value)?)),
        field::<Stated, _>("source", "String", |p, _| optional_text(p.fact.value.source.as_ref()))
            .description("The system that said so; null when a person or client did."),
        field::<Stated, _>("validFrom", "DateTime", |p, _| moment(p.fact.valid.from)),
        field::<Stated, _>("validTo", "DateTime", |p, _| moment(p.fact.valid.to)),
        field::<Stated, _>("recordedAt", "LogPosition!", |p, _| {
            text(p.fact.recorded_from.to_string())
        }),
    ];
    vec![object("PropertyValue", "A master-data value, and who said so.", fields).into()]
}

/// The values of a twin.
pub fn of_twin(twin: &TwinAt, ctx: &ResolverContext<'_>) -> Answer {
    let paths = args::texts(ctx, "paths")?;
    let wanted = |path: &Arc<str>| paths.as_ref().is_none_or(|paths| paths.contains(path));
    let stated: Vec<Stated> = twin.at.view(|view| {
        let node = view.state.graph.twin(twin.id).into_iter();
        let values = node.flat_map(|node| node.values(view.scope.moment, view.scope.known));
        values
            .filter(|(path, _)| wanted(path))
            .map(|(path, fact)| Stated { path: path.clone(), fact: fact.clone() })
            .collect()
    });
    many(stated)
}
