//! One JSON value as text → a value that is kept exactly, or why it cannot be.

use std::borrow::Cow;

use super::limits::DecodeLimits;
use super::problem::{Code, Fault};
use super::structure;
use crate::domain::id::abridged;
use crate::domain::value::Value;

/// The value that a valid JSON text stands for.
///
/// # Errors
/// When it is null, too large, or could be kept only changed.
pub(super) fn value(json: &str, limits: &DecodeLimits) -> Result<Value, Fault> {
    match json.as_bytes().first() {
        Some(b'"') => text_value(json, limits),
        Some(b'{' | b'[') => structure::canonical(json, limits).map(|t| Value::Json(t.into())),
        Some(b't') => Ok(Value::Boolean(true)),
        Some(b'f') => Ok(Value::Boolean(false)),
        Some(b'n') | None => Err(Fault::new(
            Code::NullValue,
            "null is no measurement; leave the reading out, or send the last value with `\"quality\": \"bad\"`",
        )),
        Some(_) => match number(json)? {
            Number::Integer(i) => Ok(Value::Integer(i)),
            Number::Double(d) => Ok(Value::Double(d)),
        },
    }
}

fn text_value(json: &str, limits: &DecodeLimits) -> Result<Value, Fault> {
    let text = string(json)?;
    if text.len() > limits.text_bytes_max {
        let (len, max) = (text.len(), limits.text_bytes_max);
        return Err(Fault::new(
            Code::InvalidText,
            format!("the text is {len} bytes long; at most {max} are kept"),
        ));
    }
    if text.contains('\0') {
        return Err(Fault::new(
            Code::InvalidText,
            "the text holds U+0000, which cannot be kept; remove it at the source",
        ));
    }
    Ok(Value::Text(text.into()))
}

/// The text of a JSON string; borrowed unless it holds escapes.
///
/// # Errors
/// When it is another JSON type, or an escape is half of a surrogate pair.
pub(super) fn string(json: &str) -> Result<Cow<'_, str>, Fault> {
    let Some(inner) = json.strip_prefix('"').and_then(|j| j.strip_suffix('"')) else {
        return Err(Fault::new(
            Code::WrongType,
            format!("must be a string, but is `{}`", abridged(json)),
        ));
    };
    if !inner.as_bytes().contains(&b'\\') {
        return Ok(Cow::Borrowed(inner));
    }
    serde_json::from_str::<String>(json).map(Cow::Owned).map_err(|_| {
        Fault::new(
            Code::InvalidText,
            format!(
                "`{}` holds half of a surrogate pair; send whole Unicode characters",
                abridged(json)
            ),
        )
    })
}

/// A JSON number, as exactly as it can be kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// Written without fraction and exponent.
    Integer(i64),
    /// The nearest double; finite.
    Double(f64),
}

/// A number from its JSON text.
///
/// # Errors
/// When an integer is beyond 64 bits, or a decimal is beyond what a double can hold.
pub(super) fn number(json: &str) -> Result<Number, Fault> {
    let fault = |problem: &str| {
        Fault::new(Code::NumberOutOfRange, format!("`{}` {problem}", abridged(json)))
    };
    let is_decimal = json.bytes().any(|b| matches!(b, b'.' | b'e' | b'E'));
    if !is_decimal {
        return json.parse::<i64>().map(Number::Integer).map_err(|_| {
            fault("is beyond 64-bit integers and would be rounded; send it as a string if every digit counts, or with a decimal point if not")
        });
    }
    let double = json.parse::<f64>().map_err(|_| fault("is not a number"))?;
    if !double.is_finite() {
        return Err(fault("is beyond double precision (about 1.8e308)"));
    }
    if double == 0.0 && has_digit_beyond_zero(json) {
        return Err(fault(
            "is too small for double precision and would become 0; send 0 if that is meant",
        ));
    }
    // Adding zero turns -0.0 into 0.0: equal values must be equal bytes.
    Ok(Number::Double(double + 0.0))
}

fn has_digit_beyond_zero(json: &str) -> bool {
    json.bytes().take_while(|b| !matches!(b, b'e' | b'E')).any(|b| matches!(b, b'1'..=b'9'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(json: &str) -> Result<Value, Code> {
        value(json, &DecodeLimits::default()).map_err(|fault| fault.code)
    }

    #[test]
    fn numbers_are_kept_exactly_or_refused() {
        use Code::NumberOutOfRange as Refused;
        let table = [
            ("81.4", Ok(Value::Double(81.4))),
            ("9007199254740993", Ok(Value::Integer(9_007_199_254_740_993))),
            ("9223372036854775807", Ok(Value::Integer(i64::MAX))),
            ("-9223372036854775808", Ok(Value::Integer(i64::MIN))),
            ("9223372036854775808", Err(Refused)),
            ("18446744073709551615", Err(Refused)),
            ("18446744073709551616", Err(Refused)),
            ("1e999", Err(Refused)),
            ("-1e999", Err(Refused)),
            ("1e-999", Err(Refused)),
            ("0e-999", Ok(Value::Double(0.0))),
            ("0.000", Ok(Value::Double(0.0))),
            ("5e-324", Ok(Value::Double(5e-324))),
            ("1e2", Ok(Value::Double(100.0))),
            ("-0", Ok(Value::Integer(0))),
            ("0.1", Ok(Value::Double(0.1))),
        ];
        for (json, expected) in table {
            assert_eq!(decoded(json), expected, "{json}");
        }
        assert!(decoded(&"9".repeat(100_000)).is_err());
    }

    #[test]
    fn negative_zero_is_zero_to_the_bit() {
        let Ok(Value::Double(zero)) = decoded("-0.0") else { panic!("not a double") };
        assert_eq!(zero.to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn texts_are_kept_whole_or_refused() {
        let long = format!("\"{}\"", "a".repeat(65_537));
        let table = [
            (r#""RUNNING""#, Ok(Value::Text("RUNNING".into()))),
            (r#""\u00e9\n""#, Ok(Value::Text("é\n".into()))),
            (r#""\ud83d\ude00""#, Ok(Value::Text("😀".into()))),
            (r#""\ud800""#, Err(Code::InvalidText)),
            (r#""a\u0000b""#, Err(Code::InvalidText)),
            (long.as_str(), Err(Code::InvalidText)),
            ("null", Err(Code::NullValue)),
            ("true", Ok(Value::Boolean(true))),
        ];
        for (json, expected) in table {
            assert_eq!(decoded(json), expected);
        }
    }
}
