//! Writing: what is kept from when, and rejections with stable codes.

use serde_json::{Value as Json, json};

use crate::fixture::Plant;

const PUMP: &str = "00000000-0000-0000-0000-000000000005";

#[tokio::test]
async fn a_new_twin_has_always_been_and_a_change_holds_from_now_on() {
    let plant = Plant::demo().await;
    let put = "mutation ($name: String!) { putTwin(input: {
      model: \"Motor\", externalIds: [{system: \"cmms\", id: \"EQ-7\"}], properties: {name: $name}
    }) { changed twin { id } } }";
    plant.data(put, json!({"name": "Old name"})).await;
    plant.data(put, json!({"name": "New name"})).await;
    let read = "query ($asOf: DateTime) { resolve(system: \"cmms\", id: \"EQ-7\", asOf: $asOf) { twin { displayName } } }";
    let name = async |as_of: Json| {
        plant.data(read, json!({ "asOf": as_of })).await["resolve"]["twin"]["displayName"].clone()
    };
    assert_eq!(name(Json::Null).await, "New name");
    assert_eq!(name(json!("2020-01-01T00:00:00Z")).await, "Old name");
}

#[tokio::test]
async fn saying_it_again_changes_nothing() {
    let plant = Plant::demo().await;
    let set = "mutation { setProperties(input: {twin: {externalId: {system: \"cmms\", id: \"EQ-000238341\"}},
      properties: {name: \"Rinse pump A\"}}) { changed twin { displayName } } }";
    let data = plant.data(set, Json::Null).await;
    assert_eq!(
        data["setProperties"],
        json!({"changed": false, "twin": {"displayName": "Rinse pump A"}})
    );
}

#[tokio::test]
async fn a_dry_run_of_models_changes_nothing() {
    let plant = Plant::demo().await;
    let (head, models) = (plant.engine.head(), plant.engine.catalogue().len());
    let text =
        r#"{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:x:New;1", "@type": "Interface"}"#;
    let upload = "mutation ($text: String!) { uploadModels(dryRun: true, documents: {name: \"x\", text: $text}) {
      position addedIds added { id } } }";
    let data = plant.data(upload, json!({ "text": text })).await;
    assert_eq!(
        data["uploadModels"],
        json!({"position": null, "addedIds": ["dtmi:x:New;1"], "added": []})
    );
    assert_eq!((plant.engine.head(), plant.engine.catalogue().len()), (head, models));
}

#[tokio::test]
async fn a_deleted_twin_is_gone_and_its_past_stays() {
    let plant = Plant::demo().await;
    let delete =
        "mutation ($id: ID!) { deleteTwin(input: {twin: {id: $id}}) { changed twin { id } } }";
    let data = plant.data(delete, json!({"id": PUMP})).await;
    assert_eq!(data["deleteTwin"], json!({"changed": true, "twin": null}));
    let read = "query ($id: ID!) { now: twin(id: $id) { id } then: twin(id: $id, asOf: \"2026-02-28T00:00:00Z\") { displayName } }";
    let data = plant.data(read, json!({"id": PUMP})).await;
    assert_eq!(data, json!({"now": null, "then": {"displayName": "Rinse pump A"}}));
}

#[tokio::test]
async fn a_relationship_ends_by_its_id() {
    let plant = Plant::demo().await;
    let find = "query ($id: ID!) { twin(id: $id) { relationships(names: \"occupies\") { nodes { id } } } }";
    let data = plant.data(find, json!({"id": PUMP})).await;
    let id = data["twin"]["relationships"]["nodes"][0]["id"].clone();
    let end =
        "mutation ($id: ID!) { unrelate(input: {id: $id}) { changed relationship { name } } }";
    let data = plant.data(end, json!({ "id": id })).await;
    assert_eq!(data["unrelate"], json!({"changed": true, "relationship": null}));
}

#[tokio::test]
async fn an_unbound_stream_is_quarantined_again() {
    let plant = Plant::demo().await;
    let unbind = "mutation { unbind(input: {
      stream: {system: \"mqtt\", device: \"sensor-101\", channel: \"t\"}, fromAlways: true
    }) { stream { quarantined binding { path } } } }";
    let data = plant.data(unbind, Json::Null).await;
    assert_eq!(data["unbind"]["stream"], json!({"quarantined": true, "binding": null}));
}

#[tokio::test]
async fn rejections_have_stable_codes_and_change_nothing() {
    let plant = Plant::demo().await;
    let head = plant.engine.head();
    let pump = format!("twin: {{id: \"{PUMP}\"}}");
    let taken = "stream: {system: \"mqtt\", device: \"sensor-101\", channel: \"t\"}";
    for (mutation, expected) in [
        ("putTwin(input: {model: \"dtmi:no:Such;1\"})".to_owned(), "UNKNOWN_MODEL"),
        ("putTwin(input: {properties: {name: \"x\"}})".to_owned(), "MODEL_MISSING"),
        (format!("setProperties(input: {{{pump}, properties: {{nope: 1}}}})"), "UNKNOWN_CONTENT"),
        (format!("setProperties(input: {{{pump}, properties: {{name: 5}}}})"), "INVALID_VALUE"),
        (format!("setProperties(input: {{{pump}, properties: 5}})"), "BAD_USER_INPUT"),
        ("setProperties(input: {twin: {externalId: {system: \"a\", id: \"b\"}}, properties: {}})".to_owned(), "UNKNOWN_TWIN"),
        (format!("linkId(input: {{externalId: {{system: \"mes\", id: \"PLANT-07/LINE-03/STATION-B\"}}, {pump}}})"), "ID_TAKEN"),
        (format!("linkId(input: {{externalId: {{system: \"a\", id: \"b\"}}, {pump}, confidence: 2}})"), "BAD_USER_INPUT"),
        (format!("linkId(input: {{externalId: {{system: \"a\", id: \"b\"}}, {pump}, validFrom: \"2026-01-01T00:00:00Z\", fromAlways: true}})"), "BAD_USER_INPUT"),
        (format!("linkId(input: {{externalId: {{system: \"a\", id: \"b\"}}, {pump}, validTo: \"2020-01-01T00:00:00Z\"}})"), "BAD_USER_INPUT"),
        ("unlinkId(input: {externalId: {system: \"a\", id: \"b\"}})".to_owned(), "NOT_LINKED"),
        (format!("deleteTwin(input: {{{}}})", "twin: {id: \"5\"}"), "BAD_USER_INPUT"),
        ("swapDevice(input: {old: {system: \"a\", id: \"b\"}, new: {system: \"a\", id: \"c\"}})".to_owned(), "UNKNOWN_TWIN"),
    ] {
        let (code, message) = plant.refusal(&format!("mutation {{ {mutation} {{ changed }} }}"), Json::Null).await;
        assert_eq!(code, expected, "{mutation}: {message}");
    }
    for (mutation, expected) in [
        (format!("bind(input: {{{taken}, {pump}, path: \"power\"}})"), "STREAM_TAKEN"),
        (
            format!("bind(input: {{{taken}, {pump}, path: \"power\", unit: \"furlong\"}})"),
            "UNKNOWN_UNIT",
        ),
        (format!("bind(input: {{{taken}, {pump}, path: \"occupies\"}})"), "UNKNOWN_CONTENT"),
        (
            format!(
                "relate(input: {{source: {{id: \"{PUMP}\"}}, name: \"occupies\", target: {{id: \"{PUMP}\"}}}})"
            ),
            "WRONG_TARGET",
        ),
        (
            "unrelate(input: {id: \"00000000-0000-0000-0000-000000000000\"})".to_owned(),
            "UNKNOWN_RELATIONSHIP",
        ),
        ("uploadModels(documents: {name: \"x\", text: \"nonsense\"})".to_owned(), "INVALID_MODELS"),
    ] {
        let (code, message) =
            plant.refusal(&format!("mutation {{ {mutation} {{ position }} }}"), Json::Null).await;
        assert_eq!(code, expected, "{mutation}: {message}");
    }
    assert_eq!(plant.engine.head(), head);
}
