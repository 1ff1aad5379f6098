//! Our own format: what is taken, and what is refused where.

use std::io::Write;

use counterpart::domain::command::{Command, TwinRef};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::dtdl::Catalogue;
use counterpart::sources::limits::LINE_BYTES_MAX;
use counterpart::sources::problem::Kind;
use counterpart::sources::text::Input;

use crate::expect::{commands, items};

const GOOD: &str = r#"{"system": {"name": "cmms"}}"#;

fn native(name: &str, text: &str) -> Vec<Command> {
    commands(name, text, &[], &Catalogue::empty())
}

/// Reads the bytes as an NDJSON file; answers how many items, and the problems as text.
fn read(bytes: &[u8]) -> (usize, Vec<String>) {
    let input = Input::bytes("plant.ndjson", bytes);
    let (items, problems) = items(&input, &[], &Catalogue::empty());
    (items.len(), problems.iter().map(ToString::to_string).collect())
}

#[test]
fn every_kind_of_statement_becomes_its_command() {
    let text = r#"
        {"system": {"name": "cmms", "title": "CMMS"}}
        {"twin": {"ids": ["cmms:EQ-1", {"system": "scada", "scope": "PLC-1", "id": "P101A"}], "model": "dtmi:com:example:Pump;1", "properties": {"name": "A"}, "source": "cmms"}}
        {"link": {"id": "erp:447:10", "twin": "cmms:EQ-1", "confidence": 0.9, "reason": "same serial"}}
        {"relationship": {"source": "cmms:EQ-1", "name": "locatedIn", "target": "mes:S", "from": "2026-01-01T00:00:00Z"}}
        {"binding": {"device": "mqtt:GW", "channel": "ch2", "twin": "01234567-89ab-7def-8123-456789abcdef", "path": "temperature", "unit": "Cel", "from": "-P7D", "to": "-P1D"}}
        {"record": {"key": "erp:10", "kind": "equipment", "attributes": {"n": 1}, "claims": {"name": "A"}, "identity": {"serial": "007"}, "model": "dtmi:com:example:Pump;1", "stated": "-P7D"}}
        {"swap": {"old": "mqtt:A", "new": "mqtt:B", "at": "-P7D"}}
    "#;
    let found = native("plant.ndjson", text);
    let kinds: Vec<Kind> = found.iter().map(Kind::of).collect();
    assert_eq!(
        kinds,
        [
            Kind::System,
            Kind::Twin,
            Kind::Link,
            Kind::Relationship,
            Kind::Binding,
            Kind::Record,
            Kind::Swap
        ]
    );
    let Command::PutTwin(twin) = &found[1] else { panic!() };
    assert_eq!(twin.identifiers[1].to_string(), "scada/PLC-1:P101A");
    assert_eq!(twin.valid, Interval::ALWAYS);
    let Command::LinkId(link) = &found[2] else { panic!() };
    assert_eq!(link.external.id.as_ref(), "447:10");
    let Command::Bind(bind) = &found[4] else { panic!() };
    assert!(matches!(bind.twin, TwinRef::Id(_)));
    let day = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(bind.valid.from, day("2026-03-01T00:00:00Z"));
    assert_eq!(bind.valid.to, day("2026-03-07T00:00:00Z"));
    let Command::PutRecord(record) = &found[5] else { panic!() };
    assert_eq!(record.claims["name"], "A");
    assert_eq!(record.identity["serial"].as_ref(), "007");
    assert_eq!(record.stated, Some(bind.valid.from));
}

#[test]
fn an_array_says_the_same_as_lines() {
    let array =
        "[\n {\"system\":\n {\"name\": \"a[\\\"]\"}},\n\n{\"system\": {\"name\": \"b\"}}\n]\n";
    assert_eq!(native("plant.json", array).len(), 2);
    let pretty = "{\n \"system\": {\n \"name\": \"a\" }\n}\n{\"system\": {\"name\": \"b\"}}";
    assert_eq!(native("plant.json", pretty).len(), 2);
}

#[test]
fn a_bad_line_is_located_and_the_others_are_read() {
    for (line, place, reason) in [
        (r#"{"system": {"name": "x"}"#, "2:24", "EOF"),
        (r#"{"system": {"name": "x", "name": "y"}}"#, "2:31", "stands twice"),
        (
            r#"{"record": {"key": "a:1", "kind": "k", "attributes": {"n": 9223372036854775808}}}"#,
            "2:60",
            "64 bits",
        ),
        (r#"{"system": {"nme": "x"}}"#, "2", "unknown field `nme`"),
        (r#"{"systen": {"name": "x"}}"#, "2", "unknown variant `systen`"),
        (r#"{"system": {"name": 1}}"#, "2", "expected a string"),
        (r#"{"system": {"name": "x"}, "twin": {}}"#, "2", "one statement a line"),
        ("[1]", "2", "one statement a line"),
        ("nonsense", "2:2", "expected"),
        (r#"{"twin": {"model": "dtmi:a:B;1"}}"#, "2", "needs `ids`"),
        (r#"{"twin": {"ids": ["EQ-1"]}}"#, "2", "names no system"),
        (r#"{"twin": {"ids": ["cmms:"]}}"#, "2", "is empty"),
        (r#"{"twin": {"ids": ["cmms:a\u0000b"]}}"#, "2", "invisible character"),
        (r#"{"twin": {"ids": ["cmms:a"], "model": "Pump"}}"#, "2", "not a DTMI"),
        (r#"{"twin": {"ids": ["cmms:a"], "from": "yesterday"}}"#, "2", "not a moment"),
        (r#"{"twin": {"ids": ["cmms:a"], "from": "-P1D", "to": "-P2D"}}"#, "2", "must lie before"),
        (r#"{"link": {"id": "a:b", "twin": "c:d", "confidence": 2}}"#, "2", "from 0 to 1"),
    ] {
        let (count, problems) = read(format!("{GOOD}\n{line}\n{GOOD}\n").as_bytes());
        assert_eq!((count, problems.len()), (2, 1), "{line}: {problems:?}");
        let problem = &problems[0];
        assert!(problem.starts_with(&format!("plant.ndjson:{place}: ")), "{line}: {problem}");
        assert!(problem.contains(reason), "{line}: {problem}");
    }
}

#[test]
fn bytes_that_are_no_text_are_located_and_the_others_are_read() {
    let mut bytes = format!("{GOOD}\n{{\"system\": {{\"name\": \"").into_bytes();
    bytes.extend([0xFF, b'"', b'}', b'}', b'\n']);
    bytes.extend(GOOD.as_bytes());
    let (count, problems) = read(&bytes);
    assert_eq!(count, 2);
    assert!(problems[0].starts_with("plant.ndjson:2:22: the line is not UTF-8"), "{problems:?}");
}

#[test]
fn a_byte_order_mark_and_compression_are_seen_by_the_bytes() {
    let marked = [b"\xEF\xBB\xBF", GOOD.as_bytes()].concat();
    assert_eq!(read(&marked), (1, vec![]));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&marked).unwrap();
    let packed = gzip.finish().unwrap();
    assert_eq!(read(&packed), (1, vec![]));
    let (count, problems) = read(&packed[..packed.len() - 9]);
    assert!(count <= 1 && problems[0].contains("cannot be read"), "{problems:?}");
    let (_, problems) = read(b"\xFF\xFE{\0");
    assert!(problems[0].contains("UTF-16"), "{problems:?}");
}

#[test]
fn a_line_over_the_limit_is_refused_without_being_kept() {
    let long = format!("{GOOD}\n{{\"{}\": 1}}\n{GOOD}\n", "x".repeat(LINE_BYTES_MAX));
    let (count, problems) = read(long.as_bytes());
    assert_eq!(count, 2);
    assert!(problems[0].starts_with("plant.ndjson:2: the line is 1048"), "{problems:?}");
    let array = format!("[{GOOD},\n{{\"{}\": 1}},\n{GOOD}]", "x".repeat(LINE_BYTES_MAX));
    let input = Input::bytes("plant.json", array.as_bytes());
    let (found, problems) = items(&input, &[], &Catalogue::empty());
    assert_eq!((found.len(), problems.len()), (2, 1));
    assert_eq!(problems[0].origin.line, 2);
}

#[test]
fn an_array_that_breaks_off_says_so() {
    for text in ["[{\"system\": {\"name\": \"a\"}}", "[{\"system\": {\"name\": \"a\"}}, {\"sys"] {
        let input = Input::bytes("plant.json", text.as_bytes());
        let (found, problems) = items(&input, &[], &Catalogue::empty());
        assert_eq!(found.len(), 1, "{text}");
        assert!(problems[0].message.contains("is it complete?"), "{problems:?}");
    }
}
