//! Streams are bound to the properties that they measure, and unbound.

use super::check;
use super::open_streams::open_streams;
use crate::domain::change::Change;
use crate::domain::command::{Bind, Unbind};
use crate::domain::fact::Binding;
use crate::domain::id::StreamId;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::unit::{self, Conversion};
use crate::dtdl::units::UnitError;
use crate::dtdl::{ContentKind, Dtmi, Semantic};

/// Binds a stream. One that measures something else in that time is a conflict unless it is to be replaced.
pub fn decide(state: &State, command: &Bind) -> Result<Vec<Change>, Rejection> {
    let (twin, existence) = check::existing(state, &command.twin, command.valid)?;
    let model = &existence.value.model;
    let binding = Binding {
        twin,
        path: command.path.clone(),
        unit: command.unit.clone(),
        conversion: conversion(command, semantic(state, model, command)?)?,
    };
    fits_all(state, command, model, &binding)?;
    let opened = open_streams(state, std::iter::once(&command.stream))?;
    let mut changes = opened.changes;
    if let Some(stream) = state.streams.find(command.stream.as_ref()) {
        if stands(state, stream, command, &binding) {
            return Ok(Vec::new());
        }
        if !command.replace {
            free(state, stream, command, &binding)?;
        }
        changes.push(Change::Bound { stream, valid: command.valid, binding });
    } else {
        let stream = state.streams.next_id();
        changes.push(Change::Bound { stream, valid: command.valid, binding });
    }
    Ok(changes)
}

/// Unbinds a stream; its readings of that time are quarantined again.
pub fn unbind(state: &State, command: &Unbind) -> Result<Vec<Change>, Rejection> {
    let stream = state.streams.find(command.stream.as_ref()).and_then(|id| state.streams.get(id));
    match stream {
        Some(stream) if stream.bindings.overlapping(command.valid).next().is_some() => {
            Ok(vec![Change::Unbound { stream: stream.id, valid: command.valid }])
        }
        _ => Err(Rejection::NotBound(command.stream.clone())),
    }
}

/// What the stream would measure.
fn semantic<'a>(
    state: &'a State,
    model: &Dtmi,
    command: &Bind,
) -> Result<Option<&'a Semantic>, Rejection> {
    let content = check::content(state, model, &command.path, "telemetry or property")?;
    match &content.kind {
        ContentKind::Property { semantic, .. } | ContentKind::Telemetry { semantic, .. } => {
            Ok(semantic.as_ref())
        }
        ContentKind::Relationship { .. }
        | ContentKind::Component { .. }
        | ContentKind::Command { .. } => {
            let interface = check::model(state, model)?;
            Err(check::unknown_content(interface, &command.path, "telemetry or property"))
        }
    }
}

/// Whether the binding is right under each model that the twin has in that time.
fn fits_all(
    state: &State,
    command: &Bind,
    model: &Dtmi,
    binding: &Binding,
) -> Result<(), Rejection> {
    let twin = binding.twin;
    let unit = |semantic: Option<&Semantic>| semantic.and_then(|semantic| semantic.unit);
    let first = unit(semantic(state, model, command)?);
    for (other, during) in check::models_during(state, twin, command.valid) {
        let found = semantic(state, &other, command)
            .map_err(|problem| check::across(twin, &other, during, &problem))?;
        if unit(found) != first {
            let problem = format!("its unit is {} then", unit(found).unwrap_or("not given"));
            let problem = Rejection::WrongUnit { path: command.path.to_string(), problem };
            return Err(check::across(twin, &other, during, &problem));
        }
    }
    Ok(())
}

/// From the stream's unit to the property's; none when either has no unit.
fn conversion(
    command: &Bind,
    semantic: Option<&Semantic>,
) -> Result<Option<Conversion>, Rejection> {
    let Some(from) = &command.unit else {
        return Ok(None);
    };
    let to = semantic.and_then(|s| s.unit).unwrap_or(from);
    unit::conversion(from, to).map_err(|error| match error {
        UnitError::Unknown(name) => Rejection::UnknownUnit(name),
        other => {
            Rejection::WrongUnit { path: command.path.to_string(), problem: other.to_string() }
        }
    })
}

/// Whether it is so already, or gives way to what was decided since it was said first.
fn stands(state: &State, stream: StreamId, command: &Bind, binding: &Binding) -> bool {
    let Some(stream) = state.streams.get(stream) else { return false };
    let is_it = |held: &Binding| held == binding;
    stream.bindings.says(command.valid, is_it)
        || (command.gives_way && stream.bindings.was_cut(command.valid, is_it, is_it))
}

/// Checks that the stream measures nothing else during the interval.
fn free(state: &State, id: StreamId, command: &Bind, binding: &Binding) -> Result<(), Rejection> {
    let Some(stream) = state.streams.get(id) else {
        return Ok(());
    };
    let mut taken = stream.bindings.overlapping(command.valid);
    match taken.find(|f| (f.value.twin, &f.value.path) != (binding.twin, &binding.path)) {
        Some(taken) => Err(Rejection::StreamTaken {
            stream: Box::new(command.stream.clone()),
            twin: taken.value.twin,
            path: taken.value.path.to_string(),
            valid: taken.valid,
        }),
        None => Ok(()),
    }
}
