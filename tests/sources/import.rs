//! The import as a whole: order, bad files, the report.

use counterpart::sources::problem::{Kind, Severity};
use counterpart::sources::text::Input;

use crate::engine::Target;
use crate::models::files;

fn models() -> Vec<Input> {
    files("models/base", "json").iter().map(|(path, _)| Input::file(path)).collect()
}

fn native(text: &str) -> Input {
    Input::bytes("plant.ndjson", text.as_bytes())
}

#[tokio::test]
async fn a_line_may_refer_to_what_a_later_one_states() {
    let target = Target::new().await;
    let text = r#"{"relationship": {"source": "cmms:U1", "name": "occupies", "target": "cmms:P1"}}
        {"link": {"id": "erp:9", "twin": "cmms:U1"}}
        {"twin": {"ids": ["cmms:U1"], "model": "dtmi:counterpart:base:Unit;1"}}
        {"twin": {"ids": ["cmms:P1"], "model": "dtmi:counterpart:base:Position;1"}}
        {"system": {"name": "cmms"}}"#;
    let inputs = [vec![native(text)], models()].concat();
    let report = target.import(&inputs, &[]).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.total().changed, 5, "{report}");
}

#[tokio::test]
async fn what_the_engine_rejects_is_located_and_counted() {
    let target = Target::new().await;
    let text = r#"{"twin": {"ids": ["cmms:U1"], "model": "dtmi:counterpart:base:Unit;1", "properties": {"serialNumber": 7}}}
        {"twin": {"ids": ["cmms:U2"], "model": "dtmi:counterpart:base:Unitt;1"}}
        {"twin": {"ids": ["cmms:U3"], "model": "dtmi:counterpart:base:Unit;1"}}
        {"relationship": {"source": "cmms:U3", "name": "occupies", "target": "cmms:U1"}}
        {"twin": 5}"#;
    let inputs = [vec![native(text)], models()].concat();
    let report = target.import(&inputs, &[]).await;
    let twins = report.kinds[&Kind::Twin];
    assert_eq!((twins.read, twins.changed, twins.rejected), (4, 1, 3), "{report}");
    let found: Vec<_> = report.problems.iter().map(|p| (p.origin.line, p.code)).collect();
    assert_eq!(
        found,
        [(5, "INVALID_STATEMENT"), (1, "INVALID_VALUE"), (2, "UNKNOWN_MODEL"), (4, "UNKNOWN_TWIN")]
    );
    let shown = report.to_string();
    assert!(shown.contains("twins: 4 read: 1 new or changed, 0 unchanged, 3 rejected"), "{shown}");
    assert!(shown.ends_with("4 problems; all else was imported"), "{shown}");
}

#[tokio::test]
async fn invalid_models_stop_the_import_and_say_where() {
    let target = Target::new().await;
    let model = r#"{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:a:B;1", "@type": "Interface",
        "contents": [{"@type": "Property", "name": "x", "schema": "strng"}]}"#;
    let twin = r#"{"twin": {"ids": ["cmms:U1"], "model": "dtmi:a:B;1"}}"#;
    let inputs = [native(twin), Input::bytes("b.json", model.as_bytes())];
    let report = target.import(&inputs, &[]).await;
    assert!(report.stopped.is_some(), "{report}");
    let problem = &report.problems[0];
    assert_eq!((problem.origin.line, problem.code), (2, "INVALID_MODELS"), "{report}");
    assert_eq!(&*problem.origin.file, "b.json");
    assert_eq!(target.0.read(|state| state.systems.len()), 0);
}

#[tokio::test]
async fn a_file_of_no_known_format_is_a_problem_and_the_others_are_imported() {
    let target = Target::new().await;
    let inputs = [
        Input::bytes("picture.png", b"\x89PNG\r\n".as_slice()),
        Input::file("does/not/exist.ndjson".as_ref()),
        Input::bytes("empty.ndjson", b"".as_slice()),
        native(r#"{"system": {"name": "cmms"}}"#),
    ];
    let report = target.import(&inputs, &[]).await;
    let codes: Vec<_> = report.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["UNKNOWN_FORMAT", "NOT_READABLE"]);
    assert_eq!(report.total().changed, 1, "{report}");
}

#[tokio::test]
async fn what_a_swap_handed_over_is_not_stated_again_by_the_file_that_stated_it_first() {
    let text = r#"{"twin": {"ids": ["cmms:1"], "model": "dtmi:counterpart:base:Unit;1"}}
        {"twin": {"ids": ["mqtt:A"], "model": "dtmi:counterpart:base:Gateway;1"}}
        {"relationship": {"source": "mqtt:A", "name": "monitors", "target": "cmms:1", "from": "-P9D"}}
        {"binding": {"device": "mqtt:A", "channel": "c", "twin": "cmms:1", "path": "name"}}
        {"swap": {"old": "mqtt:A", "new": "mqtt:B", "at": "-P7D"}}"#;
    let target = Target::new().await;
    let files = [vec![native(text)], models()].concat();
    let first = target.import(&files, &[]).await;
    assert_eq!(first.errors, 0, "{first}");
    let before = target.0.head();
    let second = target.import(&files, &[]).await;
    assert_eq!((second.errors, second.total().changed), (0, 0), "{second}");
    assert_eq!(target.0.head(), before);
}

#[tokio::test]
async fn a_swap_that_is_done_already_is_a_note() {
    let target = Target::new().await;
    let text = r#"{"twin": {"ids": ["mqtt:A"], "model": "dtmi:counterpart:base:Gateway;1"}}
        {"twin": {"ids": ["cmms:S"], "model": "dtmi:counterpart:base:Station;1"}}
        {"relationship": {"source": "mqtt:A", "name": "locatedIn", "target": "cmms:S", "to": "-P7D"}}
        {"binding": {"device": "mqtt:A", "channel": "board", "twin": "mqtt:A", "path": "boardTemperature", "to": "-P6D"}}
        {"swap": {"old": "mqtt:A", "new": "mqtt:B", "at": "-P7D"}}"#;
    let inputs = [vec![native(text)], models()].concat();
    let first = target.import(&inputs, &[]).await;
    assert!(first.is_complete(), "{first}");
    let swap = native(text.lines().last().unwrap());
    let second = target.import(&[swap], &[]).await;
    assert!(second.is_complete() && second.total().changed == 0, "{second}");
    assert_eq!(second.problems[0].severity, Severity::Note);
}

#[tokio::test]
async fn a_report_is_json_for_programs() {
    let target = Target::new().await;
    let report = target.import(&[native(r#"{"system": {"name": "cmms"}}"#)], &[]).await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["kinds"]["system"]["changed"], 1, "{json}");
    assert_eq!(json["errors"], 0, "{json}");
}
