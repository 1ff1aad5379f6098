//! The source that says most.

use serde_json::Value;

use super::claim::Claim;
use super::measure::Measure;

/// How many values of the property or group are filled, and how many of the source's record.
///
/// An address of four lines goes before one of two; of two names, that of the fuller record.
pub fn measure<'a>(claim: &Claim<'a>) -> Measure<'a> {
    Measure::Filled(claim.values.iter().map(|(_, value)| filled(value)).sum(), claim.given)
}

fn filled(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::String(text) => usize::from(!text.trim().is_empty()),
        Value::Array(items) => items.iter().map(filled).sum(),
        Value::Object(map) => map.values().map(filled).sum(),
        Value::Bool(_) | Value::Number(_) => 1,
    }
}
