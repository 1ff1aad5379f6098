//! Change events of databases, as Debezium writes them: bare, or in an envelope with their schema.

use serde_json::Value;

use super::json::said;
use super::row::{Event, Place, Row, Rows};
use crate::domain::fact::JsonMap;
use crate::domain::time::Timestamp;
use crate::sources::problem::{Origin, Problem};

/// The rows before and after each event. `key` tells which thing a row is about.
pub fn rows(
    values: impl Iterator<Item = Result<(Origin, Value), Problem>> + Send + 'static,
    key: impl Fn(&JsonMap) -> Option<String> + Send + 'static,
) -> Rows {
    Box::new(values.flat_map(move |found| match found {
        Ok((origin, value)) => match rows_of(&origin, value, &key) {
            Ok(rows) => rows.into_iter().map(Ok).collect(),
            Err(problem) => vec![Err(problem)],
        },
        Err(problem) => vec![Err(problem)],
    }))
}

fn rows_of(
    origin: &Origin,
    value: Value,
    key: &impl Fn(&JsonMap) -> Option<String>,
) -> Result<Vec<Row>, Problem> {
    let wrong = |message: &str| Problem::error(origin.clone(), "INVALID_EVENT", message);
    let mut event = match value {
        // A tombstone: the log may forget the key. The event before it told that the row is gone.
        Value::Null => return Ok(Vec::new()),
        Value::Object(object) => object,
        _ => return Err(wrong("expected a change event, an object")),
    };
    if event.get("payload").is_some_and(Value::is_null) && !event.contains_key("op") {
        return Ok(Vec::new());
    }
    // A row may have a column `payload`, but no envelope has an operation.
    if !event.contains_key("op") && event.get("payload").is_some_and(Value::is_object) {
        let Some(Value::Object(payload)) = event.remove("payload") else {
            return Err(wrong("the payload is no object"));
        };
        event = payload;
    }
    let operation = event.get("op").and_then(Value::as_str).unwrap_or_default().to_owned();
    let side = |event: &mut JsonMap, name: &str| match event.remove(name) {
        Some(Value::Object(row)) => Some(said(row)),
        Some(_) | None => None,
    };
    let (before, after) = (side(&mut event, "before"), side(&mut event, "after"));
    let at = moment(&event);
    let there = |fields, at| at_place(origin, fields, place(&event, at), at, false);
    let gone = |fields| at_place(origin, fields, place(&event, at), at, true);
    match (operation.as_str(), before, after) {
        ("c" | "u", before, Some(after)) => {
            // An update of the key ends what the old key meant.
            let old = before.filter(|b| key(b).is_some_and(|old| Some(old) != key(&after)));
            Ok(old.map(gone).into_iter().chain([there(after, at)]).collect())
        }
        ("r", _, Some(after)) => Ok(vec![there(after, None)]),
        ("d", Some(before), _) => Ok(vec![gone(before)]),
        ("c" | "u" | "r", _, None) => Err(wrong("the event has no `after`, so it says nothing")),
        ("d", None, _) => Err(wrong(
            "the event does not say which row was deleted: `before` is missing; set REPLICA IDENTITY (PostgreSQL) or supplemental logging (Oracle)",
        )),
        ("t", ..) => {
            let message = "the table was emptied; what that ends is not guessed: import a snapshot, or end the records";
            Err(Problem::error(origin.clone(), "TRUNCATED", message))
        }
        ("m", ..) => {
            let message = "a message of the database says nothing about rows and was left out";
            Err(Problem::note(origin.clone(), "LEFT_OUT", message))
        }
        _ => Err(wrong("`op` must be c, u, d, r, t or m; is this a change event of Debezium?")),
    }
}

fn at_place(
    origin: &Origin,
    fields: JsonMap,
    place: Place,
    at: Option<Timestamp>,
    gone: bool,
) -> Row {
    let event = Some(Event { place, at, gone });
    Row { event, ..Row::new(origin.clone(), fields) }
}

/// When the row changed in the database; the connector's own time only where that is missing.
fn moment(event: &JsonMap) -> Option<Timestamp> {
    let times = |object: &JsonMap| {
        [("ts_ns", 1), ("ts_us", 1_000), ("ts_usec", 1_000), ("ts_ms", 1_000_000)]
            .into_iter()
            .find_map(|(name, scale)| object.get(name)?.as_i64()?.checked_mul(scale).map(Timestamp))
    };
    event.get("source").and_then(Value::as_object).and_then(times).or_else(|| times(event))
}

/// Where the event stands in the database's log: by its log sequence number, system change number
/// or binary log, otherwise by its time.
fn place(event: &JsonMap, at: Option<Timestamp>) -> Place {
    let source = event.get("source").and_then(Value::as_object);
    let number = |name: &str| source.and_then(|s| s.get(name)).and_then(number_of);
    let whole = |name: &str| number(name).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    if let Some(lsn) = number("lsn").or_else(|| number("change_lsn")) {
        return (lsn, whole("event_serial_no"));
    }
    if let Some(scn) = number("commit_scn").or_else(|| number("scn")) {
        return (scn, number("scn").map_or(0, |n| n as u64).wrapping_shl(16) | whole("ssn"));
    }
    if let Some(file) = number("file") {
        return ((file << 64) | number("pos").unwrap_or(0), whole("row"));
    }
    (at.map_or(0, |at| at.0.max(0) as u128), 0)
}

/// A number, or the digits of a text: `"2122184"`, `"mysql-bin.000003"`, `"00000027:00000758:0005"`.
fn number_of(value: &Value) -> Option<u128> {
    match value {
        Value::Number(number) => number.as_u64().map(u128::from),
        Value::String(text) if text.contains(':') => {
            u128::from_str_radix(&text.replace(':', ""), 16).ok()
        }
        Value::String(text) => {
            let start = text.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
            text.get(start..)?.parse().ok()
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
