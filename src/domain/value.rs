//! The value of a reading: exact, comparable, and small.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A measured value.
///
/// Doubles are always finite and never `-0.0`, so that equal values are equal bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number, exact.
    Integer(i64),
    /// A finite IEEE 754 double.
    Double(f64),
    /// A text.
    Text(Arc<str>),
    /// An object or array, as compact JSON text with keys in order.
    Json(Arc<str>),
}

impl Value {
    /// A double, unless it is NaN or infinite.
    pub fn double(number: f64) -> Option<Self> {
        // Adding zero turns -0.0 into 0.0.
        number.is_finite().then_some(Self::Double(number + 0.0))
    }

    /// The number that the value is, for conversion and typed answers.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Double(number) => Some(*number),
            Self::Integer(number) => Some(*number as f64),
            Self::Boolean(_) | Self::Text(_) | Self::Json(_) => None,
        }
    }

    /// A small number that tells the variants apart in stores and fingerprints.
    pub fn kind(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Integer(_) => 1,
            Self::Double(_) => 2,
            Self::Text(_) => 3,
            Self::Json(_) => 4,
        }
    }

    /// The value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Boolean(b) => (*b).into(),
            Self::Integer(i) => (*i).into(),
            Self::Double(d) => (*d).into(),
            Self::Text(t) => t.as_ref().into(),
            Self::Json(text) => serde_json::from_str(text).unwrap_or(serde_json::Value::Null),
        }
    }

    /// The value of a JSON value; `None` for null.
    ///
    /// Whoever parses JSON text must refuse integers beyond `i64` before, because
    /// `serde_json` rounds those to doubles.
    pub fn from_json(json: serde_json::Value) -> Option<Self> {
        Some(match json {
            serde_json::Value::Null => return None,
            serde_json::Value::Bool(b) => Self::Boolean(b),
            serde_json::Value::Number(n) => match n.as_i64() {
                Some(i) => Self::Integer(i),
                None => return n.as_f64().and_then(Self::double),
            },
            serde_json::Value::String(s) => Self::Text(s.into()),
            json @ (serde_json::Value::Array(_) | serde_json::Value::Object(_)) => {
                Self::Json(json.to_string().into())
            }
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(b) => b.fmt(f),
            Self::Integer(i) => i.fmt(f),
            Self::Double(d) => d.fmt(f),
            Self::Text(t) | Self::Json(t) => t.fmt(f),
        }
    }
}
