//! Whole sets of models.

use std::path::Path;

use counterpart::dtdl::repository_path;
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::linter::Folder;
use crate::support::shared::shared;

/// Writes each model of a set to its place in the repository `repo`; the places.
fn spread(set: &Path, folder: &Folder) -> Vec<String> {
    let file = std::fs::File::open(set).expect("the set can be read");
    let models: Vec<Value> = serde_json::from_reader(GzDecoder::new(file)).expect("JSON");
    let place = |model: &Value| {
        let id = model["@id"].as_str().expect("an identifier");
        let path = format!("repo/{}", repository_path(&id.parse().expect("a DTMI")));
        folder.write(&path, model.to_string());
        path
    };
    models.iter().map(place).collect()
}

#[test]
fn the_base_models_are_valid() {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/models/base");
    let ended = Folder::new().check(&[models]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[test]
fn a_packed_ontology_is_checked_as_it_is() {
    let Some(ontology) = shared("dtdl/ontologies/rec-4.json.gz") else {
        return;
    };
    let ended = Folder::new().check(&[&ontology.to_string_lossy()]);
    assert_eq!(ended.out, "1 file, with 1364 interfaces, is valid.\n");
}

#[test]
fn an_ontology_is_resolved_from_the_one_that_it_builds_on() {
    let set = |name: &str| shared(&format!("dtdl/ontologies/willow-{name}.json.gz"));
    let (Some(airport), Some(building)) = (set("airport"), set("building")) else {
        return;
    };
    let folder = Folder::new();
    spread(&building, &folder);
    let airport = airport.to_string_lossy();
    assert_eq!(folder.check(&[&airport]).code, 1);
    let ended = folder.check(&[&airport, "--resolve", "repo"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[test]
fn public_models_that_clash_as_one_set_are_valid_one_by_one() {
    let Some(sample) = shared("dtdl/ontologies/pnp-sample.json.gz") else {
        return;
    };
    let folder = Folder::new();
    let places = spread(&sample, &folder);
    assert_eq!(folder.check(&["repo"]).code, 1);
    for place in places {
        let ended = folder.check(&[&place, "--resolve", "repo"]);
        assert_eq!(ended.code, 0, "{place}: {}{}", ended.out, ended.err);
    }
}
