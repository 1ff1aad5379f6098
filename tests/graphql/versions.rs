//! Models over time: newer versions, what they touch, decommissioning, deletion and migration.

use serde_json::{Value as Json, json};

use crate::fixture::Plant;

const ROOM: &str = "dtmi:org:w3id:rec:Room;1";
const ROOM_101: &str = "00000000-0000-0000-0000-000000000012";
const UPLOAD: &str = "mutation ($text: String!) {
  uploadModels(documents: {name: \"x\", text: $text}) { addedIds added { typeName } } }";
const PUT: &str = "mutation ($model: String!, $id: String!) {
  putTwin(input: {model: $model, externalIds: [{system: \"cmms\", id: $id}]}) { twin { id } } }";
const DELETE: &str = "mutation ($ids: [ID!]!) { deleteModels(ids: $ids) { ids position } }";
const MIGRATE: &str =
    "mutation ($from: ID!, $to: ID!, $first: Int, $drop: [String!], $dryRun: Boolean,
    $twins: [ID!], $together: [ModelPairInput!], $at: DateTime) {
  migrateTwins(from: $from, to: $to, first: $first, drop: $drop, dryRun: $dryRun, twins: $twins,
      together: $together, at: $at) {
    migrated lossy remaining twins { id fits findings { subject path effect message } } } }";

fn model(id: &str, contents: &str) -> Json {
    json!({ "text": format!(
        "{{\"@context\": [\"dtmi:dtdl:context;3\", \"dtmi:dtdl:extension:quantitativeTypes;1\"], \
         \"@id\": \"{id}\", \"@type\": \"Interface\", \"contents\": [{contents}]}}"
    ) })
}

fn heir(id: &str, extends: &str) -> Json {
    json!({ "text": format!(
        "{{\"@context\": \"dtmi:dtdl:context;3\", \"@id\": \"{id}\", \"@type\": \"Interface\", \
         \"extends\": \"{extends}\"}}"
    ) })
}

async fn decommission(plant: &Plant, id: &str) {
    let document = "mutation ($id: ID!) { decommissionModel(id: $id) { changed } }";
    plant.data(document, json!({ "id": id })).await;
}

#[tokio::test]
async fn a_decommissioned_model_keeps_its_twins_and_gets_no_new_ones() {
    let plant = Plant::demo().await;
    decommission(&plant, ROOM).await;
    let (code, message) = plant.refusal(PUT, json!({"model": ROOM, "id": "new"})).await;
    assert_eq!(code, "MODEL_DECOMMISSIONED");
    assert!(message.contains(ROOM), "{message}");
    let set = "mutation ($id: ID!) { putTwin(input: {id: $id, properties: {name: \"Lab\"}}) { changed } }";
    assert_eq!(plant.data(set, json!({"id": ROOM_101})).await["putTwin"]["changed"], true);
    let back =
        "mutation ($id: ID!) { recommissionModel(id: $id) { changed model { decommissioned } } }";
    let data = plant.data(back, json!({"id": ROOM})).await;
    let expected = json!({"changed": true, "model": {"decommissioned": false}});
    assert_eq!(data["recommissionModel"], expected);
    plant.data(PUT, json!({"model": ROOM, "id": "new"})).await;
}

#[tokio::test]
async fn new_models_do_not_bring_a_decommissioned_one_back() {
    let plant = Plant::demo().await;
    let old = "dtmi:x:Old;1";
    plant.data(UPLOAD, model(old, "")).await;
    decommission(&plant, old).await;
    let (code, message) = plant.refusal(UPLOAD, heir("dtmi:x:Lab;1", old)).await;
    assert_eq!(code, "MODEL_DECOMMISSIONED");
    assert!(message.contains("`dtmi:x:Lab;1` extends"), "{message}");
    let content = |kind: &str| format!("{{\"@type\": \"{kind}\", \"name\": \"old\", ");
    let part = format!("{}\"schema\": \"{old}\"}}", content("Component"));
    let (code, _) = plant.refusal(UPLOAD, model("dtmi:x:Lab;1", &part)).await;
    assert_eq!(code, "MODEL_DECOMMISSIONED");
    let link = format!("{}\"target\": \"{old}\"}}", content("Relationship"));
    plant.data(UPLOAD, model("dtmi:x:Lab;1", &link)).await;
}

#[tokio::test]
async fn what_is_used_or_ever_was_is_not_deleted() {
    let plant = Plant::demo().await;
    let refused = async |id: &str| plant.refusal(DELETE, json!({ "ids": [id] })).await;
    let (code, message) = refused("dtmi:org:w3id:rec:Space;1").await;
    assert_eq!(code, "MODEL_IN_USE");
    assert!(message.contains("`dtmi:org:w3id:rec:Room;1` extends"), "{message}");
    let (_, message) = refused("dtmi:example:Climate;1").await;
    assert!(message.contains("as component `climate`"), "{message}");
    plant.data(PUT, json!({"model": "Motor", "id": "motor"})).await;
    let gone = "mutation { deleteTwin(input: {twin: {externalId: {system: \"cmms\", id: \"motor\"}}}) { changed } }";
    plant.data(gone, Json::Null).await;
    let (_, message) = refused("dtmi:counterpart:demo:Motor;1").await;
    assert!(message.contains("is known as a `dtmi:counterpart:demo:Motor;1` until"), "{message}");
    assert_eq!(refused("dtmi:x:Nothing;1").await.0, "UNKNOWN_MODEL");
}

#[tokio::test]
async fn a_deleted_model_is_gone_with_its_types_and_its_id_is_free() {
    let plant = Plant::demo().await;
    let first = plant.data(UPLOAD, model("dtmi:x:Pump;1", "")).await;
    let name = first["uploadModels"]["added"][0]["typeName"].as_str().unwrap().to_owned();
    plant.data(UPLOAD, heir("dtmi:x:Deep;1", "dtmi:x:Pump;1")).await;
    let probe = format!("{{ __type(name: \"{name}\") {{ name }} }}");
    assert_ne!(plant.data(&probe, Json::Null).await["__type"], Json::Null);
    let ids = json!({"ids": ["dtmi:x:Pump;1", "dtmi:x:Deep;1"]});
    assert_ne!(plant.data(DELETE, ids).await["deleteModels"]["position"], Json::Null);
    assert_eq!(plant.data(&probe, Json::Null).await["__type"], Json::Null);
    let other = r#"{"@type": "Property", "name": "head", "schema": "double"}"#;
    let again = plant.data(UPLOAD, model("dtmi:x:Pump;1", other)).await;
    assert_eq!(again["uploadModels"]["added"][0]["typeName"], *name);
    let fields = format!("{{ __type(name: \"{name}\") {{ fields {{ name }} }} }}");
    let fields = plant.data(&fields, Json::Null).await;
    let mut names = fields["__type"]["fields"].as_array().unwrap().iter().map(|f| &f["name"]);
    assert!(names.any(|name| name == "head"), "{fields}");
}

/// Two pumps of version 1 with a value and a relationship, and version 2 of their model.
async fn two_versions(newer: &str) -> (Plant, [String; 2]) {
    let plant = Plant::demo().await;
    let older = r#"{"@type": "Property", "name": "note", "schema": "string"},
        {"@type": ["Property", "Length"], "name": "bore", "schema": "double", "unit": "millimetre"},
        {"@type": "Relationship", "name": "next", "target": "dtmi:x:P;1", "maxMultiplicity": 1}"#;
    plant.data(UPLOAD, model("dtmi:x:P;1", older)).await;
    let mut ids = Vec::new();
    for id in ["a", "b"] {
        let put = plant.data(PUT, json!({"model": "dtmi:x:P;1", "id": id})).await;
        ids.push(put["putTwin"]["twin"]["id"].as_str().unwrap().to_owned());
    }
    let set = "mutation ($id: ID!) { setProperties(input: {twin: {id: $id}, fromAlways: true,
      properties: {note: \"old\", bore: 25.4}}) { changed } }";
    plant.data(set, json!({"id": ids[0]})).await;
    let relate = "mutation ($a: ID!, $b: ID!) { relate(input: {source: {id: $a}, name: \"next\",
      target: {id: $b}, fromAlways: true}) { changed } }";
    plant.data(relate, json!({"a": ids[0], "b": ids[1]})).await;
    plant.data(UPLOAD, model("dtmi:x:P;2", newer)).await;
    let ids = ids.try_into().unwrap();
    (plant, ids)
}

const SMALLER: &str = r#"
    {"@type": ["Property", "Length"], "name": "bore", "schema": "double", "unit": "inch"},
    {"@type": "Relationship", "name": "next", "target": "dtmi:x:P;2", "maxMultiplicity": 1}"#;

fn pair(more: Json) -> Json {
    let mut variables = json!({"from": "dtmi:x:P;1", "to": "dtmi:x:P;2"});
    for (name, value) in more.as_object().unwrap() {
        variables[name] = value.clone();
    }
    variables
}

#[tokio::test]
async fn a_migration_that_would_lose_something_does_nothing() {
    let (plant, [a, _]) = two_versions(SMALLER).await;
    let head = plant.engine.head();
    let (code, message) = plant.refusal(MIGRATE, pair(json!({}))).await;
    assert_eq!(code, "MIGRATION_LOSES");
    assert!(message.contains(&a) && message.contains("`note`"), "{message}");
    let dry = plant.data(MIGRATE, pair(json!({"dryRun": true}))).await;
    let found = &dry["migrateTwins"];
    assert_eq!((&found["lossy"], &found["migrated"]), (&json!(1), &json!(0)));
    assert_eq!(found["twins"][1]["fits"], true);
    let findings = found["twins"][0]["findings"].as_array().unwrap();
    let effects: Vec<_> = findings.iter().map(|f| (&f["path"], &f["effect"])).collect();
    let expected = [(json!("bore"), json!("ADJUSTED")), (json!("note"), json!("LOST"))];
    assert!(expected.iter().all(|(p, e)| effects.contains(&(p, e))), "{findings:?}");
    assert_eq!(plant.engine.head(), head);
}

#[tokio::test]
async fn twins_keep_their_older_model_before_the_migration() {
    let (plant, [a, b]) = two_versions(SMALLER).await;
    let at = "2026-02-25T00:00:00Z";
    let done = plant.data(MIGRATE, pair(json!({"drop": ["note"], "at": at}))).await;
    assert_eq!(done["migrateTwins"]["migrated"], 2);
    let read = "query ($id: ID!, $asOf: DateTime) { twin(id: $id, asOf: $asOf) {
      model { id } properties { path value } relationships { nodes { name target { id } } } } }";
    let state =
        async |as_of: Json| plant.data(read, json!({"id": a, "asOf": as_of})).await["twin"].clone();
    let then = state(json!("2026-02-24T00:00:00Z")).await;
    assert_eq!(then["model"]["id"], "dtmi:x:P;1");
    assert_eq!(then["properties"].as_array().unwrap().len(), 2);
    let now = state(Json::Null).await;
    assert_eq!(now["model"]["id"], "dtmi:x:P;2");
    assert_eq!(now["properties"], json!([{"path": "bore", "value": 1.0}]));
    assert_eq!(now["relationships"]["nodes"], json!([{"name": "next", "target": {"id": b}}]));
}

#[tokio::test]
async fn a_migration_goes_on_where_it_was_and_ends() {
    let (plant, _) = two_versions(SMALLER).await;
    let batch = || pair(json!({"first": 1, "drop": ["note"]}));
    let mut left = Vec::new();
    for _ in 0..3 {
        let done = plant.data(MIGRATE, batch()).await["migrateTwins"].clone();
        left.push((done["migrated"].clone(), done["remaining"].clone()));
    }
    let expected = [(1, 1), (1, 0), (0, 0)].map(|(done, left)| (json!(done), json!(left)));
    assert_eq!(left, expected);
}

#[tokio::test]
async fn relationships_to_twins_that_stay_behind_are_lost() {
    let (plant, [a, b]) = two_versions(SMALLER).await;
    let only = |twin: &str| pair(json!({"twins": [twin], "drop": ["note"]}));
    let (code, message) = plant.refusal(MIGRATE, only(&a)).await;
    assert_eq!(code, "MIGRATION_LOSES");
    assert!(message.contains("`next`") && message.contains(&b), "{message}");
    let (_, message) = plant.refusal(MIGRATE, only(&b)).await;
    assert!(message.contains("it comes from twin"), "{message}");
}

#[tokio::test]
async fn a_value_that_means_two_things_across_a_migration_is_not_taken() {
    let (plant, [a, _]) = two_versions(SMALLER).await;
    let at = "2026-02-25T00:00:00Z";
    plant.data(MIGRATE, pair(json!({"drop": ["note"], "at": at}))).await;
    let set = "mutation ($id: ID!, $always: Boolean) { setProperties(input: {twin: {id: $id},
      fromAlways: $always, properties: {bore: 2}}) { changed } }";
    let (_, message) = plant.refusal(set, json!({"id": a, "always": true})).await;
    assert!(message.contains("is a `dtmi:x:P;2`") && message.contains("inch"), "{message}");
    assert_eq!(plant.data(set, json!({"id": a})).await["setProperties"]["changed"], true);
    let put =
        "mutation { putTwin(input: {externalIds: [{system: \"cmms\", id: \"a\"}], fromAlways: true,
      model: \"dtmi:x:P;2\"}) { changed } }";
    assert_eq!(plant.data(put, Json::Null).await["putTwin"]["changed"], false);
}

#[tokio::test]
async fn migrations_between_models_that_cannot_be_are_refused() {
    let (plant, _) = two_versions(SMALLER).await;
    let refused = async |from: &str, to: &str| {
        plant.refusal(MIGRATE, json!({"from": from, "to": to})).await.0
    };
    assert_eq!(refused("dtmi:x:P;1", "dtmi:x:P;9").await, "UNKNOWN_MODEL");
    assert_eq!(refused("dtmi:x:P;1", "dtmi:x:P;1").await, "INVALID");
    assert_eq!(refused("no model", "dtmi:x:P;1").await, "BAD_USER_INPUT");
    decommission(&plant, "dtmi:x:P;2").await;
    assert_eq!(refused("dtmi:x:P;1", "dtmi:x:P;2").await, "MODEL_DECOMMISSIONED");
}

#[tokio::test]
async fn a_name_that_is_no_model_is_not_told_at_length() {
    let plant = Plant::demo().await;
    let long = "x".repeat(100_000);
    for model in [long.clone(), format!("dtmi:{}", "x".repeat(2_000))] {
        let (_, message) = plant.refusal(PUT, json!({"model": model, "id": "new"})).await;
        assert!(message.len() < 400, "{message}");
    }
}
