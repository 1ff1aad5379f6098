//! Models over time at the command line: dry runs, comparison, decommissioning, deletion, migration.

use serde_json::Value;

use crate::linter::{Ended, Folder};
use crate::support::server::Server;

const OLD: &str = "dtmi:com:example:Pump;1";
const NEW: &str = "dtmi:com:example:Pump;2";

fn pump(version: u8, contents: &str) -> String {
    format!(
        r#"{{"@context": ["dtmi:dtdl:context;3", "dtmi:dtdl:extension:quantitativeTypes;1"],
  "@id": "dtmi:com:example:Pump;{version}", "@type": "Interface", "contents": [{contents}]}}"#
    )
}

fn pressure(unit: &str) -> String {
    format!(
        r#"{{"@type": ["Telemetry", "Pressure"], "name": "head", "schema": "double", "unit": "{unit}"}}"#
    )
}

const NOTE: &str = r#"{"@type": "Property", "name": "note", "schema": "string"}"#;

/// A store with two pumps of version 1; version 2 beside it, in a file.
fn plant() -> Folder {
    let folder = Folder::new();
    let property = r#", {"@type": "Property", "name": "tag", "schema": "string"}"#;
    let older = format!("{NOTE}, {}{property}", pressure("bar"));
    folder.write("v1.json", pump(1, &older));
    folder.write("v2.json", pump(2, &format!("{}{property}", pressure("kilopascal"))));
    folder.write(
        "plant.ndjson",
        r#"{"system": {"name": "cmms"}}
{"twin": {"ids": ["cmms:1"], "model": "dtmi:com:example:Pump;1", "properties": {"note": "old", "tag": "P-1"}}}
{"twin": {"ids": ["cmms:2"], "model": "dtmi:com:example:Pump;1", "properties": {"tag": "P-2"}}}
{"binding": {"device": "cmms:1", "channel": "p", "twin": "cmms:1", "path": "head"}}
"#,
    );
    let ended = folder.run(&["import", "--data", "d", "v1.json", "plant.ndjson"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    folder
}

fn models(folder: &Folder, arguments: &[&str]) -> Ended {
    let (command, rest) = arguments.split_first().expect("a command");
    folder.run(&[&["models", command, "--data", "d"], rest].concat())
}

fn verified(folder: &Folder) {
    let ended = folder.run(&["replay", "--data", "d", "--verify"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[test]
fn a_dry_run_tells_what_comes_and_what_it_touches() {
    let folder = plant();
    let ended = models(&folder, &["upload", "--dry-run", "v1.json", "v2.json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.starts_with("1 new, 1 unchanged\n"), "{}", ended.out);
    assert!(ended.out.contains("2 differences; it breaks data or clients."), "{}", ended.out);
    assert!(ended.out.contains("twins: 2 instances of"), "{}", ended.out);
    assert!(ended.out.contains("cmms:1#p measures head of"), "{}", ended.out);
    let ended = models(&folder, &["upload", "--dry-run", "--json", "v2.json"]);
    let newer = &ended.json()["newerVersions"][0];
    assert_eq!(newer["twins"]["count"], 2);
    assert_eq!(newer["twins"]["bindingCount"], 1);
    let ended = models(&folder, &["compare", OLD, NEW]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("is not there"), "nothing was uploaded: {}", ended.err);
    folder.write("wrong.json", crate::linter::WRONG);
    let ended = models(&folder, &["upload", "--dry-run", "wrong.json"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("wrong.json:6:"), "{}", ended.err);
}

#[test]
fn comparing_tells_by_the_exit_code_whether_something_breaks() {
    let folder = plant();
    let in_files = |arguments: &[&str]| {
        folder.run(
            &[&["models", "compare", "--dir", "v1.json", "--dir", "v2.json"], arguments].concat(),
        )
    };
    let ended = in_files(&[OLD, NEW]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("breaks           note: The property is gone."), "{}", ended.out);
    assert!(ended.out.contains("needs migration  head: The unit was bar"), "{}", ended.out);
    let report = in_files(&[NEW, OLD, "--format", "json"]);
    assert_eq!(report.code, 0, "{}", report.err);
    assert_eq!(report.json()["impact"], "NEEDS_MIGRATION");
    let paths: Vec<Value> =
        report.json()["changes"].as_array().unwrap().iter().map(|c| c["path"].clone()).collect();
    assert_eq!(paths, ["head", "note"]);
    assert_eq!(models(&folder, &["upload", "v2.json"]).code, 0);
    let stored = models(&folder, &["compare", OLD, NEW, "--format", "json"]);
    assert_eq!(stored.json(), in_files(&[OLD, NEW, "--format", "json"]).json());
}

#[test]
fn twins_are_migrated_when_nothing_is_lost_without_leave() {
    let folder = plant();
    assert_eq!(models(&folder, &["upload", "v2.json"]).code, 0);
    let looked = models(&folder, &["migrate", OLD, NEW, "--apply"]);
    assert_eq!(looked.code, 1, "{}", looked.err);
    assert!(looked.out.contains("lost: property `note` of 1 twins"), "{}", looked.out);
    let dry = models(&folder, &["migrate", OLD, NEW, "--drop", "note", "--format", "json"]);
    assert_eq!(dry.code, 0, "{}{}", dry.out, dry.err);
    let found = dry.json();
    assert_eq!(
        (&found["twins"], &found["fitting"], &found["migrated"]),
        (&2.into(), &1.into(), &0.into())
    );
    let effects: Vec<_> =
        found["findings"].as_array().unwrap().iter().map(|f| (&f["effect"], &f["path"])).collect();
    assert_eq!(
        effects,
        [(&"ADJUSTED".into(), &"head".into()), (&"DROPPED".into(), &"note".into())]
    );
    let done = models(&folder, &["migrate", OLD, NEW, "--drop", "note", "--apply"]);
    assert!(done.out.ends_with("2 were migrated.\n"), "{}{}", done.out, done.err);
    let again = models(&folder, &["migrate", OLD, NEW, "--apply"]);
    assert!(again.out.ends_with("0 were migrated.\n"), "{}{}", again.out, again.err);
    verified(&folder);
}

#[test]
fn models_are_decommissioned_and_deleted_for_good() {
    let folder = plant();
    assert_eq!(models(&folder, &["upload", "v2.json"]).code, 0);
    assert_eq!(models(&folder, &["decommission", OLD]).code, 0);
    folder.write(
        "new.ndjson",
        r#"{"twin": {"ids": ["cmms:3"], "model": "dtmi:com:example:Pump;1"}}"#,
    );
    let ended = folder.run(&["import", "--data", "d", "new.ndjson"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("[MODEL_DECOMMISSIONED]"), "{}", ended.out);
    assert_eq!(models(&folder, &["recommission", OLD]).code, 0);
    let ended = folder.run(&["import", "--data", "d", "new.ndjson"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    let used = models(&folder, &["delete", OLD, "--dry-run"]);
    assert_eq!(used.code, 1);
    assert!(used.out.contains("3 uses stand in the way"), "{}", used.out);
    assert_eq!(models(&folder, &["delete", OLD]).code, 1);
    assert_eq!(models(&folder, &["delete", NEW]).code, 0);
    verified(&folder);
    folder.write("other.json", pump(2, NOTE));
    assert_eq!(models(&folder, &["upload", "other.json"]).code, 0);
    verified(&folder);
}

#[test]
fn models_that_clash_as_one_set_live_in_one_store() {
    let folder = Folder::new();
    let model = |id: &str| {
        format!(
            r#"{{"@context": "dtmi:dtdl:context;3", "@id": "{id}", "@type": "Interface",
  "contents": [{{"@type": "Property", "@id": "dtmi:com:example:shared;1", "name": "p", "schema": "integer"}}]}}"#
        )
    };
    folder.write("a.json", model("dtmi:com:example:A;1"));
    folder.write("b.json", model("dtmi:com:example:B;1"));
    for file in ["a.json", "b.json", "a.json"] {
        let ended = folder.run(&["import", "--data", "d", file]);
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    }
    verified(&folder);
}

#[tokio::test]
async fn the_same_goes_through_a_running_server() {
    let folder = plant();
    let data = folder.path().join("d");
    let server = Server::start(&["--data", &data.to_string_lossy()]).await;
    let ended = models(&folder, &["upload", "--dry-run", "v2.json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("A server uses this directory"), "{}", ended.err);
    assert_eq!(models(&folder, &["upload", "v2.json"]).code, 0);
    let there =
        ["models", "migrate", "--server", &server.url, OLD, NEW, "--drop", "note", "--apply"];
    let done = folder.run(&there);
    assert!(done.out.ends_with("2 were migrated.\n"), "{}{}", done.out, done.err);
    let model = "{ resolve(system: \"cmms\", id: \"1\") { twin { model { id } } } }";
    let data = server.graphql(model, Value::Null).await;
    assert_eq!(data["resolve"]["twin"]["model"]["id"], NEW);
    let ended = models(&folder, &["delete", OLD]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("what is used cannot be deleted"), "{}", ended.err);
}
