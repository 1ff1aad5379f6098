//! `declareSystem`, `linkId` and `unlinkId`.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, Type};

use super::common::{command_field, external_id, interval, shared_text, timed_input, twin};
use crate::domain::command::{Command, DeclareSystem, LinkId, UnlinkId};
use crate::domain::id;
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::build::input_object;
use crate::graphql::types::payload::About;
use crate::graphql::world::World;

/// The mutations.
pub fn fields() -> Vec<Field> {
    vec![
        command_field(
            "declareSystem",
            "DeclareSystemPayload",
            "DeclareSystemInput",
            "Names a system of ids.",
            declare,
        ),
        command_field(
            "linkId",
            "TwinPayload",
            "LinkIdInput",
            "States that an id means a twin.",
            link,
        ),
        command_field(
            "unlinkId",
            "TwinPayload",
            "UnlinkIdInput",
            "States that an id means no twin.",
            unlink,
        ),
    ]
}

/// Their input types.
pub fn inputs() -> Vec<Type> {
    let declare = input_object(
        "DeclareSystemInput",
        "A system of ids.",
        &[
            ("name", "String!", "Its name in external ids, for example `cmms`."),
            ("title", "String!", "Its name for people."),
        ],
    );
    let link = timed_input(
        "LinkIdInput",
        "What an id means.",
        &[
            ("externalId", "ExternalIdInput!", "The id."),
            ("twin", "TwinRefInput!", "What it means."),
            ("reason", "String", "Why."),
            ("confidence", "Float", "How sure, from 0 to 1; 1 if left out."),
            (
                "replace",
                "Boolean",
                "Take the id from the twin that it means in that time; without this, that is a conflict.",
            ),
        ],
    );
    let unlink = timed_input(
        "UnlinkIdInput",
        "An id that means nothing any more.",
        &[("externalId", "ExternalIdInput!", "The id.")],
    );
    vec![declare.into(), link.into(), unlink.into()]
}

fn declare(_: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let name = id::name("the name", args::required_text(from, "name")?);
    let name = name.map_err(|error| wrong("name", &error.to_string()))?;
    let title: Arc<str> = args::required_text(from, "title")?.into();
    let about = About::System(name.clone(), title.clone());
    Ok((Command::DeclareSystem(DeclareSystem { name, title }), about))
}

fn link(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let confidence = args::number(from, "confidence")?.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&confidence) {
        return Err(
            wrong("confidence", &format!("is {confidence}; give a number from 0 to 1")).into()
        );
    }
    let command = LinkId {
        external: external_id(from, "externalId")?,
        twin: twin(from, "twin")?,
        valid: interval(from, world.engine.now())?,
        reason: shared_text(from, "reason")?.unwrap_or_else(|| Arc::from("stated")),
        confidence,
        replace: args::flag(from, "replace")?,
    };
    Ok((Command::LinkId(command), About::Twin(None)))
}

fn unlink(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let external = external_id(from, "externalId")?;
    let valid = interval(from, world.engine.now())?;
    let meant = world.engine.read(|state| {
        let known = world.engine.head();
        Some(state.crosswalks.at(&external, valid.from, known)?.value.twin)
    });
    Ok((Command::UnlinkId(UnlinkId { external, valid }), About::Twin(meant)))
}
