//! `bind`, `unbind` and `swapDevice`.

use async_graphql::Result;
use async_graphql::dynamic::{Field, Type};

use super::common::{command_field, external_id, interval, shared_text, timed_input, twin};
use crate::domain::command::{Bind, Command, SwapDevice, Unbind};
use crate::domain::id::{ExternalId, StreamKey};
use crate::graphql::args::{self, Fields};
use crate::graphql::build::input_object;
use crate::graphql::error::GraphqlError;
use crate::graphql::types::payload::About;
use crate::graphql::world::World;

/// The mutations.
pub fn fields() -> Vec<Field> {
    vec![
        command_field(
            "bind",
            "StreamPayload",
            "BindInput",
            "States that a stream measures a property. Readings of that time, past ones too, are the twin's at once.",
            bind,
        ),
        command_field(
            "unbind",
            "StreamPayload",
            "UnbindInput",
            "States that a stream measures nothing; its readings of that time are quarantined.",
            unbind,
        ),
        command_field(
            "swapDevice",
            "TwinPayload",
            "SwapDeviceInput",
            "Puts a new device where an old one was: from the moment on, its channels measure what the old one's did.",
            swap,
        ),
    ]
}

/// Their input types.
pub fn inputs() -> Vec<Type> {
    let key = input_object(
        "StreamKeyInput",
        "One channel of one device.",
        &[
            ("system", "String!", "The system that names the device."),
            ("scope", "String", "The scope of the device's id; empty if left out."),
            ("device", "String!", "The device, as its own network names it."),
            ("channel", "String!", "The channel."),
        ],
    );
    let unbind = timed_input(
        "UnbindInput",
        "A stream that measures nothing any more.",
        &[("stream", "StreamKeyInput!", "The stream.")],
    );
    let swap = input_object(
        "SwapDeviceInput",
        "A device that replaces another.",
        &[
            ("old", "ExternalIdInput!", "What the network calls the device that goes."),
            ("new", "ExternalIdInput!", "What the network calls the device that comes."),
            ("at", "DateTime", "When; now if left out."),
            (
                "carry",
                "[String!]",
                "Properties whose values go over to the new device, such as a set point or a program.",
            ),
        ],
    );
    vec![key.into(), bind_input(), unbind.into(), swap.into()]
}

fn bind_input() -> Type {
    timed_input(
        "BindInput",
        "What a stream measures.",
        &[
            (
                "stream",
                "StreamKeyInput!",
                "The stream; it need not have readings yet.",
            ),
            ("twin", "TwinRefInput!", "The twin that it measures."),
            (
                "path",
                "String!",
                "The property or telemetry that it measures.",
            ),
            (
                "unit",
                "String",
                "The unit of its readings, when it is not the property's: a DTDL name or a UCUM code.",
            ),
            (
                "replace",
                "Boolean",
                "Take the stream from what it measures in that time; without this, that is a conflict.",
            ),
        ],
    )
    .into()
}

fn bind(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = Bind {
        stream: stream(from)?,
        twin: twin(from, "twin")?,
        path: args::required_text(from, "path")?.into(),
        unit: shared_text(from, "unit")?,
        valid: interval(from, world.engine.now())?,
        replace: args::flag(from, "replace")?,
        gives_way: false,
    };
    let about = About::Stream(command.stream.clone());
    Ok((Command::Bind(command), about))
}

fn unbind(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = Unbind { stream: stream(from)?, valid: interval(from, world.engine.now())? };
    let about = About::Stream(command.stream.clone());
    Ok((Command::Unbind(command), about))
}

fn swap(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = SwapDevice {
        old: external_id(from, "old")?,
        new: external_id(from, "new")?,
        at: args::moment(from, "at")?.unwrap_or_else(|| world.engine.now()),
        carry: args::texts(from, "carry")?.unwrap_or_default(),
    };
    let (new, known) = (command.new.clone(), world.engine.head());
    let heir =
        world.engine.read(|state| Some(state.crosswalks.at(&new, command.at, known)?.value.twin));
    Ok((Command::SwapDevice(command), About::Twin(heir)))
}

fn stream(from: &Fields<'_>) -> Result<StreamKey> {
    stream_key(&args::object(from, "stream")?)
}

/// The stream that an input names.
pub fn stream_key(key: &Fields<'_>) -> Result<StreamKey> {
    let system = args::required_text(key, "system")?;
    let scope = args::text(key, "scope")?.unwrap_or_default();
    let device = args::required_text(key, "device")?;
    let channel = args::required_text(key, "channel")?;
    let device = ExternalId::new(system, scope, device);
    let key = device.and_then(|device| StreamKey::new(device, channel));
    key.map_err(|error| GraphqlError::bad_user_input(error.to_string()).into())
}
