//! Where in a row a value stands.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::domain::fact::JsonMap;
use crate::sources::text::tokens;

/// A field of a row: the name of a column or key, or, beginning with a slash, a JSON pointer into
/// the row. Of several the first counts that says something; none of them means no field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field(Vec<Way>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    text: String,
    /// The tokens of a pointer.
    tokens: Option<Vec<String>>,
}

impl Field {
    /// A field of one name, or one pointer.
    ///
    /// # Errors
    /// When it is empty.
    pub fn new(text: &str) -> Result<Self, String> {
        Ok(Self(vec![Way::new(text)?]))
    }

    /// Whether it is no field at all: so a declaration takes away what its format would read.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Its names and pointers, as declared.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|way| way.text.as_str())
    }

    /// The name of the column, for a table: pointers lead to none.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|way| way.tokens.is_none()).map(|way| way.text.as_str())
    }

    /// The names of the row's own fields that they are or lead into.
    pub fn tops(&self) -> impl Iterator<Item = &str> {
        let top = |way: &'_ Way| way.tokens.as_ref().and_then(|tokens| tokens.first()).is_some();
        self.0.iter().map(move |way| match &way.tokens {
            Some(tokens) if top(way) => tokens[0].as_str(),
            Some(_) | None => way.text.as_str(),
        })
    }

    /// What stands there, in the order in which it counts.
    pub fn of<'r>(&'r self, row: &'r JsonMap) -> impl Iterator<Item = &'r Value> {
        self.0.iter().filter_map(|way| way.of(row))
    }
}

impl Way {
    fn new(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("names no field; write the name of a column, or leave it out".to_owned());
        }
        let tokens = text.starts_with('/').then(|| tokens(text)).transpose()?;
        Ok(Self { text: text.to_owned(), tokens })
    }

    fn of<'r>(&self, row: &'r JsonMap) -> Option<&'r Value> {
        let Some((first, rest)) = self.tokens.as_ref().and_then(|tokens| tokens.split_first())
        else {
            return row.get(&self.text);
        };
        let step = |value: &'r Value, token: &String| match value {
            Value::Object(object) => object.get(token),
            Value::Array(items) => token.parse::<usize>().ok().and_then(|at| items.get(at)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        rest.iter().try_fold(row.get(first)?, step)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.names().map(|name| format!("`{name}`")).collect();
        f.write_str(&names.join(" or "))
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0[..] {
            [way] => serializer.serialize_str(&way.text),
            ways => serializer.collect_seq(ways.iter().map(|way| &way.text)),
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field: the name of a column or key, a JSON pointer, or a list of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Field, E> {
        Field::new(text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Field, A::Error> {
        let mut ways = Vec::new();
        while let Some(text) = access.next_element::<String>()? {
            ways.push(Way::new(&text).map_err(A::Error::custom)?);
        }
        Ok(Field(ways))
    }
}
