//! Objects and arrays as values: compact JSON with sorted keys, so that equal values are equal bytes.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::limits::DecodeLimits;
use super::problem::{Code, Fault};
use super::scalar::{self, Number};
use crate::domain::id::abridged;

/// Compact JSON of a valid JSON text, with keys in order.
///
/// # Errors
/// When it is too large or too deep, a key comes twice, or a number would be changed.
pub(super) fn canonical(json: &str, limits: &DecodeLimits) -> Result<String, Fault> {
    // Canonical text can only be a little longer than the source, so this bounds the work too.
    let max = limits.json_bytes_max;
    if json.len() > max.saturating_mul(2) {
        return Err(too_large(max));
    }
    let mut out = String::with_capacity(json.len());
    write(json, limits.json_depth_max, limits, &mut out)?;
    if out.len() > max {
        return Err(too_large(max));
    }
    Ok(out)
}

fn too_large(max: usize) -> Fault {
    Fault::new(
        Code::ValueTooLarge,
        format!("the object or array is longer than {max} bytes; send its parts as channels"),
    )
}

/// Writes one JSON value; `depth` is how many levels it may still open.
fn write(json: &str, depth: usize, limits: &DecodeLimits, out: &mut String) -> Result<(), Fault> {
    match json.as_bytes().first() {
        Some(b'{' | b'[') if depth == 0 => Err(Fault::new(
            Code::ValueTooLarge,
            format!(
                "the value is nested deeper than {} levels; send its parts as channels",
                limits.json_depth_max
            ),
        )),
        Some(b'{') => write_object(json, depth, limits, out),
        Some(b'[') => write_array(json, depth, limits, out),
        Some(b'"') => {
            let text = scalar::string(json)?;
            out.push_str(&serde_json::Value::from(text.as_ref()).to_string());
            Ok(())
        }
        Some(b'-' | b'0'..=b'9') => {
            match scalar::number(json)? {
                Number::Integer(i) => out.push_str(&i.to_string()),
                Number::Double(d) => out.push_str(&serde_json::Value::from(d).to_string()),
            }
            Ok(())
        }
        _ => {
            out.push_str(json);
            Ok(())
        }
    }
}

fn write_object(
    json: &str,
    depth: usize,
    limits: &DecodeLimits,
    out: &mut String,
) -> Result<(), Fault> {
    let mut members = BTreeMap::new();
    let mut twice = None;
    let visited = Members { members: &mut members, twice: &mut twice }
        .deserialize(&mut serde_json::Deserializer::from_str(json));
    if let Some(key) = twice {
        return Err(Fault::new(
            Code::DuplicateField,
            format!("the key `{}` comes twice; keep one", abridged(&key)),
        ));
    }
    visited.map_err(unreadable)?;
    out.push('{');
    for (nth, (key, raw)) in members.into_iter().enumerate() {
        if nth > 0 {
            out.push(',');
        }
        out.push_str(&serde_json::Value::from(key).to_string());
        out.push(':');
        write(raw.get(), depth - 1, limits, out)?;
    }
    out.push('}');
    Ok(())
}

fn write_array(
    json: &str,
    depth: usize,
    limits: &DecodeLimits,
    out: &mut String,
) -> Result<(), Fault> {
    let mut elements = Vec::new();
    Elements(&mut elements)
        .deserialize(&mut serde_json::Deserializer::from_str(json))
        .map_err(unreadable)?;
    out.push('[');
    for (nth, raw) in elements.into_iter().enumerate() {
        if nth > 0 {
            out.push(',');
        }
        write(raw.get(), depth - 1, limits, out)?;
    }
    out.push(']');
    Ok(())
}

/// The text was read over once, so what is left to fail is a key that is no Unicode text.
fn unreadable(error: serde_json::Error) -> Fault {
    Fault::new(Code::InvalidText, format!("cannot be read: {error}"))
}

struct Members<'a, 'de> {
    members: &'a mut BTreeMap<String, &'de RawValue>,
    twice: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Members<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let raw = map.next_value()?;
            if self.members.contains_key(&key) {
                *self.twice = Some(key);
                return Err(A::Error::custom("a key comes twice"));
            }
            self.members.insert(key, raw);
        }
        Ok(())
    }
}

struct Elements<'a, 'de>(&'a mut Vec<&'de RawValue>);

impl<'de> DeserializeSeed<'de> for Elements<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element()? {
            self.0.push(raw);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(json: &str) -> Result<String, Code> {
        canonical(json, &DecodeLimits::default()).map_err(|fault| fault.code)
    }

    #[test]
    fn equal_objects_become_equal_bytes() {
        let one = kept(r#"{ "b": [1, 2.50, null], "a": {"x": "\u0041", "y": true} }"#);
        let other = kept(r#"{"a":{"y":true,"x":"A"},"b":[1,2.5,null]}"#);
        assert_eq!(one, other);
        assert_eq!(one.unwrap(), r#"{"a":{"x":"A","y":true},"b":[1,2.5,null]}"#);
    }

    #[test]
    fn what_would_be_changed_inside_a_structure_is_refused() {
        let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
        let long = format!("[{}]", vec!["1"; 40_000].join(","));
        let very_deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        let table = [
            (r#"{"a":18446744073709551615}"#, Code::NumberOutOfRange),
            (r#"[1e999]"#, Code::NumberOutOfRange),
            (r#"{"a":1,"a":2}"#, Code::DuplicateField),
            (r#"{"a":{"b":1,"\u0062":2}}"#, Code::DuplicateField),
            (r#"["\ud800"]"#, Code::InvalidText),
            (r#"{"\ud800":1}"#, Code::InvalidText),
            (deep.as_str(), Code::ValueTooLarge),
            (very_deep.as_str(), Code::ValueTooLarge),
            (long.as_str(), Code::ValueTooLarge),
        ];
        for (json, code) in table {
            assert_eq!(kept(json), Err(code), "{:.40}", json);
        }
        let deepest = format!("{}{}", "[".repeat(16), "]".repeat(16));
        assert_eq!(kept(&deepest), Ok(deepest));
    }
}
