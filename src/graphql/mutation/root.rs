//! The mutation root: a table of contents.

use async_graphql::dynamic::{Object, Type};

use super::{bindings, common, curation, identity, models, records, relationships, twins};

/// The mutation root.
pub fn root() -> Object {
    let fields = [
        models::fields(),
        twins::fields(),
        relationships::fields(),
        identity::fields(),
        bindings::fields(),
        records::fields(),
        curation::fields(),
    ];
    let root = Object::new("Mutation").description(
        "Everything that can be changed. When a mutation answers, what it did is on disk. \
         What is stated holds from the moment of the mutation on, unless `validFrom` or \
         `fromAlways` says otherwise; only a new twin, with what `putTwin` says of it, has always been. \
         With `dryRun` a mutation only tells what it would change.",
    );
    fields.into_iter().flatten().fold(root, Object::field)
}

/// The input types.
pub fn inputs() -> Vec<Type> {
    [
        common::inputs(),
        models::inputs(),
        twins::inputs(),
        relationships::inputs(),
        identity::inputs(),
        bindings::inputs(),
        records::inputs(),
        curation::inputs(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
