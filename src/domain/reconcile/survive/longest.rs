//! The longest value.

use serde_json::Value;

use super::claim::Claim;
use super::measure::Measure;

/// How many characters the values have, without spaces around them.
///
/// `Rinse water pump, line 3` goes before `Pump 3`.
pub fn measure<'a>(claim: &Claim<'a>) -> Measure<'a> {
    Measure::Count(claim.values.iter().map(|(_, value)| length(value)).sum())
}

fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.trim().chars().count(),
        other => other.to_string().len(),
    }
}
