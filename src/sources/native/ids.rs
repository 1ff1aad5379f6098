//! Ids as files write them.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::domain::command::TwinRef;
use crate::domain::id::{ExternalId, InvalidId, abridged};

/// An external id: `"system:id"`, or an object with a scope.
#[derive(Debug)]
pub struct IdText(pub ExternalId);

/// A twin: any of its external ids, or its own.
#[derive(Debug)]
pub struct TwinText(pub TwinRef);

/// The id that `"system:id"` is; all after the first colon is the id.
///
/// # Errors
/// When there is no colon, or a part is no id.
pub fn parse_external(text: &str) -> Result<ExternalId, InvalidId> {
    let Some((system, id)) = text.split_once(':') else {
        return Err(InvalidId {
            what: "the id",
            problem: format!("`{}` names no system; write `system:id`", abridged(text)),
        });
    };
    ExternalId::new(system, "", id)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Scoped {
    system: String,
    #[serde(default)]
    scope: String,
    id: String,
}

impl<'de> Deserialize<'de> for IdText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor).map(Self)
    }
}

impl<'de> Deserialize<'de> for TwinText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TwinVisitor).map(Self)
    }
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = ExternalId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id: \"system:id\", or {\"system\": …, \"scope\": …, \"id\": …}")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ExternalId, E> {
        parse_external(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ExternalId, A::Error> {
        let parts = Scoped::deserialize(MapAccessDeserializer::new(map))?;
        ExternalId::new(&parts.system, &parts.scope, &parts.id).map_err(A::Error::custom)
    }
}

struct TwinVisitor;

impl<'de> Visitor<'de> for TwinVisitor {
    type Value = TwinRef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a twin: one of its ids such as \"cmms:EQ-1\", or its own, a UUID")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<TwinRef, E> {
        match text.parse() {
            Ok(id) => Ok(TwinRef::Id(id)),
            Err(_) => IdVisitor.visit_str(text).map(TwinRef::External),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TwinRef, A::Error> {
        IdVisitor.visit_map(map).map(TwinRef::External)
    }
}
