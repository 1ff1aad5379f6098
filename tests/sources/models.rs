//! Our own models are valid, documented, and told in units that we know.

use std::path::PathBuf;

use counterpart::dtdl::units;
use counterpart::dtdl::{Catalogue, Document, Interface};

/// The files in a folder of the project, with their texts, by name.
pub fn files(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == extension)).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The base ontology and the types of the demo plant.
pub fn ours() -> Catalogue {
    let mut texts = files("models/base", "json");
    texts.extend(files("models/demo", "json"));
    let names: Vec<String> = texts.iter().map(|(path, _)| path.display().to_string()).collect();
    let documents: Vec<Document<'_>> =
        names.iter().zip(&texts).map(|(name, (_, text))| Document { name, text }).collect();
    let upload = Catalogue::empty().plan(&documents).unwrap_or_else(|e| panic!("{e}"));
    Catalogue::empty().with(&upload)
}

#[test]
fn every_interface_and_content_is_described() {
    let undescribed = |interface: &Interface| {
        let contents = interface.own_contents().iter();
        let bare = contents.filter(|c| c.description.is_empty()).map(|c| c.name.to_string());
        let own = interface.description.is_empty().then(|| interface.id.to_string());
        own.into_iter().chain(bare).collect::<Vec<_>>()
    };
    let ours = ours();
    assert!(ours.len() >= 25);
    for interface in ours.iter() {
        assert_eq!(undescribed(interface), Vec::<String>::new(), "{}", interface.id);
    }
}

#[test]
fn every_unit_of_our_models_is_in_the_table() {
    for interface in ours().iter() {
        for content in interface.contents() {
            if let Some(unit) = content.semantic().and_then(|s| s.unit) {
                assert!(units::find(unit).is_ok(), "{} of {}", unit, interface.id);
            }
        }
    }
}

#[test]
fn every_type_of_the_demo_has_a_role() {
    let ours = ours();
    let roots = ["Asset", "Location", "Device"]
        .map(|name| format!("dtmi:counterpart:base:{name};1").parse().unwrap());
    for interface in ours.iter().filter(|i| i.id.as_str().contains(":demo:")) {
        assert!(roots.iter().any(|root| ours.is_a(&interface.id, root)), "{}", interface.id);
    }
}
