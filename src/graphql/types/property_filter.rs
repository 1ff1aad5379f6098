//! `PropertyFilter`: what a master-data value must satisfy.

use std::cmp::Ordering;

use async_graphql::Result;
use async_graphql::dynamic::Type;
use serde_json::Value as Json;

use crate::domain::id::TwinId;
use crate::domain::view::View;
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::build::input_object;

/// What the value of one property must satisfy.
pub struct PropertyFilter {
    path: String,
    tests: Vec<Test>,
}

/// Whether an order of value and limit is wanted.
type Passes = fn(Ordering) -> bool;

enum Test {
    Equals(Json),
    In(Vec<Json>),
    Ordered(Json, Passes),
    Contains(String),
    Exists(bool),
}

/// Comparisons by order: the argument, and the orders that pass.
const COMPARISONS: [(&str, Passes); 4] = [
    ("lessThan", Ordering::is_lt),
    ("atMost", Ordering::is_le),
    ("greaterThan", Ordering::is_gt),
    ("atLeast", Ordering::is_ge),
];

/// The input type.
pub fn input_type() -> Type {
    input_object(
        "PropertyFilter",
        "What a master-data value must satisfy; all of it. Numbers compare as numbers, texts as texts.",
        &[
            ("path", "String!", "The property."),
            ("equals", "JSON", "It is this."),
            ("in", "[JSON!]", "It is one of these."),
            ("lessThan", "JSON", "It is less."),
            ("atMost", "JSON", "It is not greater."),
            ("greaterThan", "JSON", "It is greater."),
            ("atLeast", "JSON", "It is not less."),
            ("contains", "String", "It is a text that holds this, whatever the case."),
            ("exists", "Boolean", "There is a value (true), or none (false)."),
        ],
    )
    .into()
}

impl PropertyFilter {
    /// The filters of a `TwinFilter`.
    ///
    /// # Errors
    /// When one of them cannot be understood.
    pub fn all(filter: &Fields<'_>) -> Result<Vec<Self>> {
        args::objects(filter, "properties")?.iter().map(Self::new).collect()
    }

    fn new(from: &Fields<'_>) -> Result<Self> {
        let path = args::required_text(from, "path")?.to_owned();
        let mut tests = Vec::new();
        if let Some(value) = args::json(from, "equals")? {
            tests.push(Test::Equals(value));
        }
        if let Some(values) = args::json(from, "in")? {
            tests.push(Test::In(match values {
                Json::Array(values) => values,
                single => vec![single],
            }));
        }
        for (name, passes) in COMPARISONS {
            if let Some(value) = args::json(from, name)? {
                tests.push(Test::Ordered(value, passes));
            }
        }
        if let Some(text) = args::text(from, "contains")? {
            tests.push(Test::Contains(text.to_lowercase()));
        }
        if let Some(exists) = args::optional_flag(from, "exists")? {
            tests.push(Test::Exists(exists));
        }
        if tests.is_empty() {
            return Err(wrong("filter", &format!("says nothing about `{path}`")).into());
        }
        Ok(Self { path, tests })
    }

    /// Whether the twin's value satisfies all of it.
    pub fn admits(&self, view: &View<'_>, id: TwinId) -> bool {
        let value = view.property(id, &self.path).map(|golden| golden.value);
        self.tests.iter().all(|test| test.admits(value))
    }
}

impl Test {
    fn admits(&self, value: Option<&Json>) -> bool {
        match (self, value) {
            (Self::Exists(wanted), value) => value.is_some() == *wanted,
            (_, None) => false,
            (Self::Equals(wanted), Some(value)) => same(value, wanted),
            (Self::In(wanted), Some(value)) => wanted.iter().any(|wanted| same(value, wanted)),
            (Self::Ordered(limit, passes), Some(value)) => order(value, limit).is_some_and(*passes),
            (Self::Contains(part), Some(value)) => {
                value.as_str().is_some_and(|text| text.to_lowercase().contains(part.as_str()))
            }
        }
    }
}

/// 5 and 5.0 are the same number, whatever JSON library wrote them.
fn same(a: &Json, b: &Json) -> bool {
    a == b || order(a, b) == Some(Ordering::Equal)
}

fn order(a: &Json, b: &Json) -> Option<Ordering> {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        (Json::String(a), Json::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_compare_as_numbers_and_texts_as_texts() {
        assert!(same(&json!(5), &json!(5.0)));
        assert!(!same(&json!("5"), &json!(5)));
        assert_eq!(order(&json!("a"), &json!("b")), Some(Ordering::Less));
        assert_eq!(order(&json!(true), &json!(false)), None);
        assert_eq!(
            order(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992_i64)),
            Some(Ordering::Greater)
        );
    }
}
