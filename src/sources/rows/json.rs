//! JSON documents, and JSON a line.

use std::sync::Arc;

use serde_json::Value;

use super::row::{Row, Rows};
use crate::domain::fact::JsonMap;
use crate::sources::problem::{Origin, Problem};
use crate::sources::text::{self, Element, Elements, Lines, Text};

/// How a format's records become rows.
pub type Shape = fn(JsonMap) -> JsonMap;

/// The values in the arrays where the pointers lead, each with its place.
pub fn elements(
    file: &Arc<str>,
    text: Text,
    places: Vec<Vec<String>>,
) -> impl Iterator<Item = Result<(Origin, Value), Problem>> + Send + use<> {
    let file = file.clone();
    Elements::at(&file.clone(), text, places).map(move |found| {
        let element = found?;
        let origin = Origin::line(&file, element.line);
        let origin = match &element.pointer {
            Some(pointer) => origin.at(pointer),
            None => origin,
        };
        value(&file, &element, origin)
    })
}

/// The values of lines.
pub fn lines(
    file: &Arc<str>,
    text: Text,
) -> impl Iterator<Item = Result<(Origin, Value), Problem>> + Send + use<> {
    let file = file.clone();
    Lines::new(&file.clone(), text).map(move |found| {
        let (line, text) = found?;
        let element = Element { line, place: 0, pointer: None, text };
        value(&file, &element, Origin::line(&file, line))
    })
}

/// The rows that these values are.
pub fn rows(
    values: impl Iterator<Item = Result<(Origin, Value), Problem>> + Send + 'static,
    shape: Shape,
) -> Rows {
    Box::new(values.map(move |found| match found? {
        (origin, Value::Object(fields)) => Ok(Row::new(origin, said(shape(fields)))),
        (origin, _) => {
            let message = "expected an object with the fields of a record";
            Err(Problem::error(origin, "INVALID_ROW", message))
        }
    }))
}

/// The fields as they are.
pub fn as_it_is(fields: JsonMap) -> JsonMap {
    fields
}

/// The fields that say something: neither null nor empty.
pub fn said(fields: JsonMap) -> JsonMap {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => true,
    };
    fields.into_iter().filter(|(_, value)| says(value)).collect()
}

fn value(file: &Arc<str>, element: &Element, origin: Origin) -> Result<(Origin, Value), Problem> {
    match text::parse(&element.text) {
        Ok(value) => Ok((origin, value)),
        Err(fault) => {
            let place = Origin::column(file, element.line + fault.line - 1, fault.column);
            let place = Origin { pointer: origin.pointer, ..place };
            Err(Problem::error(place, "INVALID_JSON", fault.message))
        }
    }
}
