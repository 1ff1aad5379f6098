//! A message in JSON → readings. What a sender may write:
//!
//! * one object: `{"system":"mqtt","scope":"","device":"MQTT-GW-4471","channel":"ch2",
//!   "time":"2026-03-01T08:00:00.123Z","seq":17,"value":81.4,"quality":"good"}`;
//! * several channels at once: `{"device":"D1","time":…,"values":{"ch1":1.0,"ch2":true}}`;
//! * an array of such objects; or one object or array a line (NDJSON).
//!
//! `property` means `channel`; `ts` and `timestamp` mean `time`; `sequence` means `seq`; `v` means
//! `value`. `time` is RFC 3339 with an offset, or a whole number of milliseconds since 1970. Without a
//! time a reading counts as measured when it was received, and then sending it again is not
//! recognised as a repetition. `id` is the sender's own name of the message: problems repeat it.
//!
//! Each reading fails alone. Nothing is rounded or dropped in silence: integers beyond 64 bits, numbers
//! beyond doubles, unknown fields and fields given twice are refused. Decimals become the nearest double.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::item::{Common, Context, Item, single};
use super::object::{Field, Members, Object, ObjectSeed, members};
use super::problem::{Code, Fault, FieldFault, Place, Problems};
use super::scalar;
use crate::domain::id::abridged;

/// How a message is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON text; taken as [`Format::Lines`] when its first line is a whole one and more follow.
    Json,
    /// A JSON text a line (NDJSON). A line that is not JSON fails alone.
    Lines,
}

/// A message, understood as far as it can be.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The good readings.
    pub items: Vec<Item<'a>>,
    /// What is wrong with the others.
    pub problems: Problems,
}

impl Decoded<'_> {
    /// How many readings the message holds, good and bad.
    pub fn received(&self) -> usize {
        self.items.len() + self.problems.readings()
    }
}

/// A message of which nothing can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyFault {
    /// What is wrong with it.
    pub fault: Fault,
    /// The line, counted from 1; 0 when that says nothing.
    pub line: usize,
    /// The column in bytes, counted from 1.
    pub column: usize,
}

/// Understands a message.
///
/// # Errors
/// When it is not JSON at all, or holds too many readings.
pub fn decode<'a>(
    body: &'a [u8],
    format: Format,
    context: &Context<'a>,
) -> Result<Decoded<'a>, BodyFault> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|e| not_utf8(body, e.valid_up_to()))?;
    let mut decoder = Decoder::new(*context);
    let read = if format == Format::Lines || is_lines(text) {
        decoder.lines(text)
    } else {
        decoder.document(text)
    };
    let max = context.limits.message_readings_max;
    if decoder.received() > max {
        let detail = format!("the message holds more than {max} readings; send it in parts");
        return Err(BodyFault {
            fault: Fault::new(Code::TooManyReadings, detail),
            line: 0,
            column: 0,
        });
    }
    read.map_err(|error| not_json(&error))?;
    Ok(Decoded { items: decoder.items, problems: decoder.problems })
}

fn not_utf8(body: &[u8], at: usize) -> BodyFault {
    let before = &body[..at];
    let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    BodyFault {
        fault: Fault::new(
            Code::InvalidUtf8,
            format!("byte {at} is not UTF-8; send JSON encoded as UTF-8"),
        ),
        line: before.iter().filter(|b| **b == b'\n').count() + 1,
        column: at - line_start + 1,
    }
}

fn not_json(error: &serde_json::Error) -> BodyFault {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    BodyFault {
        fault: Fault::new(Code::InvalidJson, format!("not JSON: {message}")),
        line: error.line(),
        column: error.column(),
    }
}

/// Whether the first line is a whole JSON text and more follow: then it cannot be one JSON text.
fn is_lines(text: &str) -> bool {
    let Some((first, rest)) = text.trim_start().split_once('\n') else {
        return false;
    };
    first.trim_end().ends_with(['}', ']'])
        && !rest.trim_start().is_empty()
        && serde_json::from_str::<serde::de::IgnoredAny>(first).is_ok()
}

struct Decoder<'a> {
    context: Context<'a>,
    items: Vec<Item<'a>>,
    problems: Problems,
    place: Place,
}

impl<'a> Decoder<'a> {
    fn new(context: Context<'a>) -> Self {
        Self {
            context,
            items: Vec::new(),
            problems: Problems::new(context.limits.problems_max),
            place: Place::default(),
        }
    }

    fn received(&self) -> usize {
        self.items.len() + self.problems.readings()
    }

    fn is_full(&self) -> bool {
        self.received() > self.context.limits.message_readings_max
    }

    /// One JSON text: an object, an array of objects, or a bare value where the topic says of what.
    fn document(&mut self, text: &'a str) -> Result<(), serde_json::Error> {
        let mut json = serde_json::Deserializer::from_str(text);
        match text.trim_start().as_bytes().first() {
            Some(b'[') => json.deserialize_seq(ItemsVisitor(self))?,
            Some(first) if *first != b'{' && self.context.channel.is_some() => {
                let raw: &'a RawValue = serde::Deserialize::deserialize(&mut json)?;
                self.take(&Object::of_value(raw.get()));
            }
            _ => {
                let mut object = Object::default();
                ObjectSeed(&mut object).deserialize(&mut json)?;
                self.take(&object);
            }
        }
        json.end()
    }

    fn lines(&mut self, text: &'a str) -> Result<(), serde_json::Error> {
        for (nth, line) in text.split('\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            self.place.line = u32::try_from(nth + 1).unwrap_or(u32::MAX);
            let kept = self.items.len();
            let place = self.place;
            if let Err(error) = self.document(line)
                && !self.is_full()
            {
                let lost = self.items.len() - kept;
                self.items.truncate(kept);
                let BodyFault { fault, column, .. } = not_json(&error);
                let detail = format!("{} at column {column} of the line", fault.detail);
                let fault = Fault::new(fault.code, detail);
                self.problems.add(Some(place), None, lost.max(1), fault);
                self.place.index = self.place.index.max(place.index + 1);
            }
            if self.is_full() {
                break;
            }
        }
        Ok(())
    }

    /// Adds the readings of one object, or what is wrong with them.
    fn take(&mut self, object: &Object<'a>) {
        let place = self.place;
        self.place.index += 1;
        let max = self.context.limits.message_readings_max;
        let members = match object.get(Field::Values).map(|json| members(json, max)) {
            None => Ok(None),
            Some(Ok(Some(members))) => Ok(Some(members)),
            Some(Ok(None)) => {
                let fault = Fault::new(Code::TooManyReadings, "too many values");
                self.problems.add(Some(place), None, max + 1, fault);
                return;
            }
            Some(Err(fault)) => Err(fault),
        };
        let readings = match &members {
            Ok(Some(members)) => members.len().max(1),
            _ => 1,
        };
        let taken = members.and_then(|members| match members {
            None => self.take_single(object, place),
            Some(members) => self.take_members(object, place, members),
        });
        if let Err(fault) = taken {
            let id = object.get(Field::Id).map(name_of);
            self.problems.add(Some(place), id.as_deref(), readings, fault);
        }
    }

    fn take_single(&mut self, object: &Object<'a>, place: Place) -> Result<(), FieldFault> {
        if let Some(fault) = &object.fault {
            return Err(FieldFault::clone(fault));
        }
        let common = Common::of(&self.context, object, place)?;
        let (channel, value) = single(&self.context, object)?;
        self.items.push(common.item(channel, value));
        Ok(())
    }

    fn take_members(
        &mut self,
        object: &Object<'a>,
        place: Place,
        members: Members<'a>,
    ) -> Result<(), FieldFault> {
        if let Some(fault) = &object.fault {
            return Err(FieldFault::clone(fault));
        }
        let one = [Field::Value, Field::Channel];
        let one = one.into_iter().find(|field| object.get(*field).is_some());
        if one.is_some() || self.context.channel.is_some() {
            let detail = "stands beside one channel that is named already; give either `values` or `channel` and `value`";
            return Err(Fault::new(Code::ConflictingFields, detail).at(Field::Values.name()));
        }
        if members.is_empty() {
            let detail = "names no channel; give at least one, for example {\"ch1\": 1.5}";
            return Err(Fault::new(Code::MissingField, detail).at(Field::Values.name()));
        }
        let common = Common::of(&self.context, object, place)?;
        for (channel, json) in members {
            match scalar::value(json, self.context.limits) {
                Ok(value) => self.items.push(common.next_item(channel, value)),
                Err(fault) => {
                    let id = object.get(Field::Id).map(name_of);
                    let field = format!("{}.{}", Field::Values.name(), abridged(&channel));
                    self.problems.add(Some(place), id.as_deref(), 1, fault.at(field));
                }
            }
        }
        Ok(())
    }
}

/// The sender's name of a message, as it stands: it is only repeated.
fn name_of(json: &str) -> String {
    scalar::string(json).map_or_else(|_| json.to_owned(), |text| text.into_owned())
}

/// Takes the elements of an array one by one, so that they are never held together.
struct ItemsVisitor<'d, 'a>(&'d mut Decoder<'a>);

impl<'a> Visitor<'a> for ItemsVisitor<'_, 'a> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of readings")
    }
    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut object = Object::default();
        while seq.next_element_seed(ObjectSeed(&mut object))?.is_some() {
            self.0.take(&object);
            object = Object::default();
            if self.0.is_full() {
                return Err(A::Error::custom("too many readings"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "envelope_tests.rs"]
mod tests;
