//! Conversion of what a stream measures into what a property is told in.

use serde::{Deserialize, Serialize};

use super::value::Value;
use crate::dtdl::units::{UnitError, find};

/// A linear conversion, `property = stream × scale + offset`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Conversion {
    /// Factor; never 0.
    pub scale: f64,
    /// Added after scaling, in the property's unit.
    #[serde(default)]
    pub offset: f64,
}

/// How values in `from` become values in `to`, each a DTDL name or a UCUM code; `None` when they stay as they are.
///
/// # Errors
/// When a unit is not known, or the two measure different things.
pub fn conversion(from: &str, to: &str) -> Result<Option<Conversion>, UnitError> {
    let (scale, offset) = find(from)?.linear_to(find(to)?)?;
    Ok(Conversion::new(scale, offset).filter(|c| c.scale != 1.0 || c.offset != 0.0))
}

impl Conversion {
    /// The conversion, if both numbers are finite and the scale is not 0.
    pub fn new(scale: f64, offset: f64) -> Option<Self> {
        (scale.is_finite() && scale != 0.0 && offset.is_finite()).then_some(Self { scale, offset })
    }

    /// The converted value, to 15 significant digits: what a double keeps of any decimal number.
    /// What is no number, or leaves the range of doubles, stays as it is.
    pub fn apply(&self, value: &Value) -> Value {
        value
            .as_f64()
            .and_then(|number| Value::double(decimal(number * self.scale + self.offset)))
            .unwrap_or_else(|| value.clone())
    }
}

/// The number without the digits that only the arithmetic has: 402.8 kPa are 4.028 bar, not 4.0280000000000005.
fn decimal(number: f64) -> f64 {
    format!("{number:.14e}").parse().unwrap_or(number)
}
