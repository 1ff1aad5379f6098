//! `putRecord`.

use async_graphql::Result;
use async_graphql::dynamic::{Field, Type};

use super::common::{command_field, external_id, interval, json_object, timed_input};
use crate::domain::command::{Command, PutRecord};
use crate::graphql::args::{self, Fields};
use crate::graphql::types::payload::About;
use crate::graphql::world::World;

/// The mutation.
pub fn fields() -> Vec<Field> {
    let description = "Keeps what a system says about a thing, as it says it.";
    vec![command_field("putRecord", "SourceRecordPayload", "PutRecordInput", description, put)]
}

/// Its input type.
pub fn inputs() -> Vec<Type> {
    let put = timed_input(
        "PutRecordInput",
        "What a system says about a thing.",
        &[
            ("key", "ExternalIdInput!", "What the system calls the thing."),
            ("kind", "String!", "The kind of thing, in the system's words."),
            ("attributes", "JSON!", "All that it says, as an object."),
        ],
    );
    vec![put.into()]
}

fn put(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = PutRecord {
        key: external_id(from, "key")?,
        kind: args::required_text(from, "kind")?.into(),
        attributes: json_object(from, "attributes")?.unwrap_or_default(),
        valid: interval(from, world.engine.now())?,
    };
    let about = About::Record(command.key.clone());
    Ok((Command::PutRecord(command), about))
}
