use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::limits::DecodeLimits;
use super::*;
use crate::domain::reading::Quality;
use crate::domain::time::Timestamp;
use crate::domain::value::Value;

const NOW: &str = "2026-03-01T09:00:00Z";

fn with<R>(body: &str, look: impl FnOnce(Result<Decoded<'_>, BodyFault>) -> R) -> R {
    let limits = DecodeLimits::default();
    let mut context = Context::new(&limits, NOW.parse().unwrap());
    context.system = Some("mqtt");
    look(decode(body.as_bytes(), Format::Json, &context))
}

/// `system/scope/device#channel@time/sequence=value` of each good reading, then `!index CODE field xN` of each problem.
fn told(body: &str) -> Vec<String> {
    with(body, |decoded| match decoded {
        Err(fault) => {
            vec![format!("! {} {}:{}", fault.fault.code.as_str(), fault.line, fault.column)]
        }
        Ok(decoded) => {
            let items = decoded.items.iter().map(|i| {
                let (system, scope, device, channel) = (&i.system, &i.scope, &i.device, &i.channel);
                let (time, sequence, value) = (i.time, i.sequence, &i.value);
                format!("{system}/{scope}/{device}#{channel}@{time}/{sequence}={value}")
            });
            let problems = decoded.problems.listed().iter().map(|p| {
                format!(
                    "!{} {} {} x{}",
                    p.line.or(p.index).unwrap_or_default(),
                    p.code.as_str(),
                    p.field.as_deref().unwrap_or("-"),
                    p.readings
                )
            });
            items.chain(problems).collect()
        }
    })
}

#[test]
fn every_shape_and_alias_gives_the_same_reading() {
    let whole = "cmms/S1/D1#ch1@2026-03-01T08:00:00.123Z/17=81.4";
    let short = "mqtt//D1#ch1@2026-03-01T08:00:00Z/0=1";
    let table = [
        (
            r#"{"system":"cmms","scope":"S1","device":"D1","channel":"ch1","time":"2026-03-01T08:00:00.123Z","seq":17,"value":81.4,"quality":"good"}"#,
            whole,
        ),
        (
            r#"[{"system":"cmms","scope":"S1","device":"D1","property":"ch1","ts":1772352000123,"sequence":17,"v":81.4,"quality":"GOOD"}]"#,
            whole,
        ),
        (
            "\n {\"device\":\"D1\",\n \"channel\":\"ch1\",\"timestamp\":\"2026-03-01T09:00:00+01:00\",\"value\":1}\n",
            short,
        ),
        (r#"{"device":"\u0044\u0031","time":"2026-03-01T08:00:00Z","values":{"ch1":1}}"#, short),
        (
            "\u{feff}{\"id\":\"m1\",\"device\":\"D1\",\"channel\":\"ch1\",\"time\":\"2026-03-01T08:00:00Z\",\"value\":1}",
            short,
        ),
    ];
    for (body, expected) in table {
        assert_eq!(told(body), [expected], "{body}");
    }
}

#[test]
fn a_reading_without_a_time_counts_from_its_receipt() {
    let told = told(r#"{"device":"D1","channel":"ch1","value":true}"#);
    assert_eq!(told, ["mqtt//D1#ch1@2026-03-01T09:00:00Z/0=true"]);
}

#[test]
fn quality_is_one_of_three_words() {
    let body = r#"{"device":"D1","channel":"c","value":1,"quality":"uncertain"}"#;
    with(body, |d| assert_eq!(d.unwrap().items[0].quality, Quality::Uncertain));
}

#[test]
fn lines_may_be_objects_or_arrays_and_fail_alone() {
    let body = concat!(
        "{\"device\":\"D1\",\"channel\":\"a\",\"value\":1}\r\n",
        "\n",
        "{\"device\":\"D1\",\"channel\":\"b\",\"value\":NaN}\n",
        "[{\"device\":\"D1\",\"channel\":\"c\",\"value\":2},{\"device\":\"D1\",\"channel\":\"d\",\"value\":3}]\n",
        "[{\"device\":\"D1\",\"channel\":\"e\",\"value\":2},{]\n",
        "{\"device\":\"D1\",\"channel\":\"f\",\"value\":4}",
    );
    assert_eq!(
        told(body),
        [
            "mqtt//D1#a@2026-03-01T09:00:00Z/0=1",
            "mqtt//D1#c@2026-03-01T09:00:00Z/0=2",
            "mqtt//D1#d@2026-03-01T09:00:00Z/0=3",
            "mqtt//D1#f@2026-03-01T09:00:00Z/0=4",
            "!3 INVALID_JSON - x1",
            "!5 INVALID_JSON - x1",
        ]
    );
}

#[test]
fn each_bad_field_is_named_with_its_code() {
    let table = [
        (r#""time":"yesterday","value":1"#, "INVALID_TIME time"),
        (r#""time":"2026-03-01T08:00:00","value":1"#, "INVALID_TIME time"),
        (r#""time":"9999-12-31T23:59:60Z","value":1"#, "INVALID_TIME time"),
        (r#""time":"2026-02-30T00:00:00Z","value":1"#, "INVALID_TIME time"),
        (r#""time":"0000-01-01T00:00:00Z","value":1"#, "INVALID_TIME time"),
        (r#""time":1e18,"value":1"#, "INVALID_TIME time"),
        (r#""time":1772352000123.5,"value":1"#, "INVALID_TIME time"),
        (r#""time":9223372036854775807,"value":1"#, "INVALID_TIME time"),
        (r#""time":null,"value":1"#, "INVALID_TIME time"),
        (r#""time":"2026-03-01T09:05:01Z","value":1"#, "TIME_IN_FUTURE time"),
        (r#""time":1772355901000,"value":1"#, "TIME_IN_FUTURE time"),
        (r#""value":null"#, "NULL_VALUE value"),
        (r#""value":1e999"#, "NUMBER_OUT_OF_RANGE value"),
        (r#""value":18446744073709551615"#, "NUMBER_OUT_OF_RANGE value"),
        (r#""value":1,"value":2"#, "DUPLICATE_FIELD value"),
        (r#""value":1,"v":2"#, "DUPLICATE_FIELD value"),
        (r#""value":1,"ts":1,"time":2"#, "DUPLICATE_FIELD time"),
        (r#""vlaue":1"#, "UNKNOWN_FIELD vlaue"),
        (r#""seq":1"#, "MISSING_FIELD value"),
        (r#""value":1,"seq":-1"#, "WRONG_TYPE seq"),
        (r#""value":1,"seq":1.5"#, "WRONG_TYPE seq"),
        (r#""value":1,"seq":"1""#, "WRONG_TYPE seq"),
        (r#""value":1,"quality":"fine""#, "WRONG_TYPE quality"),
        (r#""value":1,"system":7"#, "WRONG_TYPE system"),
        (r#""value":1,"scope":null"#, "WRONG_TYPE scope"),
        (r#""value":1,"values":{"a":1}"#, "CONFLICTING_FIELDS values"),
        (r#""values":{"a":1}"#, "CONFLICTING_FIELDS values"),
        (r#""values":[1]"#, "WRONG_TYPE values"),
    ];
    for (fields, expected) in table {
        let body = format!(r#"{{"device":"D1","channel":"c",{fields}}}"#);
        assert_eq!(told(&body), [format!("!0 {expected} x1")], "{fields}");
    }
}

#[test]
fn a_time_within_the_skew_or_long_ago_is_taken() {
    for time in ["\"2026-03-01T09:05:00Z\"", "-1", "0", "\"1700-01-01T00:00:00Z\""] {
        let body = format!(r#"{{"device":"D1","channel":"c","time":{time},"value":1}}"#);
        with(&body, |d| assert_eq!(d.unwrap().items.len(), 1, "{time}"));
    }
}

#[test]
fn several_values_fail_one_by_one_or_together() {
    let one_bad = r#"{"device":"D1","time":0,"values":{"a":1,"b":null,"c":"x"}}"#;
    assert_eq!(
        told(one_bad),
        [
            "mqtt//D1#a@1970-01-01T00:00:00Z/0=1",
            "mqtt//D1#c@1970-01-01T00:00:00Z/0=x",
            "!0 NULL_VALUE values.b x1",
        ]
    );
    let table = [
        (r#"{"time":0,"values":{"a":1,"b":2}}"#, "!0 MISSING_FIELD device x2"),
        (r#"{"device":"D","values":{"a":1,"a":2}}"#, "!0 DUPLICATE_FIELD values.a x1"),
        (r#"{"device":"D","values":{}}"#, "!0 MISSING_FIELD values x1"),
        (r#"{"device":"D","extra":1,"values":{"a":1,"b":2}}"#, "!0 UNKNOWN_FIELD extra x2"),
    ];
    for (body, expected) in table {
        assert_eq!(told(body), [expected], "{body}");
    }
}

#[test]
fn what_is_no_object_is_a_problem_of_its_own() {
    let body =
        r#"[1, "a", null, true, [[]], {"device":"D1","channel":"c","time":0,"value":1}, -2, 1.5]"#;
    let told = told(body);
    assert_eq!(told[0], "mqtt//D1#c@1970-01-01T00:00:00Z/0=1");
    assert_eq!(told.len(), 8);
    assert!(told[1..].iter().all(|t| t.contains("NOT_AN_OBJECT")), "{told:?}");
}

#[test]
fn a_body_that_is_not_json_is_refused_whole_and_located() {
    let deep = "[".repeat(100_000);
    let table = [
        ("", "! INVALID_JSON 1:0"),
        ("   ", "! INVALID_JSON 1:3"),
        ("{\"device\":\"D1\",\n\"value\":NaN}", "! INVALID_JSON 2:9"),
        (r#"[{"device":"D1","channel":"c","value":1},]"#, "! INVALID_JSON 1:42"),
        (r#"{"device":"D1"} {"device":"D2"}"#, "! INVALID_JSON 1:17"),
        (r#"{"value":01}"#, "! INVALID_JSON 1:11"),
        (deep.as_str(), "! INVALID_JSON 1:100000"),
    ];
    for (body, expected) in table {
        assert_eq!(told(body), [expected], "{:.60}", body);
    }
}

#[test]
fn what_is_not_utf8_is_refused_and_located() {
    let limits = DecodeLimits::default();
    let context = Context::new(&limits, Timestamp(0));
    for body in [&b"{\n\"id\":\"\xff\"}"[..], b"\xff\xfe{\0}\0", b"{\"id\":\"\xc0\xaf\"}"] {
        let fault = decode(body, Format::Json, &context).unwrap_err();
        assert_eq!(fault.fault.code, Code::InvalidUtf8);
        assert!(fault.column > 0);
    }
}

#[test]
fn more_readings_than_the_limit_refuse_the_message() {
    let limits = DecodeLimits { message_readings_max: 2, ..DecodeLimits::default() };
    let context = Context::new(&limits, Timestamp(0));
    for body in ["[1,2,3,4]", r#"{"values":{"a":1,"b":2,"c":3}}"#, "{}\n{}\n{}"] {
        let fault = decode(body.as_bytes(), Format::Json, &context).unwrap_err();
        assert_eq!(fault.fault.code, Code::TooManyReadings, "{body}");
    }
}

#[test]
fn a_topic_may_say_what_the_message_leaves_out_but_not_the_opposite() {
    let limits = DecodeLimits::default();
    let mut context = Context::new(&limits, Timestamp(0));
    (context.system, context.device, context.channel) = (Some("mqtt"), Some("D1"), Some("ch1"));
    let decoded = |body: &'static str| {
        let decoded = decode(body.as_bytes(), Format::Json, &context).unwrap();
        match decoded.items.first() {
            Some(item) => Ok(item.value.clone()),
            None => Err(decoded.problems.listed()[0].code),
        }
    };
    assert_eq!(decoded("81.4"), Ok(Value::Double(81.4)));
    assert_eq!(decoded(" \"ON\"\n"), Ok(Value::Text("ON".into())));
    assert_eq!(decoded(r#"{"value":3,"device":"D1"}"#), Ok(Value::Integer(3)));
    assert_eq!(decoded("null"), Err(Code::NullValue));
    assert_eq!(decoded(r#"{"value":3,"device":"D2"}"#), Err(Code::ConflictingFields));
    assert_eq!(decoded(r#"{"values":{"ch1":3}}"#), Err(Code::ConflictingFields));
    let retained = Context { retained: true, ..context };
    let kept = decode(b"81.4", Format::Json, &retained).unwrap();
    assert_eq!(kept.problems.listed()[0].code, Code::RetainedWithoutTime);
}

proptest! {
    #[test]
    fn random_bytes_never_panic_and_are_accounted_for(body in prop::collection::vec(any::<u8>(), 0..200)) {
        check_account(&body);
    }

    #[test]
    fn random_json_never_panics_and_is_accounted_for(
        body in r#"(\[|\{|\}|\]|,|:|\n|"device"|"channel"|"values"|"value"|"a"|1|1e999|null|true|-|"\\ud800"| ){0,40}"#
    ) {
        check_account(body.as_bytes());
    }

    #[test]
    fn every_finite_double_survives_to_the_bit(number in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL) {
        let json = serde_json::Value::from(number).to_string();
        let kept = scalar::value(&json, &DecodeLimits::default()).unwrap();
        prop_assert_eq!(kept, Value::Double(number));
    }
}

fn check_account(body: &[u8]) {
    let limits = DecodeLimits::default();
    let mut context = Context::new(&limits, Timestamp(0));
    for channel in [None, Some("c")] {
        context.channel = channel;
        for format in [Format::Json, Format::Lines] {
            if let Ok(decoded) = decode(body, format, &context) {
                let listed: usize = decoded.problems.listed().iter().map(|p| p.readings).sum();
                assert_eq!(decoded.received(), decoded.items.len() + listed);
            }
        }
    }
}

/// Run with `cargo test --release -- --ignored --nocapture decode_rate`.
#[test]
#[ignore = "a measurement, not a check"]
fn decode_rate() {
    let reading = |i: usize| {
        format!(
            r#"{{"system":"mqtt","device":"MQTT-GW-{}","channel":"ch{}","time":"2026-03-01T08:{:02}:{:02}.123Z","seq":{i},"value":{}.4,"quality":"good"}}"#,
            4000 + i % 500,
            i % 8,
            i / 60 % 60,
            i % 60,
            i % 100,
        )
    };
    let readings: Vec<String> = (0..1000).map(reading).collect();
    let body = format!("[{}]", readings.join(","));
    let values = format!(
        r#"{{"device":"D1","time":1772352000123,"values":{{{}}}}}"#,
        (0..1000).map(|i| format!(r#""ch{i}":{i}.5"#)).collect::<Vec<_>>().join(",")
    );
    for (name, body) in [("objects", &body), ("lines", &readings.join("\n")), ("values", &values)] {
        let (started, mut rounds) = (Instant::now(), 0);
        while started.elapsed() < Duration::from_secs(2) {
            with(body, |d| assert_eq!(d.unwrap().items.len(), 1000));
            rounds += 1;
        }
        let nanos = started.elapsed().as_nanos() / (rounds * 1000);
        println!("{name}: {nanos} ns a reading, {} bytes each", body.len() / 1000);
    }
}
