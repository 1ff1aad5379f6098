//! Assembles the schema: our own types, and those of the served models.

use std::sync::Arc;

use async_graphql::dynamic::{Schema, SchemaBuilder, SchemaError, Type};

use super::field_errors::FieldErrors;
use super::served::Served;
use super::types::{
    binding, component, coverage, coverage_lists, decision, external_id, impact, model, page,
    payload, property, provenance, reading, record_ref, relationship, resolution, scalars,
    server_info, source, source_record, state, stream, stream_list, system, task, twin,
    twin_change, twin_search, typed, value, verdict,
};
use super::world::World;
use super::{mutation, query, subscription};

/// Selection sets inside each other that the executor follows. What callers may send is bounded
/// before, by `GraphqlLimits::depth_max`.
const RECURSIVE_DEPTH: usize = 64;

/// Our own types, whatever the models.
fn own_types() -> Vec<Type> {
    [
        scalars::types(),
        page::types(),
        twin::types(),
        twin_search::types(),
        value::types(),
        model::types(),
        external_id::types(),
        property::types(),
        provenance::types(),
        state::types(),
        relationship::types(),
        binding::types(),
        stream::types(),
        stream_list::types(),
        reading::types(),
        source::types(),
        source_record::types(),
        record_ref::types(),
        verdict::types(),
        task::types(),
        decision::types(),
        impact::types(),
        system::types(),
        resolution::types(),
        payload::types(),
        twin_change::types(),
        coverage::types(),
        coverage_lists::types(),
        server_info::types(),
        mutation::inputs(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The schema without what its resolvers need.
fn unbound(served: &Served) -> SchemaBuilder {
    let builder = Schema::build("Query", Some("Mutation"), Some("Subscription"))
        .register(query::root())
        .register(mutation::root())
        .register(subscription::root());
    let models = typed::types(served).into_iter().chain(component::types(served));
    own_types().into_iter().chain(models).fold(builder, SchemaBuilder::register)
}

/// The schema in which `world`'s models have types.
///
/// # Errors
/// When the types do not fit together: a defect of ours.
pub fn build(world: World) -> Result<Schema, SchemaError> {
    unbound(&world.types)
        .data(Arc::new(world))
        .disable_suggestions()
        .limit_recursive_depth(RECURSIVE_DEPTH)
        .extension(FieldErrors)
        .finish()
}

/// The schema in GraphQL's own language. Nothing can be asked of it.
///
/// # Errors
/// When the types do not fit together: a defect of ours.
pub fn sdl(served: &Served) -> Result<String, SchemaError> {
    Ok(unbound(served).finish()?.sdl())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::builtin;

    #[test]
    fn every_type_of_ours_has_a_reserved_name() {
        let schema = unbound(&Served::default()).finish().expect("it is sound");
        let names = schema.registry().types.keys();
        let ours = names.filter(|name| !name.starts_with("__") && !builtin::is_reserved(name));
        assert_eq!(ours.collect::<Vec<_>>(), Vec::<&str>::new());
    }

    #[test]
    fn the_schema_without_models_is_sound() {
        let text = sdl(&Served::default()).expect("it is sound");
        assert!(text.contains("type OtherTwin implements Node & Twin"), "{text}");
    }
}
