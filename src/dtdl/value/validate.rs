//! Validation of values against schemas.

use super::super::json::Tree;
use super::super::model::{EnumSchema, EnumValueKind, Field, Geospatial, Schema};
use super::error::ValueError;
use super::instance::{Instance, Source};
use super::lexical::{
    is_base64, is_date, is_date_time, is_decimal, is_duration, is_time, is_uuid, whole_number,
};

/// Values may be nested this deep; schemas that contain themselves set no limit of their own.
const VALUE_DEPTH_MAX: usize = 256;

impl Schema {
    /// Whether a JSON value conforms to the schema, and if not, the first place at which it
    /// does not.
    ///
    /// Numbers that serde_json holds as doubles have lost digits beyond 17 already; to validate
    /// text without loss, use [`Schema::validate_text`].
    pub fn validate(&self, value: &serde_json::Value) -> Result<(), ValueError> {
        check(self, value, 0)
    }

    /// The same for JSON text. Text that is not JSON does not conform.
    pub fn validate_text(&self, text: &str) -> Result<(), ValueError> {
        match Tree::parse("", text) {
            Ok(tree) => check(self, tree.root(), 0),
            Err(error) => {
                Err(ValueError::new("JSON", format!("text of which {}", error.reason), error.mend))
            }
        }
    }
}

type Check = Result<(), ValueError>;

fn check<'v, S: Source<'v>>(schema: &Schema, value: S, depth: usize) -> Check {
    if depth > VALUE_DEPTH_MAX {
        return Err(ValueError::new("at most 256 levels", "a deeper value", "Flatten the value."));
    }
    match schema {
        Schema::Enum(schema) => check_enum(schema, value),
        Schema::Object { fields, .. } => check_object(fields, value, depth),
        Schema::Array { element, .. } => check_array(element, value, depth),
        Schema::Map { value: schema, .. } => check_map(schema, value, depth),
        Schema::Geospatial(kind) => check_geometry(*kind, value),
        Schema::Recursive(schema) => match schema.schema() {
            Some(schema) => check(&schema, value, depth),
            None => Err(ValueError::new(
                "a schema in use",
                "one whose model was released",
                "Hold the interface.",
            )),
        },
        primitive => check_primitive(primitive, value),
    }
}

fn mismatch<'v, S: Source<'v>>(value: S, expected: &str, mend: &str) -> Check {
    Err(ValueError::new(expected, value.instance().words(), mend))
}

fn check_primitive<'v, S: Source<'v>>(schema: &Schema, value: S) -> Check {
    let instance = value.instance();
    if let Some(range) = schema.integer_range() {
        let Instance::Number(digits) = &instance else {
            return mismatch(value, "a whole number", "Send a JSON number.");
        };
        // Unsigned schemas have no sign in their lexical form, not even on zero.
        let signed = range.min < 0 || !digits.starts_with('-');
        let number = whole_number(digits).filter(|_| signed);
        let fits = number.is_some_and(|number| (range.min..=range.max).contains(&number));
        let expected = format!("a whole number from {} to {}", range.min, range.max);
        return if fits {
            Ok(())
        } else {
            mismatch(value, &expected, "Send a number in this range.")
        };
    }
    let good = match (schema, &instance) {
        (Schema::Boolean, Instance::Bool) | (Schema::String, Instance::Text(_)) => true,
        (Schema::Double, Instance::Number(digits)) => {
            digits.parse::<f64>().is_ok_and(f64::is_finite)
        }
        (Schema::Float, Instance::Number(digits)) => is_float(digits),
        (Schema::Bytes, Instance::Text(text)) => is_base64(text),
        (Schema::Date, Instance::Text(text)) => is_date(text),
        (Schema::DateTime, Instance::Text(text)) => is_date_time(text),
        (Schema::Decimal, Instance::Text(text)) => is_decimal(text),
        (Schema::Duration, Instance::Text(text)) => is_duration(text),
        (Schema::Time, Instance::Text(text)) => is_time(text),
        (Schema::Uuid, Instance::Text(text)) => is_uuid(text),
        _ => false,
    };
    let (expected, mend) = words(schema);
    if good { Ok(()) } else { mismatch(value, expected, mend) }
}

/// A number that single precision holds without overflow.
fn is_float(digits: &str) -> bool {
    digits
        .parse::<f64>()
        .is_ok_and(|number| number.is_finite() && number.abs() <= f64::from(f32::MAX))
}

/// What a primitive schema asks for, and how to mend a value.
fn words(schema: &Schema) -> (&'static str, &'static str) {
    match schema {
        Schema::Boolean => ("true or false", "Send a JSON boolean."),
        Schema::String => ("a string", "Send a JSON string."),
        Schema::Double => ("a number of double precision", "Send a JSON number."),
        Schema::Float => ("a number of single precision", "Send a JSON number up to 3.4e38."),
        Schema::Bytes => ("bytes in base64", "Send a string such as \"aGVsbG8=\"."),
        Schema::Date => ("a date", "Send a string such as \"2026-07-24\"."),
        Schema::DateTime => ("a date and time", "Send a string such as \"2026-07-24T09:30:00Z\"."),
        Schema::Decimal => ("a decimal number in a string", "Send a string such as \"-12.50\"."),
        Schema::Duration => ("a duration", "Send a string such as \"PT15M\"."),
        Schema::Time => ("a time", "Send a string such as \"09:30:00Z\"."),
        Schema::Uuid => {
            ("a UUID", "Send a string such as \"0f8fad5b-d9cb-469f-a165-70867728950e\".")
        }
        _ => ("a value of the schema", "Correct the value."),
    }
}

fn check_enum<'v, S: Source<'v>>(schema: &EnumSchema, value: S) -> Check {
    let instance = value.instance();
    let known = schema.values.iter().any(|known| match (&known.value, &instance) {
        (EnumValueKind::Integer(number), Instance::Number(digits)) => {
            whole_number(digits) == Some(i128::from(*number))
        }
        (EnumValueKind::String(text), Instance::Text(found)) => **text == **found,
        _ => false,
    });
    if known {
        return Ok(());
    }
    let spelt = schema.values.iter().take(20).map(|known| match &known.value {
        EnumValueKind::Integer(number) => number.to_string(),
        EnumValueKind::String(text) => format!("\"{text}\""),
    });
    let mut names: Vec<_> = spelt.collect();
    if schema.values.len() > names.len() {
        names.push("…".to_owned());
    }
    mismatch(value, &format!("one of {}", names.join(", ")), "Send one of these values.")
}

fn check_object<'v, S: Source<'v>>(fields: &[Field], value: S, depth: usize) -> Check {
    if !matches!(value.instance(), Instance::Object) {
        return mismatch(value, "an object", "Send a JSON object.");
    }
    for (name, member) in value.members() {
        let Some(field) = fields.iter().find(|field| &*field.name == name) else {
            let names: Vec<_> = fields.iter().map(|field| &*field.name).collect();
            let error = ValueError::new(
                format!("only the fields {}", names.join(", ")),
                format!("the field \"{name}\""),
                "Remove the field, or add it to the model.",
            );
            return Err(error.under(name));
        };
        check(&field.schema, member, depth + 1).map_err(|error| error.under(name))?;
    }
    let missing = fields
        .iter()
        .find(|field| field.required && !value.members().any(|(name, _)| name == &*field.name));
    match missing {
        Some(field) => Err(ValueError::new(
            format!("the field \"{}\"", field.name),
            "an object without it",
            "Add the field; the model requires it.",
        )),
        None => Ok(()),
    }
}

fn check_array<'v, S: Source<'v>>(element: &Schema, value: S, depth: usize) -> Check {
    if !matches!(value.instance(), Instance::Array) {
        return mismatch(value, "an array", "Send a JSON array.");
    }
    for (position, item) in value.items().enumerate() {
        check(element, item, depth + 1).map_err(|error| error.under(&position.to_string()))?;
    }
    Ok(())
}

fn check_map<'v, S: Source<'v>>(schema: &Schema, value: S, depth: usize) -> Check {
    if !matches!(value.instance(), Instance::Object) {
        return mismatch(
            value,
            "an object",
            "Send a JSON object, whose names are the keys of the map.",
        );
    }
    for (name, member) in value.members() {
        check(schema, member, depth + 1).map_err(|error| error.under(name))?;
    }
    Ok(())
}

fn check_geometry<'v, S: Source<'v>>(kind: Geospatial, value: S) -> Check {
    if !matches!(value.instance(), Instance::Object) {
        return mismatch(value, &format!("a GeoJSON {}", kind.type_name()), "Send a JSON object.");
    }
    for (name, member) in value.members() {
        let checked = match name {
            "type" if matches!(member.instance(), Instance::Text(text) if text == kind.type_name()) => {
                Ok(())
            }
            "type" => mismatch(member, &format!("\"{}\"", kind.type_name()), "Correct the type."),
            "coordinates" => check_coordinates(kind.array_depth(), member),
            _ => mismatch(member, "only 'type' and 'coordinates'", "Remove the member."),
        };
        checked.map_err(|error| error.under(name))?;
    }
    Ok(())
}

fn check_coordinates<'v, S: Source<'v>>(depth: usize, value: S) -> Check {
    if !matches!(value.instance(), Instance::Array) {
        return mismatch(value, "an array", "Send positions as arrays of numbers.");
    }
    for (position, item) in value.items().enumerate() {
        let checked = if depth > 0 {
            check_coordinates(depth - 1, item)
        } else {
            check_primitive(&Schema::Double, item)
        };
        checked.map_err(|error| error.under(&position.to_string()))?;
    }
    Ok(())
}
