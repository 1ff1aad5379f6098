//! Reading arguments, with errors that say what would be right.

use std::sync::Arc;

use async_graphql::dynamic::ResolverContext;
use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Result, Value};

use super::error::GraphqlError;
use crate::domain::id::{ExternalId, Position, TwinId};
use crate::domain::time::Timestamp;

/// What `knownAt` may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownAt {
    /// A position in the log.
    Position(Position),
    /// All that was recorded up to a moment.
    Moment(Timestamp),
}

/// The fields of an input object.
#[derive(Clone, Copy)]
pub struct Fields<'a>(&'a IndexMap<Name, Value>);

/// Where arguments are found: those of a field, or the fields of an input object.
pub trait Arguments {
    /// An argument that is given and not null.
    fn given(&self, name: &str) -> Option<&Value>;
}

impl Arguments for ResolverContext<'_> {
    fn given(&self, name: &str) -> Option<&Value> {
        self.args.as_index_map().get(name).filter(|value| **value != Value::Null)
    }
}

impl Arguments for Fields<'_> {
    fn given(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| **value != Value::Null)
    }
}

/// A text.
pub fn text<'a>(from: &'a impl Arguments, name: &str) -> Result<Option<&'a str>> {
    match from.given(name) {
        None => Ok(None),
        Some(Value::String(found)) => Ok(Some(found)),
        Some(_) => Err(wrong(name, "is not a text").into()),
    }
}

/// A text that must be there; the schema refuses documents without it.
pub fn required_text<'a>(from: &'a impl Arguments, name: &str) -> Result<&'a str> {
    text(from, name)?.ok_or_else(|| missing(name))
}

/// Texts; a single one counts as a list of one.
pub fn texts(from: &impl Arguments, name: &str) -> Result<Option<Vec<Arc<str>>>> {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(Arc::from(text.as_str())),
        Value::Enum(item) => Ok(Arc::from(item.as_str())),
        _ => Err(wrong(name, "holds something that is not a text").into()),
    };
    match from.given(name) {
        None => Ok(None),
        Some(Value::List(items)) => items.iter().map(one).collect::<Result<_>>().map(Some),
        Some(value) => Ok(Some(vec![one(value)?])),
    }
}

/// An item of an enum.
pub fn item<'a>(from: &'a impl Arguments, name: &str) -> Result<Option<&'a str>> {
    match from.given(name) {
        Some(Value::Enum(item)) => Ok(Some(item)),
        _ => text(from, name),
    }
}

/// Input objects; a single one counts as a list of one.
pub fn objects<'a>(from: &'a impl Arguments, name: &str) -> Result<Vec<Fields<'a>>> {
    let one = |value: &'a Value| fields(value).ok_or_else(|| missing(name));
    match from.given(name) {
        None => Ok(Vec::new()),
        Some(Value::List(items)) => items.iter().map(one).collect(),
        Some(value) => Ok(vec![one(value)?]),
    }
}

/// An input object, if it is given.
pub fn optional_object<'a>(from: &'a impl Arguments, name: &str) -> Option<Fields<'a>> {
    from.given(name).and_then(fields)
}

/// An input object that must be there.
pub fn object<'a>(from: &'a impl Arguments, name: &str) -> Result<Fields<'a>> {
    optional_object(from, name).ok_or_else(|| missing(name))
}

fn fields(value: &Value) -> Option<Fields<'_>> {
    match value {
        Value::Object(map) => Some(Fields(map)),
        _ => None,
    }
}

/// True or false, if it is given.
pub fn optional_flag(from: &impl Arguments, name: &str) -> Result<Option<bool>> {
    match from.given(name) {
        None => Ok(None),
        Some(Value::Boolean(flag)) => Ok(Some(*flag)),
        Some(_) => Err(wrong(name, "is neither true nor false").into()),
    }
}

/// True or false; false if it is left out.
pub fn flag(from: &impl Arguments, name: &str) -> Result<bool> {
    Ok(optional_flag(from, name)?.unwrap_or_default())
}

/// A number.
pub fn number(from: &impl Arguments, name: &str) -> Result<Option<f64>> {
    match from.given(name) {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(number.as_f64()),
        Some(_) => Err(wrong(name, "is not a number").into()),
    }
}

/// Any value, as JSON.
pub fn json(from: &impl Arguments, name: &str) -> Result<Option<serde_json::Value>> {
    let converted = from.given(name).map(|value| value.clone().into_json());
    Ok(converted.transpose()?)
}

/// A number of items, at least 1 and at most `max`.
pub fn items(from: &impl Arguments, name: &str, default: usize, max: usize) -> Result<usize> {
    let Some(value) = from.given(name) else {
        return Ok(default);
    };
    let asked = match value {
        Value::Number(number) => number.as_u64().and_then(|n| usize::try_from(n).ok()),
        _ => None,
    };
    let fits = asked.filter(|items| (1..=max).contains(items));
    fits.ok_or_else(|| wrong(name, &format!("is {value}; give a number from 1 to {max}")).into())
}

/// A moment.
pub fn moment(from: &impl Arguments, name: &str) -> Result<Option<Timestamp>> {
    let Some(found) = text(from, name)? else {
        return Ok(None);
    };
    let parsed = found.parse::<Timestamp>();
    Ok(Some(parsed.map_err(|error| wrong(name, &error.to_string()))?))
}

/// A position in the log.
pub fn position(from: &impl Arguments, name: &str) -> Result<Option<Position>> {
    from.given(name).map_or(Ok(None), |value| match value {
        Value::String(text) => {
            let parsed = text.parse::<Position>();
            Ok(Some(parsed.map_err(|error| wrong(name, &error.to_string()))?))
        }
        Value::Number(number) => match number.as_u64() {
            Some(number) => Ok(Some(Position(number))),
            None => {
                Err(wrong(name, "is not a position; positions are whole numbers from 0").into())
            }
        },
        _ => Err(wrong(name, "is not a position").into()),
    })
}

/// A position or a moment.
pub fn known_at(from: &impl Arguments, name: &str) -> Result<Option<KnownAt>> {
    match from.given(name) {
        Some(Value::String(text)) if text.parse::<u64>().is_err() => {
            Ok(moment(from, name)?.map(KnownAt::Moment))
        }
        _ => Ok(position(from, name)?.map(KnownAt::Position)),
    }
}

/// The id of a twin; `None` when the text can be no id, so that asking for it finds nothing.
pub fn twin_id(from: &impl Arguments, name: &str) -> Result<Option<TwinId>> {
    let found = required_text(from, name)?;
    Ok(found.parse().ok())
}

/// An external id, from `system`, `scope` and `id`.
pub fn external_id(from: &impl Arguments) -> Result<ExternalId> {
    let system = required_text(from, "system")?;
    let scope = text(from, "scope")?.unwrap_or_default();
    let id = required_text(from, "id")?;
    ExternalId::new(system, scope, id)
        .map_err(|error| GraphqlError::bad_user_input(error.to_string()).into())
}

/// The error of an argument.
pub fn wrong(name: &str, problem: &str) -> GraphqlError {
    GraphqlError::bad_user_input(format!("{name}: {problem}"))
}

fn missing(name: &str) -> async_graphql::Error {
    wrong(name, "is missing").into()
}
