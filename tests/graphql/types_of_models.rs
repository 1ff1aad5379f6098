//! Each model is a type, from the moment of its upload.

use counterpart::graphql::ReadBounds;
use serde_json::{Value as Json, json};

use crate::fixture::{Plant, models, put};

const UPLOAD: &str = "mutation ($text: String!) {
  uploadModels(documents: [{ name: \"x.json\", text: $text }]) { addedIds }
}";

fn interface(id: &str, rest: &str) -> Json {
    let text = format!(
        r#"{{"@context": "dtmi:dtdl:context;3", "@id": "{id}", "@type": "Interface"{rest}}}"#
    );
    json!({ "text": text })
}

#[tokio::test]
async fn an_uploaded_model_has_a_type_in_the_next_request() {
    let plant = Plant::demo().await;
    let model =
        interface("dtmi:example:Chiller;1", r#", "extends": "dtmi:counterpart:base:Unit;1""#);
    plant.data(UPLOAD, model).await;
    let data =
        plant.data("{ __type(name: \"Chiller\") { kind interfaces { name } } }", Json::Null).await;
    assert_eq!(data["__type"]["kind"], "OBJECT");
    let interfaces = data["__type"]["interfaces"].to_string();
    for name in ["Node", "Twin", "AnyUnit", "AnyAsset", "AnyThing"] {
        assert!(interfaces.contains(&format!("\"{name}\"")), "{name}: {interfaces}");
    }
}

#[tokio::test]
async fn a_fragment_on_the_interface_of_a_model_reaches_its_subtypes() {
    let plant = Plant::demo().await;
    let document = "{
      twins(model: \"Asset\") { nodes { __typename ... on AnyUnit { serialNumber { value } } } }
    }";
    let data = plant.data(document, Json::Null).await;
    assert_eq!(
        data["twins"]["nodes"],
        json!([{"__typename": "Position"}, {"__typename": "Pump", "serialNumber": {"value": "44710-07"}}])
    );
}

#[tokio::test]
async fn a_model_that_gets_its_first_subtype_keeps_its_type_and_gets_an_interface() {
    let plant = Plant::demo().await;
    let before = plant.data("{ __type(name: \"AnyPump\") { name } }", Json::Null).await;
    assert_eq!(before["__type"], Json::Null);
    let model =
        interface("dtmi:example:GearPump;1", r#", "extends": "dtmi:counterpart:demo:Pump;1""#);
    plant.data(UPLOAD, model).await;
    let document = "{ __type(name: \"AnyPump\") { kind possibleTypes { name } } }";
    let after = plant.data(document, Json::Null).await;
    assert_eq!(after["__type"]["kind"], "INTERFACE");
    assert_eq!(after["__type"]["possibleTypes"], json!([{"name": "Pump"}, {"name": "GearPump"}]));
}

#[tokio::test]
async fn contents_named_like_fields_of_every_twin_get_an_underscore() {
    let plant = Plant::demo().await;
    let contents = r#", "contents": [
      {"@type": "Property", "name": "location", "schema": "string"},
      {"@type": "Property", "name": "model", "schema": "string"}]"#;
    plant.data(UPLOAD, interface("dtmi:example:Odd;1", contents)).await;
    plant
        .submit(vec![put(
            0x20,
            "dtmi:example:Odd;1",
            &[],
            json!({"location": "left", "model": "M1"}),
        )])
        .await;
    let document = "{ twins(model: \"Odd\") { nodes { ... on Odd { location_ { value } model_ { value } model { id } } } } }";
    let data = plant.data(document, Json::Null).await;
    assert_eq!(
        data["twins"]["nodes"][0],
        json!({"location_": {"value": "left"}, "model_": {"value": "M1"}, "model": {"id": "dtmi:example:Odd;1"}})
    );
}

#[tokio::test]
async fn the_contents_of_a_component_are_the_fields_of_an_object() {
    let plant = Plant::demo().await;
    let document = "{ twins(model: \"Room\", first: 1) { nodes { ... on Room {
      climate { model { id } setpoint { value source } humidity { value json eventTime } }
    } } } }";
    let data = plant.data(document, Json::Null).await;
    assert_eq!(
        data["twins"]["nodes"][0]["climate"],
        json!({
            "model": {"id": "dtmi:example:Climate;1"},
            "setpoint": {"value": 21.5, "source": null},
            "humidity": {"value": 41, "json": 41.0, "eventTime": "2026-03-01T07:59:00Z"},
        })
    );
}

/// A server that serves types only where they can matter.
async fn sparing() -> Plant {
    let bounds = ReadBounds { served_fields_max: 0, named_models_max: 1, ..ReadBounds::default() };
    let plant = Plant::empty(bounds).await;
    plant.engine.upload_models("test", models("base")).await.unwrap();
    plant
}

#[tokio::test]
async fn in_a_large_catalogue_a_model_has_a_type_once_it_has_a_twin() {
    let plant = sparing().await;
    let listed = "{ __schema { types { name } } }";
    let types = plant.data(listed, Json::Null).await.to_string();
    assert!(!types.contains("\"Station\""), "{types}");
    plant
        .submit(vec![put(1, "dtmi:counterpart:base:Station;1", &[], json!({"sequence": 3}))])
        .await;
    let data = plant
        .data("{ twins { nodes { __typename ... on AnyLocation { id } } } }", Json::Null)
        .await;
    assert_eq!(data["twins"]["nodes"][0]["__typename"], "Station");
    let types = plant.data(listed, Json::Null).await.to_string();
    assert!(types.contains("\"Station\"") && !types.contains("\"Meter\""), "{types}");
}

#[tokio::test]
async fn in_a_large_catalogue_a_model_has_a_type_once_a_document_names_it() {
    let plant = sparing().await;
    let data = plant
        .data("{ twins { nodes { ... on Meter { calibratedOn { value } } } } }", Json::Null)
        .await;
    assert_eq!(data["twins"]["nodes"], json!([]));
    let (_, message) =
        plant.refusal("{ twins { nodes { ... on Controller { id } } } }", Json::Null).await;
    assert!(message.contains("Controller"), "only one model is served by name here: {message}");
}

#[tokio::test]
async fn in_a_large_catalogue_a_new_twin_is_shown_by_its_own_type_at_once() {
    let plant = sparing().await;
    let document =
        "mutation ($input: PutTwinInput!) { putTwin(input: $input) { twin { __typename } } }";
    let input = json!({"input": {"model": "dtmi:counterpart:base:Sensor;1"}});
    let data = plant.data(document, input).await;
    assert_eq!(data["putTwin"]["twin"]["__typename"], "Sensor");
}
