//! The value that a field is, by the schema of its property.

use serde_json::Value;

use crate::domain::unit::conversion;
use crate::domain::value::Value as Measured;
use crate::dtdl::{Catalogue, Content, ContentKind, Dtmi, Schema};

/// The property at `path` of a model, where the model is known and has it.
pub fn property<'c>(catalogue: &'c Catalogue, model: &Dtmi, path: &str) -> Option<&'c Content> {
    let interface = catalogue.get(model)?;
    match path.split_once('/') {
        None => interface.content(path).map(AsRef::as_ref),
        Some((component, rest)) => match &interface.content(component)?.kind {
            ContentKind::Component { schema } => property(catalogue, schema, rest),
            ContentKind::Property { .. } => interface.content(component).map(AsRef::as_ref),
            ContentKind::Telemetry { .. }
            | ContentKind::Relationship { .. }
            | ContentKind::Command { .. } => None,
        },
    }
}

/// The value for a property: as it is where the schema takes it, otherwise the number or truth value
/// that it spells. What fits nothing stays as it is, and the engine says what was expected.
pub fn typed(content: Option<&Content>, value: &Value) -> Value {
    let value = match value {
        Value::String(text) => Value::from(text.trim()),
        value => value.clone(),
    };
    match content.map(|content| &content.kind) {
        Some(ContentKind::Property { schema, .. }) => {
            if schema.validate(&value).is_ok() {
                return value;
            }
            fitting(schema, &value).unwrap_or(value)
        }
        Some(
            ContentKind::Telemetry { .. }
            | ContentKind::Relationship { .. }
            | ContentKind::Component { .. }
            | ContentKind::Command { .. },
        )
        | None => value,
    }
}

/// A number in `unit` as one in the unit of the property.
///
/// # Errors
/// When there is no such conversion.
pub fn converted(content: &Content, unit: &str, value: Value) -> Result<Value, String> {
    let Some(wanted) = content.semantic().and_then(|semantic| semantic.unit) else {
        return Err(format!("`{}` has no unit in its model; leave `unit` out", content.name));
    };
    let Some(number) = value.as_f64() else {
        return Ok(value);
    };
    let Some(conversion) = conversion(unit, wanted).map_err(|e| e.to_string())? else {
        return Ok(value);
    };
    let measured = Measured::double(number).map(|number| conversion.apply(&number));
    Ok(measured.and_then(|m| m.as_f64()).map_or(value, Value::from))
}

fn fitting(schema: &Schema, value: &Value) -> Option<Value> {
    let fits = |value: &Value| schema.validate(value).is_ok();
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let whole = text.parse::<i64>().ok().map(Value::from);
    let double = exact_double(&text).map(Value::from);
    let truth = match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" => Some(Value::Bool(true)),
        "false" | "no" | "n" => Some(Value::Bool(false)),
        _ => None,
    };
    [whole, double, truth, Some(Value::from(text))].into_iter().flatten().find(fits)
}

/// A number as written in tables; `NaN`, `inf` and whole numbers that a double cannot hold are none.
fn exact_double(cell: &str) -> Option<f64> {
    let spelled = cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    let number = cell.parse::<f64>().ok().filter(|n| spelled && n.is_finite())?;
    let whole = !cell.contains(['.', 'e', 'E']);
    let exact = !whole || number.abs() <= 9_007_199_254_740_992.0;
    exact.then_some(number)
}
