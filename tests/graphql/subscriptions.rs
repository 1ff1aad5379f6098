//! Subscriptions: live, filtered, and resumable with no gap and no repeat.

use std::time::Duration;

use async_graphql::{Request, Variables};
use counterpart::graphql::GraphqlService;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde_json::{Value as Json, json};

use crate::fixture::Plant;

const DOCUMENT: &str = "subscription ($ids: [ID!], $model: String, $place: ID, $kinds: [TwinChangeKind!], $after: LogPosition) {
  twinChanged(ids: $ids, model: $model, inLocation: $place, kinds: $kinds, after: $after) {
    position kind path value quality stream { channel } twin { displayName }
  }
}";

fn subscribe(plant: &Plant, variables: Json) -> BoxStream<'static, Json> {
    let request = Request::new(DOCUMENT).variables(Variables::from_json(variables));
    let events = plant.graphql.subscribe(request);
    events.map(|event| serde_json::to_value(event).unwrap()).boxed()
}

async fn next(events: &mut BoxStream<'static, Json>) -> Json {
    let event = tokio::time::timeout(Duration::from_secs(5), events.next()).await;
    event.expect("an event comes").expect("the stream goes on")
}

/// Lets a subscription begin, so that what follows is live.
async fn begun(events: &mut BoxStream<'static, Json>) {
    let waited = tokio::time::timeout(Duration::from_millis(250), events.next()).await;
    assert!(waited.is_err(), "nothing has happened yet");
}

#[tokio::test]
async fn a_reading_is_told_with_the_unit_of_the_property() {
    let plant = Plant::demo().await;
    let mut events = subscribe(&plant, json!({"ids": ["00000000-0000-0000-0000-000000000005"]}));
    begun(&mut events).await;
    plant.read_in("sensor-101", "t", "2026-03-01T08:00:00Z", 21.0).await;
    plant.read_in("MQTT-GW-4471", "ch2", "2026-03-01T08:00:00Z", 212.0).await;
    let change = next(&mut events).await["data"]["twinChanged"].clone();
    assert_eq!(
        (&change["kind"], &change["path"], &change["value"], &change["stream"]["channel"]),
        (&json!("READING"), &json!("bearingTemperature"), &json!(100.0), &json!("ch2"))
    );
}

#[tokio::test]
async fn events_can_be_narrowed_by_model_place_and_kind() {
    let plant = Plant::demo().await;
    let place = "00000000-0000-0000-0000-000000000002";
    let mut by_model = subscribe(&plant, json!({"model": "Space", "kinds": ["READING"]}));
    let mut by_place = subscribe(&plant, json!({ "place": place, "kinds": ["READING"] }));
    begun(&mut by_model).await;
    begun(&mut by_place).await;
    plant.read_in("MQTT-GW-4471", "ch2", "2026-03-01T08:00:00Z", 212.0).await;
    plant.read_in("sensor-101", "t", "2026-03-01T08:00:00Z", 21.0).await;
    assert_eq!(next(&mut by_model).await["data"]["twinChanged"]["twin"]["displayName"], "Room 101");
    assert_eq!(
        next(&mut by_place).await["data"]["twinChanged"]["twin"]["displayName"],
        "Rinse pump A"
    );
}

#[tokio::test]
async fn a_client_that_comes_back_misses_nothing_and_hears_nothing_twice() {
    let plant = Plant::demo().await;
    let after = plant.engine.head().to_string();
    for value in [1.0, 2.0, 3.0] {
        plant.read_in("sensor-101", "t", &format!("2026-03-01T08:00:0{value}Z"), value).await;
    }
    let variables = |after: &Json| json!({"model": "Room", "after": after});
    let mut events = subscribe(&plant, variables(&json!(after)));
    let first = next(&mut events).await["data"]["twinChanged"].clone();
    drop(events);
    let mut events = subscribe(&plant, variables(&first["position"]));
    let mut values = vec![first["value"].clone()];
    for _ in 0..2 {
        values.push(next(&mut events).await["data"]["twinChanged"]["value"].clone());
    }
    assert_eq!(json!(values), json!([1.0, 2.0, 3.0]));
}

#[tokio::test]
async fn a_position_that_is_not_written_yet_ends_the_subscription() {
    let plant = Plant::demo().await;
    let mut events = subscribe(&plant, json!({"after": "99999"}));
    let event = next(&mut events).await;
    assert_eq!(event["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{event}");
}

#[tokio::test]
async fn what_a_record_says_anew_is_told_as_changes_of_its_twins_properties() {
    let plant = Plant::demo().await;
    let mut events = subscribe(&plant, json!({"kinds": ["PROPERTY"]}));
    begun(&mut events).await;
    let document = "mutation($input: PutRecordInput!) { putRecord(input: $input) { changed } }";
    let put = |claims: Json, since: &str| {
        json!({"input": {"key": {"system": "erp", "id": "44710-07"}, "kind": "EQUI",
            "attributes": {}, "claims": claims, "validFrom": since}})
    };
    let first = put(json!({"note": "a", "manufacturer": "KSB"}), "2026-01-01T00:00:00Z");
    plant.data(document, first).await;
    let second = put(json!({"note": "b", "manufacturer": "KSB"}), "2026-02-01T00:00:00Z");
    plant.data(document, second).await;
    for path in ["manufacturer", "note", "note"] {
        let change = next(&mut events).await["data"]["twinChanged"].clone();
        let told = (&change["kind"], &change["path"], &change["twin"]["displayName"]);
        assert_eq!(told, (&json!("PROPERTY"), &json!(path), &json!("Rinse pump A")));
    }
}
