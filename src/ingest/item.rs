//! An object's fields → readings, or what is wrong with them.

use std::borrow::Cow;

use super::limits::DecodeLimits;
use super::object::{Field, Object};
use super::problem::{Code, Fault, FieldFault, Place};
use super::scalar::{self, Number};
use crate::domain::id::abridged;
use crate::domain::reading::Quality;
use crate::domain::time::Timestamp;
use crate::domain::value::Value;

/// What is known about a message besides its content.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The limits.
    pub limits: &'a DecodeLimits,
    /// The moment of receipt: the event time of readings that give none.
    pub now: Timestamp,
    /// The system of devices that give none.
    pub system: Option<&'a str>,
    /// The scope, when the topic names it.
    pub scope: Option<&'a str>,
    /// The device, when the topic names it.
    pub device: Option<&'a str>,
    /// The channel, when the topic names it.
    pub channel: Option<&'a str>,
    /// Whether a broker kept the message, so that the moment of receipt says nothing about it.
    pub retained: bool,
}

impl<'a> Context<'a> {
    /// A message about which nothing else is known.
    pub fn new(limits: &'a DecodeLimits, now: Timestamp) -> Self {
        Self {
            limits,
            now,
            system: None,
            scope: None,
            device: None,
            channel: None,
            retained: false,
        }
    }
}

/// A reading as its message names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<'a> {
    /// Where in the message it stands.
    pub place: Place,
    /// The system that names the device.
    pub system: Cow<'a, str>,
    /// The scope of the device's id.
    pub scope: Cow<'a, str>,
    /// The device's id.
    pub device: Cow<'a, str>,
    /// The channel.
    pub channel: Cow<'a, str>,
    /// When it was measured.
    pub time: Timestamp,
    /// The device's own count.
    pub sequence: u64,
    /// What was measured.
    pub value: Value,
    /// How good it is.
    pub quality: Quality,
}

/// What the readings of one object share.
pub(super) struct Common<'a> {
    place: Place,
    system: Cow<'a, str>,
    scope: Cow<'a, str>,
    device: Cow<'a, str>,
    time: Timestamp,
    sequence: u64,
    quality: Quality,
}

impl<'a> Common<'a> {
    /// Everything but channel and value.
    pub(super) fn of(
        context: &Context<'a>,
        object: &Object<'a>,
        place: Place,
    ) -> Result<Self, FieldFault> {
        let system = object.text(Field::System)?;
        let Some(system) = system.or(context.system.map(Cow::Borrowed)) else {
            return Err(missing(
                Field::System,
                "the system that names the device; add it, or set it for the whole request with `?system=`",
            ));
        };
        let scope = named(object, Field::Scope, context.scope)?.unwrap_or(Cow::Borrowed(""));
        let Some(device) = named(object, Field::Device, context.device)? else {
            return Err(missing(Field::Device, "the device's id"));
        };
        Ok(Self {
            place,
            system,
            scope,
            device,
            time: time(context, object)?,
            sequence: sequence(object)?,
            quality: quality(object)?,
        })
    }

    /// One reading.
    pub(super) fn item(self, channel: Cow<'a, str>, value: Value) -> Item<'a> {
        Item {
            place: self.place,
            system: self.system,
            scope: self.scope,
            device: self.device,
            channel,
            time: self.time,
            sequence: self.sequence,
            value,
            quality: self.quality,
        }
    }

    /// One of several readings.
    pub(super) fn next_item(&self, channel: Cow<'a, str>, value: Value) -> Item<'a> {
        Item {
            place: self.place,
            system: self.system.clone(),
            scope: self.scope.clone(),
            device: self.device.clone(),
            channel,
            time: self.time,
            sequence: self.sequence,
            value,
            quality: self.quality,
        }
    }
}

/// The channel and value of an object with one reading.
pub(super) fn single<'a>(
    context: &Context<'a>,
    object: &Object<'a>,
) -> Result<(Cow<'a, str>, Value), FieldFault> {
    let Some(channel) = named(object, Field::Channel, context.channel)? else {
        return Err(missing(
            Field::Channel,
            "the channel of the device; or give several as `values`",
        ));
    };
    let Some(json) = object.get(Field::Value) else {
        return Err(missing(Field::Value, "what was measured"));
    };
    let value =
        scalar::value(json, context.limits).map_err(|fault| fault.at(Field::Value.name()))?;
    Ok((channel, value))
}

fn missing(field: Field, what: &str) -> FieldFault {
    Fault::new(Code::MissingField, format!("is missing: {what}")).at(field.name())
}

/// A name that the object or the topic gives; when both do, they must agree.
fn named<'a>(
    object: &Object<'a>,
    field: Field,
    of_topic: Option<&'a str>,
) -> Result<Option<Cow<'a, str>>, FieldFault> {
    let given = object.text(field)?;
    match (given, of_topic) {
        (given, None) => Ok(given),
        (None, Some(topic)) => Ok(Some(Cow::Borrowed(topic))),
        (Some(given), Some(topic)) if given == topic => Ok(Some(given)),
        (Some(given), Some(topic)) => {
            let (given, topic) = (abridged(&given), abridged(topic));
            let detail =
                format!("is `{given}`, but the topic says `{topic}`; leave it out, or correct one");
            Err(Fault::new(Code::ConflictingFields, detail).at(field.name()))
        }
    }
}

fn time(context: &Context<'_>, object: &Object<'_>) -> Result<Timestamp, FieldFault> {
    let at = |fault: Fault| fault.at(Field::Time.name());
    let Some(json) = object.get(Field::Time) else {
        return if context.retained {
            let detail = "is missing: the broker kept this message, so the moment of receipt is not when it was measured; send `time`, or do not retain";
            Err(at(Fault::new(Code::RetainedWithoutTime, detail)))
        } else {
            Ok(context.now)
        };
    };
    let time = if json.starts_with('"') {
        let text = scalar::string(json).map_err(at)?;
        text.parse::<Timestamp>().map_err(|e| at(Fault::new(Code::InvalidTime, e.to_string())))?
    } else {
        epoch_millis(json).map_err(at)?
    };
    let skew = i64::try_from(context.limits.future_skew.as_nanos()).unwrap_or(i64::MAX);
    if time > context.now.plus_nanos(skew) {
        let (now, skew) = (context.now, context.limits.future_skew.as_secs());
        let detail = format!(
            "{time} is more than {skew} s ahead of the server, where it is {now}; set the device's clock (a number is milliseconds since 1970)"
        );
        return Err(at(Fault::new(Code::TimeInFuture, detail)));
    }
    Ok(time)
}

fn epoch_millis(json: &str) -> Result<Timestamp, Fault> {
    let millis = match json.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => json.parse::<i64>().ok(),
        _ => None,
    };
    millis.and_then(Timestamp::from_millis).ok_or_else(|| {
        let json = abridged(json);
        Fault::new(
            Code::InvalidTime,
            format!(
                "`{json}` is not a moment; write RFC 3339 with an offset, for example \"2026-03-01T08:00:00Z\", or whole milliseconds since 1970 within the years 1678 to 2261"
            ),
        )
    })
}

fn sequence(object: &Object<'_>) -> Result<u64, FieldFault> {
    let Some(json) = object.get(Field::Sequence) else {
        return Ok(0);
    };
    // Held to 63 bits because databases have no unsigned integers.
    let sequence = match json.as_bytes().first() {
        Some(b'-' | b'0'..=b'9') => scalar::number(json).ok(),
        _ => None,
    };
    if let Some(Number::Integer(number)) = sequence
        && let Ok(number) = u64::try_from(number)
    {
        return Ok(number);
    }
    let detail = format!("`{}` is not a whole number from 0 to {}", abridged(json), i64::MAX);
    Err(Fault::new(Code::WrongType, detail).at(Field::Sequence.name()))
}

fn quality(object: &Object<'_>) -> Result<Quality, FieldFault> {
    let Some(text) = object.text(Field::Quality)? else {
        return Ok(Quality::Good);
    };
    [("good", Quality::Good), ("uncertain", Quality::Uncertain), ("bad", Quality::Bad)]
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, quality)| quality)
        .ok_or_else(|| {
            let detail = format!("`{}` is none of good, uncertain, bad", abridged(&text));
            Fault::new(Code::WrongType, detail).at(Field::Quality.name())
        })
}
