//! Readings that cannot be kept as they are, and those that can just so.

use serde_json::json;

use crate::plant::Plant;

const JSON: &str = "application/json";

#[tokio::test]
async fn a_value_that_would_be_changed_is_refused_with_its_place() {
    let plant = Plant::empty(&[]).await;
    let long = format!("\"{}\"", "x".repeat(70_000));
    let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
    let table = [
        ("null", "NULL_VALUE"),
        ("1e999", "NUMBER_OUT_OF_RANGE"),
        ("-1e999", "NUMBER_OUT_OF_RANGE"),
        ("1e-999", "NUMBER_OUT_OF_RANGE"),
        ("9223372036854775808", "NUMBER_OUT_OF_RANGE"),
        ("18446744073709551616", "NUMBER_OUT_OF_RANGE"),
        ("[18446744073709551616]", "NUMBER_OUT_OF_RANGE"),
        ("\"a\\u0000b\"", "INVALID_TEXT"),
        ("\"\\ud800\"", "INVALID_TEXT"),
        ("{\"a\":1,\"\\u0061\":2}", "DUPLICATE_FIELD"),
        (long.as_str(), "INVALID_TEXT"),
        (deep.as_str(), "VALUE_TOO_LARGE"),
    ];
    for (value, code) in table {
        let body = format!(r#"{{"device":"D","channel":"c","value":{value}}}"#);
        let answer = plant.server.post("/ingest", JSON, body).await;
        assert_eq!((answer.status, answer.code()), (422, code), "{value:.40}: {answer:?}");
        let problem = &answer.body["problems"][0];
        assert_eq!((&problem["index"], &problem["field"]), (&json!(0), &json!("value")));
    }
    assert_eq!(plant.server.position().await, "0");
}

#[tokio::test]
async fn a_reading_with_a_bad_name_moment_or_field_is_refused_by_that_field() {
    let plant = Plant::empty(&[]).await;
    let (name, tail) = ("x".repeat(1_000), r#""channel":"c","value":1}"#);
    let timed = |time: &str| format!(r#"{{"device":"D","time":{time},{tail}"#);
    let named = |device: &str| format!(r#"{{"device":"{device}",{tail}"#);
    let table = [
        (named("a\\u0000b"), "INVALID_ID", "device"),
        (named("a\\u202eb"), "INVALID_ID", "device"),
        (named("a\\u200bb"), "INVALID_ID", "device"),
        (named("a\\nb"), "INVALID_ID", "device"),
        (named(""), "INVALID_ID", "device"),
        (named(&name), "INVALID_ID", "device"),
        (format!(r#"{{"device":7,{tail}"#), "WRONG_TYPE", "device"),
        (format!(r#"{{"device":"D","device":"E",{tail}"#), "DUPLICATE_FIELD", "device"),
        (format!(r#"{{"device":"D","colour":1,{tail}"#), "UNKNOWN_FIELD", "colour"),
        (format!(r#"{{"device":"D","seq":-1,{tail}"#), "WRONG_TYPE", "seq"),
        (format!(r#"{{"device":"D","quality":"so-so",{tail}"#), "WRONG_TYPE", "quality"),
        (timed("\"2026-02-30T00:00:00Z\""), "INVALID_TIME", "time"),
        (timed("\"2026-03-01T08:00:00\""), "INVALID_TIME", "time"),
        (timed("\"0000-01-01T00:00:00Z\""), "INVALID_TIME", "time"),
        (timed("\"yesterday\""), "INVALID_TIME", "time"),
        (timed("1e18"), "INVALID_TIME", "time"),
        (timed("1.5"), "INVALID_TIME", "time"),
        (timed("9223372036854775807"), "INVALID_TIME", "time"),
        (timed("\"2261-01-01T00:00:00Z\""), "TIME_IN_FUTURE", "time"),
        (timed("7258118400000"), "TIME_IN_FUTURE", "time"),
    ];
    for (body, code, field) in table {
        let answer = plant.server.post("/ingest", JSON, body.clone()).await;
        assert_eq!((answer.status, answer.code()), (422, code), "{body:.80}: {answer:?}");
        assert_eq!(answer.body["problems"][0]["field"], field, "{body:.80}");
    }
    assert_eq!(plant.server.position().await, "0");
}

#[tokio::test]
async fn the_largest_and_smallest_numbers_come_back_digit_by_digit() {
    let plant = Plant::empty(&[]).await;
    let numbers = [
        "9007199254740993",
        "9223372036854775807",
        "-9223372036854775808",
        "5e-324",
        "0.1",
        "1.7976931348623157e308",
        "123456789.12345679",
    ];
    for (n, number) in numbers.iter().enumerate() {
        let body = format!(r#"{{"device":"D{n}","channel":"c","value":{number}}}"#);
        let answer = plant.server.post("/ingest", JSON, body).await;
        assert_eq!(answer.status, 200, "{number}: {answer:?}");
        let query = "query($d: String!) { stream(system: \"http\", device: $d, channel: \"c\") { lastValue } }";
        let body = json!({"query": query, "variables": {"d": format!("D{n}")}});
        let answer = plant.server.post("/graphql", JSON, body.to_string()).await;
        let kept = answer.text.split("lastValue\":").nth(1).unwrap_or_default();
        let kept = kept.split('}').next().unwrap_or_default();
        let same = kept == *number || kept.parse::<f64>().ok() == number.parse().ok();
        let is_whole = !number.contains(['.', 'e']);
        assert!(same && (!is_whole || kept == *number), "{number}: {}", answer.text);
    }
}
