//! Which values of one primitive schema are values of another.

use super::super::model::Schema;
use super::change::Impact;

/// How data of one primitive schema fit another, with what to do if they do not fit as they are.
pub(super) fn primitive(old: &Schema, new: &Schema) -> (Impact, &'static str) {
    if old.kind_name() == new.kind_name() {
        return (Impact::Safe, "");
    }
    if let (Some(old), Some(new)) = (old.integer_range(), new.integer_range()) {
        let holds = new.min <= old.min && old.max <= new.max;
        return match holds {
            true => (Impact::Safe, ""),
            false => (Impact::Breaks, "keep a schema that holds all values of the older one"),
        };
    }
    match new {
        Schema::Double | Schema::Float => to_binary(old, new),
        Schema::Decimal if old.is_numeric() => {
            (Impact::NeedsMigration, "write numbers as decimal strings")
        }
        Schema::String if is_text(old) => (Impact::Safe, ""),
        Schema::String if old.is_numeric() || matches!(old, Schema::Boolean) => {
            (Impact::NeedsMigration, "write values as strings")
        }
        Schema::DateTime if matches!(old, Schema::Date) => {
            (Impact::NeedsMigration, "add a time and an offset to each date")
        }
        _ => (Impact::Breaks, "give the content another name, or keep its schema"),
    }
}

/// To `double` and `float`: safe where each value has an exact place (53 and 24 bits).
fn to_binary(old: &Schema, new: &Schema) -> (Impact, &'static str) {
    let bits = match new {
        Schema::Double => 53,
        _ => 24,
    };
    if let Some(range) = old.integer_range() {
        let exact = range.max <= 1_i128 << bits && range.min >= -(1_i128 << bits);
        return match exact {
            true => (Impact::Safe, ""),
            false => (Impact::NeedsMigration, "expect large values to be rounded"),
        };
    }
    match (old, new) {
        (Schema::Float, Schema::Double) => (Impact::Safe, ""),
        (Schema::Double, Schema::Float) => (
            Impact::NeedsMigration,
            "round values to single precision, and check those beyond its range",
        ),
        (Schema::Decimal, _) => (
            Impact::NeedsMigration,
            "write decimal strings as numbers, and expect them to be rounded",
        ),
        _ => (Impact::Breaks, "give the content another name, or keep its schema"),
    }
}

/// Whether values are JSON strings.
fn is_text(schema: &Schema) -> bool {
    matches!(
        schema,
        Schema::Bytes
            | Schema::Date
            | Schema::DateTime
            | Schema::Decimal
            | Schema::Duration
            | Schema::String
            | Schema::Time
            | Schema::Uuid
    )
}
