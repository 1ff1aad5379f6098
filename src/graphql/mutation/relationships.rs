//! `relate` and `unrelate`.

use async_graphql::Result;
use async_graphql::dynamic::{Field, Type};

use super::common::{command_field, interval, json_object, shared_text, timed_input, twin};
use crate::domain::command::{Command, Relate, TwinRef, Unrelate};
use crate::domain::id::{RelationshipId, TwinId};
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::types::payload::About;
use crate::graphql::world::World;

/// The mutations.
pub fn fields() -> Vec<Field> {
    vec![
        command_field("relate", "RelationshipPayload", "RelateInput", "Joins two twins.", relate),
        command_field(
            "unrelate",
            "RelationshipPayload",
            "UnrelateInput",
            "Ends a relationship.",
            unrelate,
        ),
    ]
}

/// Their input types.
pub fn inputs() -> Vec<Type> {
    let relate = timed_input(
        "RelateInput",
        "A relationship.",
        &[
            ("source", "TwinRefInput!", "Where it starts."),
            ("name", "String!", "Its name in the model of the source."),
            ("target", "TwinRefInput!", "Where it leads."),
            ("key", "String", "Tells parallel relationships apart; mostly left out."),
            ("properties", "JSON", "Its properties, as an object."),
        ],
    );
    let unrelate = timed_input(
        "UnrelateInput",
        "A relationship that ends.",
        &[("id", "ID!", "The id of the relationship.")],
    );
    vec![relate.into(), unrelate.into()]
}

fn relate(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = Relate {
        source: twin(from, "source")?,
        name: args::required_text(from, "name")?.into(),
        target: twin(from, "target")?,
        key: shared_text(from, "key")?.unwrap_or_default(),
        properties: json_object(from, "properties")?.unwrap_or_default(),
        valid: interval(from, world.engine.now())?,
        gives_way: false,
    };
    let ends = (id_of(world, &command.source), id_of(world, &command.target));
    let about = match ends {
        (Some(source), Some(target)) => {
            let id = RelationshipId::of(source, &command.name, target, &command.key);
            About::Relationship(id)
        }
        // The engine is about to say that there is no such twin.
        _ => About::Twin(None),
    };
    Ok((Command::Relate(command), about))
}

fn unrelate(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let text = args::required_text(from, "id")?;
    let id: RelationshipId =
        text.parse().map_err(|_| wrong("id", &format!("`{text}` is no relationship's id")))?;
    let valid = interval(from, world.engine.now())?;
    Ok((Command::Unrelate(Unrelate { id, valid }), About::Relationship(id)))
}

fn id_of(world: &World, twin: &TwinRef) -> Option<TwinId> {
    match twin {
        TwinRef::Id(id) => {
            let known = world.engine.head();
            Some(world.engine.read(|state| state.curations.current(*id, known)))
        }
        TwinRef::External(external) => {
            let (now, known) = (world.engine.now(), world.engine.head());
            world.engine.read(|state| Some(state.crosswalks.at(external, now, known)?.value.twin))
        }
    }
}
