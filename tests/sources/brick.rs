//! Real buildings in Brick on RealEstateCore 4.

use std::collections::HashMap;

use counterpart::domain::command::Command;
use counterpart::domain::id::ExternalId;
use counterpart::dtdl::{Catalogue, Document};
use counterpart::sources::brick::OLD_CLASSES;
use counterpart::sources::problem::{Kind, Severity};
use counterpart::sources::text::Input;

use crate::engine::Target;
use crate::expect::{items, source};
use crate::shared::shared;

fn real_estate_core() -> Option<Input> {
    Some(Input::file(&shared("dtdl/ontologies/rec-4.json.gz")?))
}

fn catalogue() -> Option<Catalogue> {
    let mut text = String::new();
    std::io::Read::read_to_string(&mut real_estate_core()?.open().unwrap(), &mut text).unwrap();
    let name = "rec-4.json";
    let upload = Catalogue::empty()
        .plan(&[Document { name, text: &text }])
        .unwrap_or_else(|e| panic!("{e}"));
    Some(Catalogue::empty().with(&upload))
}

fn building(name: &str) -> Option<Input> {
    Some(Input::file(&shared(&format!("instances/brick-buildings/{name}_brick.ttl.gz"))?))
}

#[test]
fn every_line_of_the_table_of_old_classes_names_a_model() {
    let Some(catalogue) = catalogue() else { return };
    for (class, model) in OLD_CLASSES {
        assert!(catalogue.get(&model.parse().unwrap()).is_some(), "{class}: {model}");
    }
    assert!(OLD_CLASSES.is_sorted(), "keep the table sorted");
}

#[test]
fn every_entity_and_edge_of_a_building_is_accounted_for() {
    let Some(catalogue) = catalogue() else { return };
    // Building, twins, relationships, twins without a model, undefined ends, no relationship.
    for (name, expected) in [("ebu3b", [6176, 8386, 0, 5, 1]), ("soda", [1695, 1916, 0, 7, 5])] {
        let Some(input) = building(name) else { return };
        let (found, problems) = items(&input, &[], &catalogue);
        let kind = |kind| found.iter().filter(|item| Kind::of(&item.command) == kind).count();
        let code = |code| problems.iter().filter(|p| p.code == code).count();
        let counted = [
            kind(Kind::Twin),
            kind(Kind::Relationship),
            code("UNKNOWN_CLASS"),
            code("UNDEFINED_ENTITY"),
            code("NO_RELATIONSHIP"),
        ];
        assert_eq!(counted, expected, "{name}");
        let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
        assert_eq!(errors, counted[2..].iter().sum::<usize>(), "{name}");
    }
}

#[test]
fn each_entity_becomes_what_it_is_or_the_nearest_thing() {
    let (Some(catalogue), Some(input)) = (catalogue(), building("ebu3b")) else {
        return;
    };
    let (found, problems) = items(&input, &[], &catalogue);
    let models: HashMap<String, String> = found
        .iter()
        .filter_map(|item| match &item.command {
            Command::PutTwin(twin) => {
                Some((twin.identifiers[0].id.to_string(), twin.model.clone()?.to_string()))
            }
            _ => None,
        })
        .collect();
    for (id, model) in [
        ("BSBM_BATT", "dtmi:org:brickschema:schema:Brick:Battery_Voltage_Sensor;1"),
        ("BSB_Weather", "dtmi:org:brickschema:schema:Brick:Weather_Station;1"),
        ("EBU3B_AH1_1_CLG_VLV1", "dtmi:org:brickschema:schema:Brick:Cooling_Command;1"),
    ] {
        assert_eq!(models[id], model, "{id}");
    }
    let of = |model: &str| models.values().filter(|m| m.as_str() == model).count();
    assert_eq!(of("dtmi:org:w3id:rec:HVACZone;1"), 246);
    assert_eq!(of("dtmi:org:w3id:rec:Level;1"), 5);
    assert_eq!(of("dtmi:org:w3id:rec:Point;1"), 0);
    let several: Vec<_> = problems.iter().filter(|p| p.code == "SEVERAL_CLASSES").collect();
    assert_eq!(several.len(), 4);
    assert!(several.iter().all(|p| p.severity == Severity::Note));
}

#[test]
fn points_with_a_numeric_value_are_bound_when_the_declaration_asks_for_it() {
    let (Some(catalogue), Some(input)) = (catalogue(), building("ebu3b")) else {
        return;
    };
    let source =
        source("format = 'brick'\nsystem = 'brick'\nscope = 'ebu3b'\nbrick.points = 'bms'");
    let (found, _) = items(&input, &[source], &catalogue);
    let bindings: Vec<_> = found
        .iter()
        .filter_map(|item| match &item.command {
            Command::Bind(bind) => Some(bind),
            _ => None,
        })
        .collect();
    assert_eq!(bindings.len(), 1106);
    assert!(bindings.iter().all(|b| b.path.as_ref() == "lastKnownValue/value"));
    let stream = bindings[0].stream.to_string();
    assert_eq!(stream, "bms/ebu3b:BSBM_BATT#value");
}

#[test]
fn the_declaration_goes_before_our_own_rules() {
    let Some(catalogue) = catalogue() else { return };
    let text = r#"
        @prefix brick: <https://brickschema.org/schema/Brick#> .
        @prefix : <http://example.com/b#> .
        :a a brick:Thermostat_X ; brick:hasLocation :r .
        :r a brick:Room . :p a brick:Point ; brick:isPointOf :a .
        :a a brick:Nonsense .
        :x a :Rectifier . :x brick:isPartOf :a . :y a :Inverter . :y brick:isPartOf :a .
    "#;
    let source = source(
        "format = 'brick'\nsystem = 'brick'\n[models]\nThermostat_X = 'dtmi:org:brickschema:schema:Brick:Thermostat;1'\nRectifier = 'dtmi:org:brickschema:schema:Brick:Equipment;1'",
    );
    let input = Input::bytes("b.ttl", text.as_bytes());
    let (found, problems) = items(&input, &[source], &catalogue);
    let shown: Vec<String> = found
        .iter()
        .map(|item| match &item.command {
            Command::PutTwin(twin) => twin.model.clone().unwrap().last_segment().to_owned(),
            Command::Relate(relate) => relate.name.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        shown,
        ["Thermostat", "Room", "Point", "Equipment", "locatedIn", "isPointOf", "isPartOf"]
    );
    let found: Vec<_> = problems.iter().map(|p| (p.code, p.origin.line)).collect();
    assert_eq!(found, [("SEVERAL_CLASSES", 4), ("UNDEFINED_ENTITY", 7)]);
    assert!(problems[1].message.contains("is of no class of Brick"), "{problems:?}");
}

#[test]
fn bad_turtle_is_located() {
    let text = "@prefix brick: <https://brickschema.org/schema/Brick#> .\n<http://a/b#x> a brick:VAV .\n<http://a/b#y> a nope:VAV .\n<http://a/b#z> a brick:VAV .\n";
    let Some(catalogue) = catalogue() else { return };
    let input = Input::bytes("b.ttl", text.as_bytes());
    let (found, problems) = items(&input, &[], &catalogue);
    assert_eq!(found.len(), 2, "{problems:?}");
    assert_eq!((problems[0].code, problems[0].origin.line), ("INVALID_TURTLE", 3), "{problems:?}");
}

#[test]
fn an_open_quote_in_turtle_ends_the_reading() {
    let text = format!("<http://a/b#x> <http://a/b#y> \"\"\"{}", "x\n".repeat(2_000_000));
    let input = Input::bytes("b.ttl", text.as_bytes());
    let (found, problems) = items(&input, &[], &Catalogue::empty());
    assert_eq!(found.len(), 0);
    assert!(problems.last().unwrap().message.contains("is a quote open?"), "{problems:?}");
}

#[tokio::test]
async fn the_whole_building_is_imported_twice_and_the_second_time_changes_nothing() {
    let (Some(models), Some(input)) = (real_estate_core(), building("ebu3b")) else {
        return;
    };
    let target = Target::new().await;
    let sources = [source("format = 'brick'\nsystem = 'brick'\nbrick.points = 'bms'")];
    let inputs = [input, models];
    let report = target.import(&inputs, &sources).await;
    let counts = |kind| {
        let counts = report.kinds[&kind];
        (counts.read, counts.changed, counts.rejected)
    };
    assert_eq!(counts(Kind::Twin), (6176, 6176, 0), "{report}");
    assert_eq!(counts(Kind::Relationship), (8392, 8386, 6), "{report}");
    assert_eq!(counts(Kind::Binding), (1106, 1106, 0), "{report}");
    let known = target.0.read(|state| {
        let id = ExternalId::new("brick", "", "BSBM_BATT").unwrap();
        state.crosswalks.timeline(&id).is_some()
    });
    assert!(known);
    let again = target.import(&inputs, &sources).await;
    assert_eq!(again.total().changed, 0, "{again}");
    assert_eq!(again.total().rejected, 6, "{again}");
}
