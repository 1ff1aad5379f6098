//! Reading: scopes, pages, filters, and what is refused.

use serde_json::{Value as Json, json};

use crate::fixture::{Plant, external, put, twin};
use counterpart::domain::command::{Command, SetProperties, TwinRef};
use counterpart::domain::time::Interval;

const PUMP: &str = "00000000-0000-0000-0000-000000000005";

#[tokio::test]
async fn an_id_that_means_nothing_resolves_to_null() {
    let plant = Plant::demo().await;
    let data =
        plant.data("{ resolve(system: \"cmms\", id: \"EQ-1\") { twin { id } } }", Json::Null).await;
    assert_eq!(data["resolve"], Json::Null);
    let data = plant.data("{ twin(id: \"no uuid\") { id } }", Json::Null).await;
    assert_eq!(data["twin"], Json::Null);
}

#[tokio::test]
async fn known_at_hides_what_was_corrected_later() {
    let plant = Plant::demo().await;
    let before = plant.engine.head();
    plant
        .submit(vec![Command::SetProperties(SetProperties {
            twin: TwinRef::External(external("cmms", "EQ-000238341")),
            properties: vec![("name".into(), json!("Corrected"))],
            valid: Interval::ALWAYS,
            source: None,
        })])
        .await;
    let document =
        "query ($id: ID!, $known: KnownAt) { twin(id: $id, knownAt: $known) { displayName } }";
    let name = async |known: Json| {
        let data = plant.data(document, json!({"id": PUMP, "known": known})).await;
        data["twin"]["displayName"].clone()
    };
    assert_eq!(name(Json::Null).await, "Corrected");
    assert_eq!(name(json!(before.to_string())).await, "Rinse pump A");
    assert_eq!(name(json!(before.0)).await, "Rinse pump A");
    assert_eq!(name(json!("2026-03-01T08:00:00Z")).await, "Corrected");
}

#[tokio::test]
async fn a_position_that_is_not_written_yet_is_refused() {
    let plant = Plant::demo().await;
    let (code, message) =
        plant.refusal("{ twins(knownAt: \"999999\") { totalCount } }", Json::Null).await;
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("999999 is not written yet"), "{message}");
}

#[tokio::test]
async fn one_request_reads_at_one_position() {
    let plant = Plant::demo().await;
    let head = plant.engine.head().to_string();
    let data = plant.data("{ a: position b: position }", Json::Null).await;
    assert_eq!(data, json!({"a": head, "b": head}));
}

#[tokio::test]
async fn pages_of_twins_cover_all_twins_once() {
    let plant = Plant::demo().await;
    let document = "query ($after: String) {
      twins(first: 4, after: $after) { totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
    }";
    let (mut seen, mut after) = (Vec::new(), Json::Null);
    loop {
        let page = plant.data(document, json!({ "after": after })).await["twins"].clone();
        assert_eq!(page["totalCount"], 12);
        for (node, edge) in
            page["nodes"].as_array().unwrap().iter().zip(page["edges"].as_array().unwrap())
        {
            assert_eq!(node["id"], edge["node"]["id"]);
            seen.push(node["id"].as_str().unwrap().to_owned());
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let mut unique = seen.clone();
    unique.dedup();
    assert_eq!((seen.len(), unique.len()), (12, 12));
}

#[tokio::test]
async fn history_pages_through_both_devices() {
    let plant = Plant::demo().await;
    let document = "query ($id: ID!, $after: String) { twin(id: $id) {
      history(path: \"bearingTemperature\", first: 1, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } }
    } }";
    let (mut numbers, mut after) = (Vec::new(), Json::Null);
    loop {
        let data = plant.data(document, json!({"id": PUMP, "after": after})).await;
        let page = data["twin"]["history"].clone();
        numbers.push(page["nodes"][0]["number"].as_f64().unwrap());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(numbers, [77.0, 78.0, 81.4]);
}

#[tokio::test]
async fn filters_compare_numbers_and_texts() {
    let plant = Plant::demo().await;
    plant
        .submit(vec![
            put(
                0x30,
                "dtmi:counterpart:demo:Motor;1",
                &[],
                json!({"name": "M1", "ratedPower": 7.5}),
            ),
            put(
                0x31,
                "dtmi:counterpart:demo:Motor;1",
                &[],
                json!({"name": "M2", "ratedPower": 15}),
            ),
        ])
        .await;
    let document = "query ($filter: TwinFilter) { twins(model: \"Machine\", filter: $filter) { nodes { displayName } } }";
    let names = async |filter: Json| {
        let data = plant.data(document, json!({ "filter": filter })).await;
        let nodes = data["twins"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|n| n["displayName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let rated = |test: Json| {
        let mut filter = test;
        filter["path"] = json!("ratedPower");
        json!({"properties": [filter]})
    };
    assert_eq!(names(rated(json!({"greaterThan": 7.5}))).await, ["M2"]);
    assert_eq!(names(rated(json!({"in": [7.5, 15.0]}))).await, ["M1", "M2"]);
    assert_eq!(names(rated(json!({"exists": false}))).await, ["Rinse pump A"]);
    assert_eq!(names(json!({"nameContains": "m2"})).await, ["M2"]);
    assert_eq!(names(json!({"externalSystem": "cmms"})).await, ["Rinse pump A"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_what_would_be_right() {
    let plant = Plant::demo().await;
    for (document, part) in [
        ("{ twins(first: 0) { totalCount } }", "give a number from 1 to 1000"),
        ("{ twins(first: 5000) { totalCount } }", "give a number from 1 to 1000"),
        ("{ twins(after: \"!\") { totalCount } }", "no cursor of this server"),
        ("{ twins(model: \"Nonsense\") { totalCount } }", "is no model"),
        ("{ twins(asOf: \"yesterday\") { totalCount } }", "write RFC 3339"),
        ("{ resolve(system: \"\", id: \"x\") { twin { id } } }", "the system is empty"),
        ("{ resolve(system: \"a\", id: \"x\\u0000y\") { twin { id } } }", "U+0000"),
        ("{ twins(filter: {properties: [{path: \"name\"}]}) { totalCount } }", "says nothing"),
    ] {
        let (code, message) = plant.refusal(document, Json::Null).await;
        assert_eq!(code, "BAD_USER_INPUT", "{document}: {message}");
        assert!(message.contains(part), "{document}: {message}");
    }
}

#[tokio::test]
async fn a_twin_is_a_node() {
    let plant = Plant::demo().await;
    let data = plant
        .data("query ($id: ID!) { node(id: $id) { __typename id } }", json!({"id": PUMP}))
        .await;
    assert_eq!(data["node"], json!({"__typename": "Pump", "id": twin(5).to_string()}));
}

#[tokio::test]
async fn relationships_are_paged_and_filtered() {
    let plant = Plant::demo().await;
    let document = "query ($after: String) { twin(id: \"00000000-0000-0000-0000-000000000011\") {
      relationships(first: 1, after: $after) { totalCount nodes { name target { displayName } } pageInfo { endCursor hasNextPage } }
      fedBy: relationships(direction: INCOMING, names: [\"feeds\"]) { nodes { source { displayName } } }
    } }";
    let first = plant.data(document, Json::Null).await["twin"].clone();
    assert_eq!(first["relationships"]["totalCount"], 2);
    assert_eq!(first["fedBy"]["nodes"], json!([{"source": {"displayName": "AHU 1"}}]));
    let after = first["relationships"]["pageInfo"]["endCursor"].clone();
    let second = plant.data(document, json!({ "after": after })).await["twin"].clone();
    assert_ne!(first["relationships"]["nodes"], second["relationships"]["nodes"]);
    assert_eq!(second["relationships"]["pageInfo"]["hasNextPage"], false);
}
