//! Graphs of Azure Digital Twins.

use counterpart::sources::problem::Kind;
use counterpart::sources::text::Input;

use crate::engine::Target;
use crate::expect::source;
use crate::shared::shared;
use crate::workbook::{rows, workbook};

const MODEL: &str = r#"{"@id": "dtmi:x:Room;1", "@type": "Interface", "@context": "dtmi:dtdl:context;2", "contents": [
    {"@type": "Property", "name": "temperature", "schema": "double"},
    {"@type": "Component", "name": "door", "schema": "dtmi:x:Door;1"},
    {"@type": "Relationship", "name": "next", "properties": [{"@type": "Property", "name": "metres", "schema": "integer"}]}]}"#;
const DOOR: &str = r#"{"@id": "dtmi:x:Door;1", "@type": "Interface", "@context": "dtmi:dtdl:context;2", "contents": [
    {"@type": "Property", "name": "open", "schema": "boolean"}]}"#;
const A: &str = r#"{"$dtId": "A", "$etag": "W/1", "$metadata": {"$model": "dtmi:x:Room;1", "temperature": {"lastUpdateTime": "2026-01-01T00:00:00Z"}},
    "temperature": 21.5, "door": {"$metadata": {}, "open": true}}"#;
const B: &str = r#"{"$dtId": "B", "$metadata": {"$model": "dtmi:x:Room;1"}, "temperature": "warm", "colour": "red"}"#;
const NEXT: &str = r#"{"$relationshipId": "r1", "$sourceId": "A", "$targetId": "B", "$relationshipName": "next", "metres": 3}"#;

fn explorer() -> Input {
    let text = format!(
        "{{\"digitalTwinsFileInfo\": {{\"fileVersion\": \"1.0.0\"}}, \"digitalTwinsGraph\": {{\"digitalTwins\": [{A},\n{B}], \"relationships\": [{NEXT}]}}, \"digitalTwinsModels\": [{MODEL}, {DOOR}]}}"
    );
    Input::bytes("graph.json", text.into_bytes())
}

fn bulk() -> Input {
    let line = |text: &str| text.replace('\n', " ");
    let (model, a) = (line(MODEL), line(A));
    let door = line(DOOR);
    let text = format!(
        "{{\"Section\": \"Header\"}}\n{{\"fileVersion\": \"1.0.0\"}}\n{{\"Section\": \"Models\"}}\n{model}\n{door}\n{{\"Section\": \"Twins\"}}\n{a}\n{B}\n{{\"Section\": \"Relationships\"}}\n{NEXT}\n"
    );
    Input::bytes("graph.ndjson", text.into_bytes())
}

#[tokio::test]
async fn both_json_forms_give_models_twins_components_and_relationships() {
    for input in [explorer(), bulk()] {
        let target = Target::new().await;
        let report = target.import(std::slice::from_ref(&input), &[]).await;
        // What does not fit the model is left out, and told with its line.
        let codes: Vec<_> = report.problems.iter().map(|p| p.code).collect();
        assert_eq!(codes, ["UNKNOWN_PROPERTY", "INVALID_VALUE"], "{report}");
        assert_eq!(report.models.added, 2, "{report}");
        assert_eq!(report.kinds[&Kind::Twin].changed, 2, "{report}");
        assert_eq!(report.kinds[&Kind::Relationship].changed, 1, "{report}");
        let again = target.import(&[input], &[]).await;
        assert_eq!((again.total().changed, again.models.unchanged), (0, 2), "{again}");
    }
}

#[tokio::test]
async fn errors_of_models_stand_at_the_lines_of_the_file() {
    let text = "{\"digitalTwinsFileInfo\": {},\n\"digitalTwinsModels\": [\n\n{\"@id\": \"dtmi:x:A;1\", \"@type\": \"Interface\", \"@context\": \"dtmi:dtdl:context;2\", \"contents\": 7}]}";
    let target = Target::new().await;
    let report = target.import(&[Input::bytes("graph.json", text.as_bytes())], &[]).await;
    assert!(report.stopped.is_some(), "{report}");
    assert_eq!(report.problems[0].origin.line, 4, "{report}");
}

#[tokio::test]
async fn a_workbook_tells_one_relationship_a_row() {
    let sheet = rows(&[
        &[
            "ModelID",
            "ID (must be unique)",
            "Relationship (From)",
            "Relationship Name",
            "Init Data",
        ],
        &["dtmi:x:Room;1", "A", "", "", "{\"temperature\": 20.5}"],
        &["dtmi:x:Room;1", "B", "A", "next", ""],
        &["", "A", "B", "next", ""],
        &["dtmi:x:Room;1", "C", "", "", "{broken"],
    ]);
    let book = Input::bytes("graph.xlsx", workbook(&[("Sheet1", &sheet)]));
    let models = Input::bytes("models.json", format!("[{MODEL}, {DOOR}]").into_bytes());
    let target = Target::new().await;
    let sources = [source("format = 'adt'\nsystem = 'adt'\n")];
    let report = target.import(&[book.clone(), models], &sources).await;
    assert_eq!(report.errors, 1, "{report}");
    assert_eq!(report.kinds[&Kind::Twin].changed, 2, "{report}");
    assert_eq!(report.kinds[&Kind::Relationship].changed, 2, "{report}");
    assert_eq!(target.import(&[book], &sources).await.total().changed, 0);
}

/// The models that stand beside a graph.
fn models(folder: &str) -> Vec<Input> {
    let Some(folder) = shared(folder) else { return Vec::new() };
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_model = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_json = name.ends_with(".json") && !name.ends_with("xlsx.json");
        is_json && !name.contains("mport") && !name.contains("DTDL-v2")
    };
    files.filter(is_model).map(|path| Input::file(&path)).collect()
}

#[tokio::test]
async fn real_graphs_are_imported_twice_and_the_second_time_changes_nothing() {
    let example = "instances/getting-started/energy-grid-example";
    let home = "instances/getting-started/basic-home-example";
    // The graph, the folder of its models, twins, relationships, errors.
    for (graph, folder, expected) in [
        (format!("{home}/import.json"), "", (12, 11, 0)),
        (format!("{example}/distributionGridBulkImport.json"), "", (49, 50, 0)),
        (format!("{example}/distributionGrid.xlsx"), example, (49, 50, 0)),
        (format!("{example}/nationalGrid.xlsx"), example, (13, 12, 0)),
    ] {
        let Some(path) = shared(&graph) else { return };
        let target = Target::new().await;
        let sources = [source("format = 'adt'\nsystem = 'adt'\nfiles = ['*.xlsx']\n")];
        let mut inputs = vec![Input::file(&path)];
        if !folder.is_empty() {
            inputs.extend(models(folder));
        }
        let report = target.import(&inputs, &sources).await;
        let count = |kind| report.kinds.get(&kind).map_or(0, |counts| counts.changed);
        let found = (count(Kind::Twin), count(Kind::Relationship), report.errors);
        assert_eq!(found, expected, "{graph}: {report}");
        let again = target.import(&inputs, &sources).await;
        assert_eq!(again.total().changed, 0, "{graph}: {again}");
    }
}
