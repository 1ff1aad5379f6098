//! JSON documents and lines of declared sources.

use counterpart::domain::command::Command;
use counterpart::dtdl::Catalogue;
use counterpart::sources::problem::Problem;
use counterpart::sources::text::Input;

use crate::expect::{imported_twice, items, source};

const SOURCE: &str = r#"
    format = "json"
    system = "registry"
    twins = "match"
    key = ["/site/code", "id"]
    read.records = "/data/devices"

    [identity]
    mac = "/network/0/mac"
    serial = ["sn", "serial"]
"#;

fn read(name: &str, text: &str, toml: &str) -> (Vec<String>, Vec<Problem>) {
    let input = Input::bytes(name, text.as_bytes());
    let (found, problems) = items(&input, &[source(toml)], &Catalogue::empty());
    let shown = found.iter().map(|item| match &item.command {
        Command::PutRecord(record) => {
            format!("{} {} {:?}", item.origin, record.key, record.identity)
        }
        other => panic!("{other:?}"),
    });
    (shown.collect(), problems)
}

#[test]
fn records_and_fields_are_found_by_pointers() {
    let text = r#"{"meta": {"devices": [1, {"deep": "]}"}]},
        "data": {"count": 2, "devices": [
            {"id": 7, "site": {"code": "P07"}, "network": [{"mac": "00:1A"}], "sn": null, "serial": "S1"},
            {"id": "8", "site": {"code": "P07"}}
        ], "next": null}}"#;
    let (found, problems) = read("a.json", text, SOURCE);
    assert_eq!(problems, []);
    assert_eq!(
        found,
        [
            "a.json:3#/data/devices/0 registry:P07/7 {\"mac\": \"00:1A\", \"serial\": \"S1\"}",
            "a.json:4#/data/devices/1 registry:P07/8 {}",
        ]
    );
}

#[test]
fn a_star_leads_into_every_element_on_the_way() {
    let toml = SOURCE.replace("/data/devices", "/buildings/*/devices");
    let text = r#"{"buildings": [{"devices": [{"id": 1, "site": {"code": "A"}}]}, {"name": "b"}, {"devices": [{"id": 2, "site": {"code": "A"}}]}]}"#;
    let (found, problems) = read("a.json", text, &toml);
    assert_eq!(problems, []);
    assert!(found[1].starts_with("a.json:1#/buildings/2/devices/0 registry:A/2"), "{found:?}");
}

#[test]
fn pages_may_stand_one_after_the_other() {
    let page =
        |id: u8| format!(r#"{{"data": {{"devices": [{{"id": {id}, "site": {{"code": "A"}}}}]}}}}"#);
    let (found, problems) = read("a.json", &format!("{}\n{}", page(1), page(2)), SOURCE);
    assert_eq!((found.len(), problems), (2, vec![]));
}

#[test]
fn a_document_without_the_records_says_what_it_has() {
    let (found, problems) = read("a.json", r#"{"items": [], "total": 0}"#, SOURCE);
    assert!(found.is_empty());
    assert_eq!(problems[0].code, "RECORDS_MISSING");
    assert!(problems[0].message.contains("its keys are: items, total"), "{problems:?}");
}

#[test]
fn bad_records_are_located_and_the_others_are_read() {
    let text = "{\"data\": {\"devices\": [\n{\"id\": 1, \"site\": {\"code\": \"A\"}},\n{\"id\": 2},\n7,\n{\"id\": 3, \"id\": 4},\n{\"id\": 5, \"site\": {\"code\": \"A\"}}]}}";
    let (found, problems) = read("a.json", text, SOURCE);
    assert_eq!(found.len(), 2, "{problems:?}");
    let shown: Vec<_> = problems.iter().map(|p| (p.origin.line, p.code)).collect();
    assert_eq!(shown, [(3, "INVALID_ROW"), (4, "INVALID_ROW"), (5, "INVALID_JSON")]);
}

#[test]
fn a_document_that_breaks_off_says_so() {
    for text in [
        "{\"data\": {\"devices\": [{\"id\": 1, \"site\": {\"code\": \"A\"}}",
        "{\"data\": {\"devices\": [{\"id\"",
        "{\"data\": {",
        "{\"data\"",
        "{data: 1}",
    ] {
        let (_, problems) = read("a.json", text, SOURCE);
        assert_eq!(problems.last().unwrap().code, "INVALID_JSON", "{text}: {problems:?}");
    }
}

#[test]
fn lines_stand_each_by_itself() {
    let toml =
        SOURCE.replace("\"json\"", "\"ndjson\"").replace("read.records = \"/data/devices\"", "");
    let text = "{\"id\": 1, \"site\": {\"code\": \"A\"}}\n{broken\n\n{\"id\": 2, \"site\": {\"code\": \"A\"}}\n";
    let (found, problems) = read("a.ndjson", text, &toml);
    assert_eq!(found.len(), 2);
    assert_eq!((problems[0].origin.line, problems[0].code), (2, "INVALID_JSON"));
}

#[tokio::test]
async fn a_second_import_changes_nothing() {
    let text = r#"{"data": {"devices": [{"id": 7, "site": {"code": "P07"}}, {"id": 8, "site": {"code": "P07"}}]}}"#;
    let input = Input::bytes("a.json", text.as_bytes());
    let report = imported_twice(&[input], &[source(SOURCE)]).await;
    assert!(report.is_complete() && report.total().changed == 3, "{report}");
}
