//! `putTwin`, `setProperties` and `deleteTwin`.

use async_graphql::Result;
use async_graphql::dynamic::{Field, Type};

use super::common::{command_field, interval, model, properties, shared_text, timed_input, twin};
use crate::domain::command::{Command, DeleteTwin, PutTwin, SetProperties, TwinRef};
use crate::domain::id::{ExternalId, TwinId};
use crate::domain::time::Timestamp;
use crate::domain::timeline::Timeline;
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::build::input_object;
use crate::graphql::types::payload::About;
use crate::graphql::world::World;

/// The mutations.
pub fn fields() -> Vec<Field> {
    vec![
        command_field(
            "putTwin",
            "TwinPayload",
            "PutTwinInput",
            "Creates a twin, or brings it to what is said when one of its ids means a twin already.",
            put,
        ),
        command_field(
            "setProperties",
            "TwinPayload",
            "SetPropertiesInput",
            "Sets and clears properties of a twin.",
            set,
        ),
        command_field(
            "deleteTwin",
            "TwinPayload",
            "DeleteTwinInput",
            "Ends a twin's existence, with its relationships, ids and bindings. Its past stays.",
            delete,
        ),
    ]
}

/// Their input types.
pub fn inputs() -> Vec<Type> {
    let put = timed_input(
        "PutTwinInput",
        "A twin. When it is new, all this has always been so, unless `validFrom` says otherwise; else it is so since now.",
        &[
            ("id", "ID", "Its own id, when you choose or know it."),
            ("externalIds", "[ExternalIdInput!]", "What systems call it."),
            (
                "model",
                "String",
                "Its model: a DTMI or a type's name. It may be left out when the twin exists.",
            ),
            (
                "properties",
                "JSON",
                "Values to set, as an object from path to value; null clears what the same source said.",
            ),
            (
                "source",
                "String",
                "The system that says so; without it a person or client does, and that goes before all systems.",
            ),
        ],
    );
    let set = timed_input(
        "SetPropertiesInput",
        "Properties of a twin.",
        &[
            ("twin", "TwinRefInput!", "The twin."),
            (
                "properties",
                "JSON!",
                "Values to set, as an object from path to value; null clears what the same source said.",
            ),
            (
                "source",
                "String",
                "The system that says so; without it a person or client does, and that goes before all systems.",
            ),
        ],
    );
    let delete = input_object(
        "DeleteTwinInput",
        "The end of a twin.",
        &[
            ("twin", "TwinRefInput!", "The twin."),
            ("at", "DateTime", "From when on it is no more; from now on if left out."),
        ],
    );
    vec![put.into(), set.into(), delete.into()]
}

fn put(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let id = match args::text(from, "id")? {
        Some(text) => Some(text.parse::<TwinId>().map_err(|e| wrong("id", &e.to_string()))?),
        None => None,
    };
    let ids = args::objects(from, "externalIds")?;
    let identifiers: Vec<ExternalId> = ids.iter().map(args::external_id).collect::<Result<_>>()?;
    let default =
        if is_known(world, id, &identifiers) { world.engine.now() } else { Timestamp::MIN };
    let command = PutTwin {
        id,
        identifiers,
        model: model(world, from, "model")?,
        properties: properties(from)?,
        valid: interval(from, default)?,
        source: shared_text(from, "source")?,
    };
    Ok((Command::PutTwin(command), About::Twin(id)))
}

/// Whether the twin was ever known.
fn is_known(world: &World, id: Option<TwinId>, identifiers: &[ExternalId]) -> bool {
    world.engine.read(|state| {
        let twin = id.and_then(|id| state.graph.twin(id));
        twin.is_some_and(|twin| !twin.existence.is_empty())
            || identifiers.iter().any(|external| {
                state.crosswalks.timeline(external).is_some_and(|t| !Timeline::is_empty(t))
            })
    })
}

fn set(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = SetProperties {
        twin: twin(from, "twin")?,
        properties: properties(from)?,
        valid: interval(from, world.engine.now())?,
        source: shared_text(from, "source")?,
    };
    let about = about(world, &command.twin);
    Ok((Command::SetProperties(command), about))
}

fn delete(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = DeleteTwin {
        twin: twin(from, "twin")?,
        at: args::moment(from, "at")?.unwrap_or_else(|| world.engine.now()),
    };
    let about = about(world, &command.twin);
    Ok((Command::DeleteTwin(command), about))
}

/// The twin that a reference means now.
fn about(world: &World, twin: &TwinRef) -> About {
    match twin {
        TwinRef::Id(id) => About::Twin(Some(*id)),
        TwinRef::External(external) => {
            let (now, known) = (world.engine.now(), world.engine.head());
            About::Twin(
                world
                    .engine
                    .read(|state| Some(state.crosswalks.at(external, now, known)?.value.twin)),
            )
        }
    }
}
