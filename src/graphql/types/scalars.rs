//! Scalars and enums that many types use.

use async_graphql::Value;
use async_graphql::dynamic::{Enum, Scalar, Type};

use crate::domain::reading::Quality;
use crate::domain::role::Role;
use crate::graphql::build::{Answer, enumeration, item};

/// The scalars and enums.
pub fn types() -> Vec<Type> {
    let is_text = |value: &Value| matches!(value, Value::String(_));
    let is_number_or_text = |value: &Value| matches!(value, Value::String(_) | Value::Number(_));
    vec![
        Scalar::new("DateTime")
            .description("A moment in RFC 3339, with an offset and up to nanoseconds: `2026-03-01T08:00:00.5Z`.")
            .specified_by_url("https://scalars.graphql.org/andimarek/date-time")
            .validator(is_text)
            .into(),
        Scalar::new("LogPosition")
            .description("The place of an entry in the log, as a text of digits: the token of every write, read and subscription. Compare positions as numbers, and give them back as they are.")
            .validator(is_number_or_text)
            .into(),
        Scalar::new("KnownAt")
            .description("A position (`LogPosition`), or a moment (`DateTime`): what had been recorded by then.")
            .validator(is_number_or_text)
            .into(),
        Scalar::new("Long")
            .description("A whole number of 64 bits. Beyond ±(2^53 − 1), where JavaScript would round it, it is a text of digits.")
            .validator(is_number_or_text)
            .into(),
        Scalar::new("JSON").description("Any JSON value.").into(),
        role().into(),
        quality().into(),
        direction().into(),
    ]
}

fn role() -> Enum {
    enumeration(
        "Role",
        "What part a twin plays; it follows from what its model extends.",
        &[
            ("ASSET", "A thing that is looked after."),
            ("LOCATION", "A place."),
            ("DEVICE", "A thing that reports."),
        ],
    )
}

fn quality() -> Enum {
    enumeration(
        "Quality",
        "How far a device trusts its measurement.",
        &[
            ("GOOD", "Measured as it should be."),
            ("UNCERTAIN", "Usable with care."),
            ("BAD", "Not usable; kept all the same."),
        ],
    )
}

fn direction() -> Enum {
    enumeration(
        "Direction",
        "Which way along relationships.",
        &[("OUTGOING", "From source to target."), ("INCOMING", "From target to source.")],
    )
}

/// A role as the enum's item.
pub fn role_item(role: Role) -> Answer {
    item(match role {
        Role::Asset => "ASSET",
        Role::Location => "LOCATION",
        Role::Device => "DEVICE",
    })
}

/// A quality as the enum's item.
pub fn quality_item(quality: Quality) -> Answer {
    item(match quality {
        Quality::Good => "GOOD",
        Quality::Uncertain => "UNCERTAIN",
        Quality::Bad => "BAD",
    })
}
