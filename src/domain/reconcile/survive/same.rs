//! When two values say the same, and which of two is the greater.

use std::cmp::Ordering;

use serde_json::Value;

/// Whether two sources say the same: 5 is 5.0, and texts may differ in case and spaces.
pub fn same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a == b || folded(a).eq(folded(b)),
        (Value::Number(_), Value::Number(_)) => value_order(a, b).is_eq(),
        _ => a == b,
    }
}

/// The characters that count, in lower case, with one space between words.
fn folded(text: &str) -> impl Iterator<Item = char> {
    let words = text.split_whitespace().enumerate();
    words.flat_map(|(n, word)| {
        let space = (n > 0).then_some(' ');
        space.into_iter().chain(word.chars().flat_map(char::to_lowercase))
    })
}

/// An order of all JSON values: nothing, flags, numbers, texts, the rest by how it is written.
pub fn value_order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => match (x.as_i64(), y.as_i64()) {
            (Some(x), Some(y)) => x.cmp(&y),
            _ => x.as_f64().unwrap_or_default().total_cmp(&y.as_f64().unwrap_or_default()),
        },
        (Value::String(x), Value::String(y)) => x.cmp(y),
        (Value::Bool(x), Value::Bool(y)) => x.cmp(y),
        _ => kind(a).cmp(&kind(b)).then_with(|| written(a).cmp(&written(b))),
    }
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => value.to_string(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sources_that_write_the_same_value_differently_agree() {
        assert!(same_value(&json!(5), &json!(5.0)));
        assert!(same_value(&json!("Grundfos  GmbH "), &json!("GRUNDFOS GmbH")));
        assert!(!same_value(&json!("P-101A"), &json!("P-101B")));
        assert!(!same_value(&json!("P-101 A"), &json!("P-101A")));
        assert!(!same_value(&json!("5"), &json!(5)));
    }

    #[test]
    fn every_two_values_have_an_order() {
        let values = [
            json!(null),
            json!(false),
            json!(-1),
            json!(2.5),
            json!("a"),
            json!("b"),
            json!([1]),
            json!({"a": 1}),
        ];
        assert!(values.is_sorted_by(|a, b| value_order(a, b).is_lt()));
        let large = (json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992_i64));
        assert_eq!(value_order(&large.0, &large.1), Ordering::Greater);
    }
}
