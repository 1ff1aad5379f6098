//! One JSON object of a message, cut into its fields but not yet understood.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::problem::{Code, Fault, FieldFault};
use super::scalar;
use crate::domain::id::abridged;

/// A field of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    System,
    Scope,
    Device,
    Channel,
    Time,
    Sequence,
    Value,
    Values,
    Quality,
    Id,
}

const FIELDS: usize = 10;

/// What a sender may write, for messages.
const KNOWN: &str = "system, scope, device, channel (or property), time (or ts, timestamp), seq (or sequence), value (or v), values, quality, id";

impl Field {
    fn of(key: &str) -> Option<Self> {
        Some(match key {
            "system" => Self::System,
            "scope" => Self::Scope,
            "device" => Self::Device,
            "channel" | "property" => Self::Channel,
            "time" | "ts" | "timestamp" => Self::Time,
            "seq" | "sequence" => Self::Sequence,
            "value" | "v" => Self::Value,
            "values" => Self::Values,
            "quality" => Self::Quality,
            "id" => Self::Id,
            _ => return None,
        })
    }

    /// The field's name in problems.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Scope => "scope",
            Self::Device => "device",
            Self::Channel => "channel",
            Self::Time => "time",
            Self::Sequence => "seq",
            Self::Value => "value",
            Self::Values => "values",
            Self::Quality => "quality",
            Self::Id => "id",
        }
    }
}

/// The fields of one object as JSON texts, and the first thing wrong with its keys.
#[derive(Debug, Default)]
pub(super) struct Object<'a> {
    fields: [Option<&'a str>; FIELDS],
    pub(super) fault: Option<Box<FieldFault>>,
}

impl<'a> Object<'a> {
    /// An object that says nothing but a value.
    pub(super) fn of_value(json: &'a str) -> Self {
        let mut object = Self::default();
        object.fields[Field::Value as usize] = Some(json);
        object
    }

    /// What is not an object.
    fn none() -> Self {
        let fault = Fault::new(
            Code::NotAnObject,
            "a reading is an object such as {\"device\": \"D1\", \"channel\": \"ch1\", \"time\": \"2026-03-01T08:00:00Z\", \"value\": 1.5}",
        );
        Self { fields: [None; FIELDS], fault: Some(Box::new(fault.into())) }
    }

    /// A field as JSON text.
    pub(super) fn get(&self, field: Field) -> Option<&'a str> {
        self.fields[field as usize]
    }

    /// A field that must be a string, if it is there.
    pub(super) fn text(&self, field: Field) -> Result<Option<Cow<'a, str>>, FieldFault> {
        match self.get(field) {
            None => Ok(None),
            Some(json) => scalar::string(json).map(Some).map_err(|fault| fault.at(field.name())),
        }
    }

    fn set(&mut self, key: Key, json: &'a str) {
        let fault = match key {
            Key::Known(field) => {
                let slot = &mut self.fields[field as usize];
                if slot.is_none() {
                    *slot = Some(json);
                    return;
                }
                let detail = "is given twice (also under its other names); keep one";
                Fault::new(Code::DuplicateField, detail).at(field.name())
            }
            Key::Unknown(key) => {
                let detail = format!("`{key}` is no field of a reading; known are: {KNOWN}");
                Fault::new(Code::UnknownField, detail).at(key)
            }
        };
        self.fault.get_or_insert_with(|| Box::new(fault));
    }
}

enum Key {
    Known(Field),
    /// Abridged.
    Unknown(String),
}

struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Key, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        Ok(Field::of(key).map_or_else(|| Key::Unknown(abridged(key)), Key::Known))
    }
}

/// Reads one item of a message, whatever it is, into an empty object: moving one costs more than reading it.
pub(super) struct ObjectSeed<'o, 'de>(pub(super) &'o mut Object<'de>);

impl ObjectSeed<'_, '_> {
    fn none<E>(self) -> Result<(), E> {
        *self.0 = Object::none();
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reading")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let raw: &'de RawValue = map.next_value()?;
            self.0.set(key, raw.get());
        }
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.none()
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.none()
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.none()
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.none()
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.none()
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.none()
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        self.none()
    }
}

/// The members of a `values` object, in their order.
pub(super) type Members<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// The channels and values of a `values` object; [`None`] when there are more than `max`.
///
/// # Errors
/// When it is no object, or names a channel twice.
pub(super) fn members(json: &str, max: usize) -> Result<Option<Members<'_>>, FieldFault> {
    let name = Field::Values.name();
    if !json.starts_with('{') {
        let detail = "must be an object of channels and values, for example {\"ch1\": 1.5}";
        return Err(Fault::new(Code::WrongType, detail).at(name));
    }
    let mut members = Members::new();
    let seed = MembersSeed { members: &mut members, max };
    let visited = seed.deserialize(&mut serde_json::Deserializer::from_str(json));
    if members.len() > max {
        return Ok(None);
    }
    visited.map_err(|e| Fault::new(Code::InvalidText, format!("cannot be read: {e}")).at(name))?;
    match twice(&members) {
        Some(channel) => {
            let detail = "the channel comes twice; keep one";
            let field = format!("{name}.{}", abridged(channel));
            Err(Fault::new(Code::DuplicateField, detail).at(field))
        }
        None => Ok(Some(members)),
    }
}

fn twice<'a>(members: &'a Members<'_>) -> Option<&'a str> {
    let mut channels: Vec<&str> = members.iter().map(|(channel, _)| channel.as_ref()).collect();
    channels.sort_unstable();
    channels.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

struct MembersSeed<'m, 'de> {
    members: &'m mut Members<'de>,
    max: usize,
}

impl<'de> DeserializeSeed<'de> for MembersSeed<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MembersSeed<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(channel) = map.next_key_seed(TextSeed)? {
            let raw: &'de RawValue = map.next_value()?;
            self.members.push((channel, raw.get()));
            if self.members.len() > self.max {
                return Err(A::Error::custom("too many"));
            }
        }
        Ok(())
    }
}

/// A string, borrowed where it can be; serde's own `Cow` always copies.
struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Cow<'de, str>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for TextSeed {
    type Value = Cow<'de, str>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
