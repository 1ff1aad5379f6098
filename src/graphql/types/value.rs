//! Typed values: what a property or telemetry of a model has, measured or stated.

use std::sync::Arc;

use async_graphql::dynamic::{Field, Type};
use async_graphql::{Result, Value as Out};

use super::property::Said;
use super::scalars::quality_item;
use super::stream::StreamAt;
use super::twin::TwinAt;
use crate::domain::value::Value;
use crate::dtdl::{Catalogue, ContentKind, Dtmi, Schema};
use crate::engine::Measured;
use crate::graphql::build::{
    Answer, field, json, long, moment, object, one, optional_text, scalar, text,
};
use crate::graphql::scope::Reader;

/// What a value is in GraphQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A double.
    Float,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    Long,
    /// True or false.
    Boolean,
    /// A text, and what is written as one: dates, times, durations, enums of texts.
    String,
    /// A moment.
    DateTime,
    /// Anything with parts: objects, arrays, maps.
    Json,
}

const KINDS: [Kind; 7] =
    [Kind::Float, Kind::Int, Kind::Long, Kind::Boolean, Kind::String, Kind::DateTime, Kind::Json];

impl Kind {
    /// What values of a schema are.
    pub fn of(schema: &Schema) -> Self {
        match schema {
            Schema::Boolean => Self::Boolean,
            Schema::Double | Schema::Float => Self::Float,
            Schema::Byte
            | Schema::Short
            | Schema::Integer
            | Schema::UnsignedByte
            | Schema::UnsignedShort => Self::Int,
            Schema::Long | Schema::UnsignedInteger | Schema::UnsignedLong => Self::Long,
            Schema::Enum(listed) if listed.of_integers => Self::Int,
            Schema::String
            | Schema::Bytes
            | Schema::Date
            | Schema::Decimal
            | Schema::Duration
            | Schema::Time
            | Schema::Uuid
            | Schema::Enum(_) => Self::String,
            Schema::DateTime => Self::DateTime,
            Schema::Object { .. }
            | Schema::Array { .. }
            | Schema::Map { .. }
            | Schema::Geospatial(_)
            | Schema::Recursive(_) => Self::Json,
        }
    }

    /// The name of the value type.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Float => "FloatValue",
            Self::Int => "IntValue",
            Self::Long => "LongValue",
            Self::Boolean => "BooleanValue",
            Self::String => "StringValue",
            Self::DateTime => "DateTimeValue",
            Self::Json => "JsonValue",
        }
    }

    fn scalar(self) -> &'static str {
        match self {
            Self::Float => "Float",
            Self::Int => "Int",
            Self::Long => "Long",
            Self::Boolean => "Boolean",
            Self::String => "String",
            Self::DateTime => "DateTime",
            Self::Json => "JSON",
        }
    }

    /// The value, if it is of this kind exactly: nothing is rounded or guessed.
    fn exactly(self, value: &Value) -> Result<Option<Out>> {
        Ok(match (self, value) {
            (Self::Float, value) => value.as_f64().map(Out::from),
            (Self::Int, value) => whole(value).and_then(|n| i32::try_from(n).ok()).map(Out::from),
            (Self::Long, value) => whole(value).map(long),
            (Self::Boolean, Value::Boolean(flag)) => Some(Out::from(*flag)),
            (Self::String | Self::DateTime, Value::Text(text)) => Some(Out::from(text.as_ref())),
            (Self::Json, value) => Some(json(&value.to_json())?),
            (Self::Boolean | Self::String | Self::DateTime, _) => None,
        })
    }
}

/// A number without a fraction; doubles only where each whole number has its own.
fn whole(value: &Value) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Integer(number) => Some(*number),
        Value::Double(number) if number.fract() == 0.0 && number.abs() < EXACT => {
            Some(*number as i64)
        }
        Value::Double(_) | Value::Boolean(_) | Value::Text(_) | Value::Json(_) => None,
    }
}

/// A value with where it comes from.
pub struct ValueAt {
    value: Value,
    from: Origin,
    unit: Option<Arc<str>>,
    at: Arc<Reader>,
}

enum Origin {
    Measured(Measured),
    Stated(Said),
}

impl ValueAt {
    /// The value of a twin's property: measured if a stream measures it, else as master data says.
    ///
    /// # Errors
    /// When history has to be asked and the store does not answer.
    pub async fn find(twin: &TwinAt, path: &str, unit: Option<&Arc<str>>) -> Result<Option<Self>> {
        let at = twin.at.clone();
        if let Some(measured) = at.measured(twin.id).await?.get(path) {
            let unit = unit.or(measured.stream_unit.as_ref()).cloned();
            let (value, from) = (measured.value.clone(), Origin::Measured(measured.clone()));
            return Ok(Some(Self { value, from, unit, at }));
        }
        let stated = at.view(|view| view.property(twin.id, path).map(Said::from));
        Ok(stated.and_then(|said| {
            let value = Value::from_json(said.value.clone())?;
            Some(Self { value, from: Origin::Stated(said), unit: unit.cloned(), at })
        }))
    }

    fn measured(&self) -> Option<&Measured> {
        match &self.from {
            Origin::Measured(measured) => Some(measured),
            Origin::Stated(_) => None,
        }
    }

    fn stated(&self) -> Option<&Said> {
        match &self.from {
            Origin::Stated(said) => Some(said),
            Origin::Measured(_) => None,
        }
    }
}

/// The value types.
pub fn types() -> Vec<Type> {
    KINDS.into_iter().map(value_type).collect()
}

fn value_type(kind: Kind) -> Type {
    let mut fields = vec![
        field::<ValueAt, _>("value", kind.scalar(), move |v, _| match kind.exactly(&v.value)? {
            Some(value) => scalar(value),
            None => Ok(None),
        })
        .description("The value; null when what was measured is of another type: then see `json`."),
        field::<ValueAt, _>("json", "JSON!", |v, _| scalar(json(&v.value.to_json())?))
            .description("The value as it is, of whatever type."),
        field::<ValueAt, _>("unit", "String", |v, _| optional_text(v.unit.as_ref()))
            .description("The unit, by its DTDL name."),
    ];
    fields.extend(measured_fields());
    fields.extend(stated_fields());
    let description = "A value of a property, measured by a stream or stated as master data.";
    object(kind.type_name(), description, fields).into()
}

fn measured_fields() -> [Field; 3] {
    let measured = |v: &ValueAt, show: fn(&Measured) -> Answer| v.measured().map_or(Ok(None), show);
    [
        field::<ValueAt, _>("eventTime", "DateTime", move |v, _| {
            measured(v, |m| text(m.time.to_string()))
        })
        .description("When it was measured; null for master data."),
        field::<ValueAt, _>("quality", "Quality", move |v, _| {
            measured(v, |m| quality_item(m.quality))
        }),
        field::<ValueAt, _>("stream", "Stream", |v, _| match v.measured() {
            Some(m) => one(StreamAt { id: m.stream, at: v.at.clone() }),
            None => Ok(None),
        })
        .description("The channel that measured it; null for master data."),
    ]
}

fn stated_fields() -> [Field; 3] {
    let stated = |v: &ValueAt, show: fn(&Said) -> Answer| v.stated().map_or(Ok(None), show);
    [
        field::<ValueAt, _>("source", "String", move |v, _| {
            stated(v, |said| optional_text(said.source.as_ref()))
        })
        .description("The system that stated it; null when measured, or when a client did."),
        field::<ValueAt, _>("validFrom", "DateTime", move |v, _| {
            stated(v, |said| moment(said.valid.from))
        })
        .description("Since when master data says so; null when measured, or for always."),
        field::<ValueAt, _>("validTo", "DateTime", move |v, _| {
            stated(v, |said| moment(said.valid.to))
        }),
    ]
}

/// The unit of a property or telemetry of a model, through its components.
pub fn unit_of(catalogue: &Catalogue, model: &Dtmi, path: &str) -> Option<&'static str> {
    let mut interface = catalogue.get(model)?;
    let mut steps = path.split('/').peekable();
    while let Some(step) = steps.next() {
        match &interface.content(step)?.kind {
            ContentKind::Component { schema, .. } if steps.peek().is_some() => {
                interface = catalogue.get(schema)?;
            }
            ContentKind::Property { semantic, .. } | ContentKind::Telemetry { semantic, .. } => {
                return semantic.as_ref()?.unit;
            }
            ContentKind::Component { .. }
            | ContentKind::Relationship { .. }
            | ContentKind::Command { .. } => return None,
        }
    }
    None
}
