//! Reading our own format, line by line or element by element.

use std::sync::Arc;

use super::statement::Statement;
use crate::sources::moment::Moments;
use crate::sources::problem::{Item, Kind, Origin, Problem};
use crate::sources::text::{self, Elements, Lines, Text};

/// The items of an NDJSON file.
pub fn lines(
    file: &Arc<str>,
    text: Text,
    moments: Moments,
) -> impl Iterator<Item = Result<Item, Problem>> + use<> {
    let name = file.clone();
    Lines::new(file, text).map(move |found| item(&name, found?, &moments))
}

/// The items of a JSON array, or of JSON objects that stand one after the other.
pub fn elements(
    file: &Arc<str>,
    text: Text,
    moments: Moments,
) -> impl Iterator<Item = Result<Item, Problem>> + use<> {
    let name = file.clone();
    Elements::new(file, text).map(move |found| {
        let element = found?;
        item(&name, (element.line, element.text), &moments)
    })
}

fn item(file: &Arc<str>, found: (u64, String), moments: &Moments) -> Result<Item, Problem> {
    let (line, text) = found;
    let value = text::parse(&text).map_err(|fault| {
        let origin = Origin::column(file, line + fault.line - 1, fault.column);
        Problem::error(origin, "INVALID_JSON", fault.message)
    })?;
    let kind = kind(&value);
    match statement(value).and_then(|statement| statement.command(moments)) {
        Ok(command) => Ok(Item { origin: Origin::line(file, line), command }),
        Err(message) => {
            let origin = Origin::line(file, line);
            let problem = Problem::error(origin, "INVALID_STATEMENT", message);
            Err(Problem { kind, ..problem })
        }
    }
}

/// Whether a value looks like a statement of ours, right or wrong.
pub fn is_statement(value: &serde_json::Value) -> bool {
    kind(value).is_some() && value.as_object().is_some_and(|object| object.len() == 1)
}

fn statement(value: serde_json::Value) -> Result<Statement, String> {
    if value.as_object().is_none_or(|object| object.len() != 1) {
        let message = "write one statement a line: an object with one key, which is system, twin, \
                       link, relationship, binding, record or swap";
        return Err(message.to_owned());
    }
    serde_json::from_value(value).map_err(|e| e.to_string())
}

/// What the object states, by its only key.
fn kind(value: &serde_json::Value) -> Option<Kind> {
    match value.as_object()?.keys().next()?.as_str() {
        "system" => Some(Kind::System),
        "twin" => Some(Kind::Twin),
        "link" => Some(Kind::Link),
        "relationship" => Some(Kind::Relationship),
        "binding" => Some(Kind::Binding),
        "record" => Some(Kind::Record),
        "swap" => Some(Kind::Swap),
        _ => None,
    }
}
