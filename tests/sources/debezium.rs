//! Change events.

use counterpart::domain::id::{ExternalId, Position};
use counterpart::sources::problem::{Kind, Severity};
use counterpart::sources::text::Input;
use serde_json::{Value, json};

use crate::engine::Target;
use crate::expect::{base_models, imported_twice, source};
use crate::shared::shared;

const SOURCE: &str = r#"
    format = "debezium"
    system = "cmms"
    key = "id"
    model = "dtmi:counterpart:base:Unit;1"
    properties.name = "name"
"#;

fn event(op: &str, lsn: u64, second: i64, before: Value, after: Value) -> Value {
    let at = 1_772_323_200_000_i64 + second * 1_000;
    json!({"op": op, "before": before, "after": after, "ts_ms": at + 900_000, "source": {"lsn": lsn, "ts_ms": at}})
}

fn row(id: u8, name: &str) -> Value {
    json!({"id": id, "name": name})
}

fn lines(events: &[Value]) -> Input {
    let text: Vec<String> = events.iter().map(ToString::to_string).collect();
    Input::bytes("events.ndjson", text.join("\n").into_bytes())
}

/// What is known of a record: when, and its name.
fn told(target: &Target, id: &str) -> Vec<String> {
    let id = ExternalId::new("cmms", "", id).unwrap();
    target.0.read(|state| {
        let Some(timeline) = state.records.timeline(&id) else { return Vec::new() };
        let mut facts: Vec<_> = timeline.known(Position::LATEST_KNOWN).collect();
        facts.sort_by_key(|fact| fact.valid.from);
        let shown = |fact: &&counterpart::domain::timeline::Fact<
            counterpart::domain::fact::SourceRecord,
        >| { format!("{} {}", fact.valid, fact.value.attributes["name"]) };
        facts.iter().map(shown).collect()
    })
}

#[tokio::test]
async fn each_change_holds_until_the_next_of_its_key_in_the_order_of_the_log() {
    // Out of order, and one sent twice, as after a crash of the connector.
    let events = [
        event("u", 30, 20, json!({"id": 1}), row(1, "second")),
        event("r", 10, 0, Value::Null, row(2, "other")),
        event("c", 20, 10, Value::Null, row(1, "first")),
        event("u", 30, 20, json!({"id": 1}), row(1, "second")),
        event("d", 40, 30, json!({"id": 1}), Value::Null),
        Value::Null,
        json!({"schema": {}, "payload": event("c", 50, 40, Value::Null, row(1, "again"))}),
    ];
    let target = Target::new().await;
    let inputs = [base_models(), vec![lines(&events)]].concat();
    let report = target.import(&inputs, &[source(SOURCE)]).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(
        told(&target, "1"),
        [
            "2026-03-01T00:00:10Z to 2026-03-01T00:00:20Z \"first\"",
            "2026-03-01T00:00:20Z to 2026-03-01T00:00:30Z \"second\"",
            "since 2026-03-01T00:00:40Z \"again\"",
        ]
    );
    assert_eq!(told(&target, "2"), ["always \"other\""]);
    // What was there before the delete is one twin, what came after it another.
    let id = ExternalId::new("cmms", "", "1").unwrap();
    let twins: Vec<_> = target.0.read(|state| {
        let facts = state.crosswalks.timeline(&id).unwrap().known(Position::LATEST_KNOWN);
        facts.map(|fact| fact.value.twin).collect()
    });
    assert_eq!(twins.len(), 2);
    assert_ne!(twins[0], twins[1]);
    let again = target.import(&[lines(&events)], &[source(SOURCE)]).await;
    assert_eq!((again.total().changed, again.errors), (0, 0), "{again}");
}

#[tokio::test]
async fn a_delete_ends_the_twin_and_a_changed_key_is_another_thing() {
    let events = [
        event("c", 1, 0, Value::Null, row(1, "a")),
        event("c", 2, 0, Value::Null, row(2, "b")),
        event("d", 3, 5, json!({"id": 1}), Value::Null),
        // As databases without a primary key tell it.
        event("u", 4, 6, row(2, "b"), row(3, "b")),
    ];
    let report = imported_twice(&[lines(&events)], &[source(SOURCE)]).await;
    assert!(report.is_complete(), "{report}");
    // What ended in the same file was made to end, so nothing is left to be ended.
    let ends = report.kinds[&Kind::End];
    assert_eq!((ends.read, ends.unchanged), (2, 2), "{report}");
    assert_eq!(report.kinds[&Kind::Twin].changed, 3, "{report}");
    let target = Target::new().await;
    let first = [base_models(), vec![lines(&events[..2])]].concat();
    target.import(&first, &[source(SOURCE)]).await;
    let rest = lines(&events[2..]);
    let report = target.import(std::slice::from_ref(&rest), &[source(SOURCE)]).await;
    assert_eq!(report.kinds[&Kind::End].changed, 2, "{report}");
    assert_eq!(told(&target, "1"), ["2026-03-01T00:00:00Z to 2026-03-01T00:00:05Z \"a\""]);
    assert_eq!(target.import(&[rest], &[source(SOURCE)]).await.total().changed, 0);
}

#[tokio::test]
async fn what_says_nothing_about_single_rows_is_told_and_not_guessed() {
    let events = [
        event("t", 1, 0, Value::Null, Value::Null),
        event("m", 2, 0, Value::Null, Value::Null),
        event("d", 3, 0, Value::Null, Value::Null),
        json!({"id": 1}),
        json!([1]),
    ];
    let target = Target::new().await;
    let report = target.import(&[lines(&events)], &[source(SOURCE)]).await;
    let shown: Vec<_> =
        report.problems.iter().map(|p| (p.origin.line, p.code, p.severity)).collect();
    assert_eq!(
        shown,
        [
            (1, "TRUNCATED", Severity::Error),
            (2, "LEFT_OUT", Severity::Note),
            (3, "INVALID_EVENT", Severity::Error),
            (4, "INVALID_EVENT", Severity::Error),
            (5, "INVALID_EVENT", Severity::Error),
        ]
    );
}

#[tokio::test]
async fn real_events_are_imported_twice_and_the_second_time_changes_nothing() {
    let names = [
        "postgres-update",
        "postgres-delete",
        "postgres-truncate",
        "postgres-message",
        "outbox-raw",
    ];
    let found = names.map(|name| shared(&format!("samples/debezium/{name}.json")));
    if found.iter().any(Option::is_none) {
        return;
    }
    let inputs: Vec<Input> = found.iter().flatten().map(|path| Input::file(path)).collect();
    let report = imported_twice(&inputs, &[source(&format!("twins = 'match'\n{SOURCE}"))]).await;
    let codes: Vec<_> = report.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["TRUNCATED", "LEFT_OUT"], "{report}");
    let oracle = ["oracle-create", "oracle-update", "oracle-delete"]
        .map(|name| Input::file(&shared(&format!("samples/debezium/{name}.json")).unwrap()));
    let toml = "format = 'debezium'\nsystem = 'crm'\ntwins = 'match'\nkey = 'ID'\n";
    let report = imported_twice(&oracle, &[source(toml)]).await;
    assert!(report.is_complete(), "{report}");
}
