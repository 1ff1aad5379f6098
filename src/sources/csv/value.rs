//! The value that a cell is, by the schema of its property.

use serde_json::Value;

use crate::domain::id::abridged;
use crate::dtdl::{Catalogue, ContentKind, Dtmi, Schema};

/// The value of a cell for the property at `path` of `model`: a text where the schema takes one,
/// otherwise the number or truth value that it spells. What fits nothing stays a text, and the
/// engine says what was expected.
pub fn typed(catalogue: &Catalogue, model: Option<&Dtmi>, path: &str, cell: &str) -> Value {
    let text = Value::from(cell);
    let Some(interface) = model.and_then(|model| catalogue.get(model)) else {
        return text;
    };
    let Some(content) = interface.content(path) else {
        return text;
    };
    match &content.kind {
        ContentKind::Property { schema, .. } => fitting(schema, cell).unwrap_or(text),
        ContentKind::Telemetry { .. }
        | ContentKind::Relationship { .. }
        | ContentKind::Component { .. }
        | ContentKind::Command { .. } => text,
    }
}

fn fitting(schema: &Schema, cell: &str) -> Option<Value> {
    let text = Value::from(cell);
    let whole = cell.parse::<i64>().ok().map(Value::from);
    let double = exact_double(cell).map(Value::from);
    let truth = match cell.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" => Some(Value::Bool(true)),
        "false" | "no" | "n" => Some(Value::Bool(false)),
        _ => None,
    };
    [Some(text), whole, double, truth]
        .into_iter()
        .flatten()
        .find(|value| schema.validate(value).is_ok())
}

/// A number as written in tables; `NaN`, `inf` and whole numbers that a double cannot hold are none.
fn exact_double(cell: &str) -> Option<f64> {
    let spelled = cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let number = cell.parse::<f64>().ok().filter(|n| spelled && n.is_finite())?;
    let whole = !cell.contains(['.', 'e', 'E']);
    let exact = !whole || number.abs() <= 9_007_199_254_740_992.0;
    exact.then_some(number)
}

/// A cell as it stands in a message.
pub fn shown(cell: &str) -> String {
    format!("`{}`", abridged(cell))
}
