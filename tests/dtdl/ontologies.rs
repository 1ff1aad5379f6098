//! The published ontologies: all valid, alone and on top of each other.

use std::collections::HashMap;

use counterpart::dtdl::{Catalogue, Document, Dtmi, FetchedDocument, Policy};
use serde_json::Value;

use crate::shared;

fn ontology(name: &str) -> Option<String> {
    shared::read(&format!("ontologies/{name}.json.gz"))
}

fn load(name: &str, text: &str) -> Catalogue {
    let catalogue = Catalogue::empty();
    let upload = catalogue
        .plan(&[Document { name, text }])
        .unwrap_or_else(|errors| panic!("{name}: {errors}"));
    catalogue.with(&upload)
}

#[test]
fn every_ontology_is_valid_whole_with_all_its_interfaces_and_contents() {
    let Some(sources) = shared::read("ontologies/SOURCES.json") else {
        return;
    };
    let sources: Value = serde_json::from_str(&sources).expect("the sources are JSON");
    for source in sources.as_array().into_iter().flatten() {
        let name = source["ontology"].as_str().unwrap_or_default();
        if matches!(name, "willow-airport" | "pnp-sample") {
            continue;
        }
        let Some(text) = ontology(name) else { return };
        let catalogue = load(name, &text);
        assert_eq!(
            catalogue.len() as u64,
            source["interfaces"].as_u64().unwrap_or_default(),
            "{name}"
        );
        let own: usize = catalogue.iter().map(|interface| interface.own_contents().len()).sum();
        let contents = source["contents"].as_object().into_iter().flatten();
        let expected: u64 = contents.filter_map(|(_, count)| count.as_u64()).sum();
        assert_eq!(own as u64, expected, "{name}");
        let again =
            catalogue.plan(&[Document { name, text: &text }]).expect("the same again is no error");
        assert!(again.added.is_empty() && again.unchanged.len() == catalogue.len(), "{name}");
    }
}

#[test]
fn each_source_is_read_alone_and_is_unchanged() {
    let Some(text) = ontology("building-v3") else {
        return;
    };
    let catalogue = load("building-v3", &text);
    for interface in catalogue.iter() {
        let document = Document { name: interface.id.as_str(), text: &interface.source };
        let upload = catalogue.plan(&[document]).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(upload.unchanged, std::slice::from_ref(&interface.id));
    }
}

#[test]
fn a_hierarchy_answers_what_extends_what() {
    let Some(text) = ontology("rec-4") else {
        return;
    };
    let catalogue = load("rec-4", &text);
    let deepest = catalogue
        .iter()
        .max_by_key(|interface| interface.ancestors().len())
        .expect("it has interfaces");
    for ancestor in deepest.ancestors() {
        assert!(catalogue.is_a(&deepest.id, ancestor) && !catalogue.is_a(ancestor, &deepest.id));
        assert!(catalogue.subtypes(ancestor).any(|interface| interface.id == deepest.id));
    }
    for content in deepest.contents() {
        assert!(catalogue.is_a(&deepest.id, &content.declared_in));
        assert_eq!(deepest.content(&content.name).map(|found| &found.name), Some(&content.name));
    }
}

/// The documents of an ontology, by identifier.
fn by_id(text: &str) -> HashMap<String, String> {
    let all: Value = serde_json::from_str(text).expect("the ontology is JSON");
    let interfaces = all.as_array().into_iter().flatten();
    interfaces
        .map(|one| (one["@id"].as_str().unwrap_or_default().to_owned(), one.to_string()))
        .collect()
}

fn resolver(from: &HashMap<String, String>) -> impl FnMut(&[Dtmi]) -> Vec<FetchedDocument> {
    |missing| {
        let found = missing.iter().filter_map(|id| Some((id, from.get(id.as_str())?)));
        found
            .map(|(id, text)| FetchedDocument { name: id.to_string(), text: text.as_str().into() })
            .collect()
    }
}

#[test]
fn the_airport_ontology_is_valid_with_what_it_needs_of_the_building_ontology() {
    let (Some(airport), Some(building)) = (ontology("willow-airport"), ontology("willow-building"))
    else {
        return;
    };
    let building = by_id(&building);
    let document = Document { name: "willow-airport", text: &airport };
    let policy = Policy::default();
    let upload = Catalogue::empty().plan_resolved(&[document], &policy, &mut resolver(&building));
    let upload = upload.unwrap_or_else(|errors| panic!("{errors}"));
    assert!(upload.added.len() > 123);
}

#[test]
fn each_plug_and_play_model_is_valid_with_its_dependencies() {
    let Some(text) = ontology("pnp-sample") else {
        return;
    };
    let models = by_id(&text);
    let policy = Policy {
        tolerate_solecisms: true,
        tolerate_solecisms_in_resolved: true,
        ..Policy::default()
    };
    let mut failures = Vec::new();
    for (id, text) in &models {
        let document = Document { name: id, text };
        if let Err(errors) =
            Catalogue::empty().plan_resolved(&[document], &policy, &mut resolver(&models))
        {
            failures.push(format!("{id}: {errors}"));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        models.len(),
        failures.join("\n")
    );
}

#[test]
fn interfaces_are_exported_as_json_schemas_that_take_an_empty_twin() {
    for name in ["rec-4", "isa95", "smartcities"] {
        let Some(text) = ontology(name) else { return };
        let catalogue = load(name, &text);
        for interface in catalogue.iter().step_by(7) {
            let exported = catalogue.json_schema(&interface.id).expect("it is known");
            let validator = jsonschema::validator_for(&exported)
                .unwrap_or_else(|error| panic!("{}: {error}", interface.id));
            assert!(validator.is_valid(&serde_json::json!({})), "{}", interface.id);
            let unknown = serde_json::json!({ "no such content": 1 });
            assert!(!validator.is_valid(&unknown), "{}", interface.id);
        }
    }
}
