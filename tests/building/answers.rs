//! What the program answers to GraphQL queries.

use std::collections::{BTreeMap, BTreeSet};

use counterpart::domain::time::Timestamp;
use serde_json::{Value, json};

use crate::files::{Edge, Terminal, Zone};
use crate::support::server::Server;
use crate::telemetry::Reading;

/// What a point measures now.
#[derive(Debug, Clone, PartialEq)]
pub struct Now {
    pub value: f64,
    pub time_ms: i64,
    pub quality: String,
    /// The stream that measured it.
    pub device: String,
    pub channel: String,
}

impl Now {
    /// What a reading makes of its point.
    pub fn of(reading: &Reading) -> Self {
        Self {
            value: reading.value,
            time_ms: reading.time_ms,
            quality: reading.quality.to_uppercase(),
            device: reading.point.clone(),
            channel: "value".to_owned(),
        }
    }

    fn read(value: &Value, number: &str) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned();
        let time: Timestamp = text(&value["eventTime"]).parse().expect("a moment");
        Self {
            value: value[number].as_f64().unwrap_or_else(|| panic!("{value}")),
            time_ms: time.0 / 1_000_000,
            quality: text(&value["quality"]),
            device: text(&value["stream"]["device"]),
            channel: text(&value["stream"]["channel"]),
        }
    }
}

/// The measured state of every point of the building, by its id.
pub async fn states(server: &Server) -> BTreeMap<String, Now> {
    let fields = "externalIds(system: \"brick\") { id } \
        state { path number eventTime quality stream { device channel } }";
    let mut states = BTreeMap::new();
    for twin in twins(server, POINT, 500, fields).await {
        let measured = twin["state"].as_array().expect("a list");
        if let [state] = measured.as_slice() {
            assert_eq!(state["path"], "lastKnownValue/value");
            states.insert(id(&twin), Now::read(state, "number"));
        } else {
            assert!(measured.is_empty(), "{twin}");
        }
    }
    states
}

/// How many readings each device has, of those that measure something.
pub async fn counts(server: &Server) -> BTreeMap<String, u64> {
    let query = "query ($after: String) { page: streams(system: \"bms\", quarantined: false, \
        first: 1000, after: $after) { nodes { device readings } pageInfo { hasNextPage endCursor } } }";
    let streams = pages(server, query).await.into_iter().map(|stream| {
        let readings = &stream["readings"];
        let count = readings.as_u64().or_else(|| readings.as_str()?.parse().ok());
        let device = stream["device"].as_str().expect("a device").to_owned();
        (device, count.expect("a count"))
    });
    streams.filter(|(_, count)| *count > 0).collect()
}

/// All twins with their models, by their ids.
pub async fn models(server: &Server) -> BTreeMap<String, String> {
    let fields = "externalIds(system: \"brick\") { id } model { id }";
    let all = twins(server, "", 1000, fields).await.into_iter();
    all.map(|twin| (id(&twin), twin["model"]["id"].as_str().expect("an id").to_owned())).collect()
}

/// All relationships, each from its source.
pub async fn relationships(server: &Server) -> BTreeSet<Edge> {
    let fields = "externalIds(system: \"brick\") { id } relationships(first: 300) { \
        nodes { name target { externalIds(system: \"brick\") { id } } } pageInfo { hasNextPage } }";
    let mut edges = BTreeSet::new();
    for twin in twins(server, "", 200, fields).await {
        let found = &twin["relationships"];
        assert_eq!(found["pageInfo"]["hasNextPage"], false, "{twin}");
        edges.extend(found["nodes"].as_array().expect("a list").iter().map(|edge| Edge {
            source: id(&twin),
            name: edge["name"].as_str().expect("a name").to_owned(),
            target: id(&edge["target"]),
        }));
    }
    edges
}

/// What the air handler feeds, and what the sensors there say now.
pub type Fed = (BTreeMap<String, Terminal>, BTreeMap<String, Now>);

/// The operator's question, with the types of the ontology.
const FED: &str = r#"
query WhichRoomsAndWhatDoTheirSensorsSay($id: String!) {
  resolve(system: "brick", id: $id) {
    twin {
      ... on AHU {
        feeds {
          externalIds(system: "brick") { id }
          ... on VAV { feeds { externalIds(system: "brick") { id } ...Rooms } }
          flows: related(names: ["isPointOf"], direction: INCOMING, model: "Flow_Sensor") { ...Flow }
        }
      }
    }
  }
}
fragment Rooms on HVACZone {
  rooms: related(names: ["isPartOf"], direction: INCOMING, model: "Room") { externalIds(system: "brick") { id } }
  temperatures: related(names: ["isPointOf"], direction: INCOMING, model: "Temperature_Sensor") { ...Temperature }
}
fragment Temperature on Zone_Air_Temperature_Sensor {
  externalIds(system: "brick") { id }
  lastKnownValue { value { value eventTime quality stream { device channel } } }
}
fragment Flow on AnyFlow_Sensor {
  externalIds(system: "brick") { id }
  lastKnownValue { value { value eventTime quality stream { device channel } } }
}"#;

/// Asks which rooms an air handler feeds, and what their sensors say now.
pub async fn fed_by(server: &Server, air_handler: &str) -> Fed {
    let answer = server.graphql(FED, json!({ "id": air_handler })).await;
    let (mut terminals, mut now) = (BTreeMap::new(), BTreeMap::new());
    for terminal in list(&answer["resolve"]["twin"]["feeds"]) {
        let zones = list(&terminal["feeds"]).iter().map(|zone| {
            let rooms = list(&zone["rooms"]).iter().map(id).collect();
            let temperatures = sensors(&zone["temperatures"], &mut now);
            (id(zone), Zone { rooms, temperatures })
        });
        let zones = zones.collect();
        let flows = sensors(&terminal["flows"], &mut now);
        terminals.insert(id(terminal), Terminal { zones, flows });
    }
    (terminals, now)
}

fn sensors(listed: &Value, now: &mut BTreeMap<String, Now>) -> BTreeSet<String> {
    let sensors = list(listed).iter().map(|sensor| {
        let value = &sensor["lastKnownValue"]["value"];
        if !value.is_null() {
            now.insert(id(sensor), Now::read(value, "value"));
        }
        id(sensor)
    });
    sensors.collect()
}

/// The model of all points.
const POINT: &str = "dtmi:org:brickschema:schema:Brick:Point;1";

/// All twins of a model, or all twins, with these fields.
async fn twins(server: &Server, model: &str, first: u32, fields: &str) -> Vec<Value> {
    let model = if model.is_empty() { String::new() } else { format!("model: \"{model}\", ") };
    let query = format!(
        "query ($after: String) {{ page: twins({model}first: {first}, after: $after) \
         {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    pages(server, &query).await
}

async fn pages(server: &Server, query: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut answer = server.graphql(query, json!({ "after": after })).await;
        let page = answer["page"].take();
        all.extend(list(&page["nodes"]).iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The building's own id of a twin.
fn id(twin: &Value) -> String {
    let id = twin["externalIds"][0]["id"].as_str();
    id.unwrap_or_else(|| panic!("no id: {twin}")).to_owned()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}
