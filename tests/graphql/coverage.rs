//! The coverage board: what is missing, doubtful or about to end.

use counterpart::domain::command::{Bind, Command, LinkId, PutRecord, TwinRef};
use counterpart::domain::id::{StreamKey, TwinId};
use counterpart::domain::time::Interval;
use serde_json::{Value as Json, json};

use crate::fixture::{Plant, at, external, put, relate, twin};

const PUMP: &str = "dtmi:counterpart:demo:Pump;1";
const GATEWAY: &str = "dtmi:counterpart:base:Gateway;1";
const POSITION: &str = "dtmi:counterpart:base:Position;1";

impl Plant {
    /// A list of the board.
    async fn list(&self, field: &str, arguments: &str, selection: &str) -> Json {
        let document = format!(
            "{{ coverage{arguments} {{
               list: {field} {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {selection} }} }}
             }} }}"
        );
        self.data(&document, Json::Null).await["coverage"]["list"].clone()
    }

    async fn names(&self, field: &str, arguments: &str) -> Vec<String> {
        let list = self.list(field, arguments, "twin { displayName } missing").await;
        let shown = |gap: &Json| {
            let name = gap["twin"]["displayName"].as_str().unwrap();
            format!("{name}: {}", gap["missing"].as_str().unwrap())
        };
        let names: Vec<String> = list["nodes"].as_array().unwrap().iter().map(shown).collect();
        assert_eq!(list["totalCount"], names.len());
        names
    }

    /// Keeps a record and decides nothing.
    async fn identify(&self, system: &str, id: &str, identity: Json) {
        let said = identity.as_object().unwrap().iter();
        let said = said.map(|(field, text)| (field.as_str().into(), text.as_str().unwrap().into()));
        let record = PutRecord {
            key: external(system, id),
            kind: "equipment".into(),
            attributes: Default::default(),
            claims: Default::default(),
            identity: said.collect(),
            model: None,
            stated: None,
            references: Vec::new(),
            valid: Interval::ALWAYS,
            is_change: false,
        };
        self.submit(vec![Command::PutRecord(record)]).await;
    }
}

fn link(id: &str, to: TwinId, valid: Interval) -> Command {
    Command::LinkId(LinkId {
        external: external("cmms", id),
        twin: TwinRef::Id(to),
        valid,
        reason: "test".into(),
        confidence: 1.0,
        replace: false,
    })
}

#[tokio::test]
async fn an_asset_is_covered_while_one_of_its_devices_reports() {
    let plant = Plant::demo().await;
    plant.submit(vec![put(0x20, PUMP, &[], json!({"name": "Spare pump"}))]).await;
    // The plant's pump was measured two days before.
    let missing = plant.names("assetsWithoutDevice", "(liveWithinHours: 24)").await;
    assert!(missing.contains(&"Spare pump: DEVICE".to_owned()), "{missing:?}");
    assert!(missing.contains(&"Rinse pump A: READINGS".to_owned()), "{missing:?}");
    let missing = plant.names("assetsWithoutDevice", "(liveWithinHours: 72)").await;
    assert!(!missing.iter().any(|name| name.starts_with("Rinse")), "its position too: {missing:?}");
    // A device that is only related counts by its own streams.
    plant
        .submit(vec![
            put(0x21, GATEWAY, &[("mqtt", "gw-21")], json!({})),
            relate(0x21, "monitors", 0x20),
        ])
        .await;
    let missing = plant.names("assetsWithoutDevice", "").await;
    assert!(missing.contains(&"Spare pump: READINGS".to_owned()), "{missing:?}");
    plant.read_in("gw-21", "ch1", "2026-03-01T07:00:00Z", 1.0).await;
    let missing = plant.names("assetsWithoutDevice", "").await;
    assert!(!missing.iter().any(|name| name.starts_with("Spare pump")), "{missing:?}");
}

#[tokio::test]
async fn a_device_needs_something_to_serve() {
    let plant = Plant::demo().await;
    plant
        .submit(vec![put(0x21, GATEWAY, &[("mqtt", "gw-21")], json!({"name": "Gateway 21"}))])
        .await;
    let alone = plant.names("devicesWithoutAsset", "").await;
    assert_eq!(alone, ["Gateway 0815: ASSET", "Gateway 21: ASSET"], "one was swapped out");
    plant.submit(vec![relate(0x21, "monitors", 5)]).await;
    assert_eq!(plant.names("devicesWithoutAsset", "").await, ["Gateway 0815: ASSET"]);
}

#[tokio::test]
async fn gaps_come_in_pages() {
    let plant = Plant::demo().await;
    let spare = |n: u128| put(0x30 + n, PUMP, &[], json!({"name": format!("Spare {n}")}));
    plant.submit((0..5).map(spare).collect()).await;
    let document =
        "query($after: String) { coverage { assetsWithoutDevice(first: 2, after: $after) {
        nodes { twin { id } } pageInfo { hasNextPage endCursor } } } }";
    let (mut seen, mut after) = (Vec::new(), Json::Null);
    loop {
        let page = plant.data(document, json!({ "after": after })).await;
        let page = &page["coverage"]["assetsWithoutDevice"];
        let nodes = page["nodes"].as_array().unwrap().iter();
        seen.extend(nodes.map(|gap| gap["twin"]["id"].as_str().unwrap().to_owned()));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let all = plant.list("assetsWithoutDevice", "", "twin { id }").await;
    assert_eq!(all["totalCount"], seen.len());
    assert!(seen.len() >= 6 && seen.is_sorted(), "{seen:?}");
}

#[tokio::test]
async fn quarantined_streams_come_by_volume_or_by_age() {
    let plant = Plant::demo().await;
    for minute in 0..3 {
        plant.read_in("MQTT-GW-7777", "t", &format!("2026-03-01T07:0{minute}:00Z"), 1.0).await;
    }
    let document = "query($by: QuarantineOrder, $first: Int, $after: String) { coverage {
        quarantinedStreams(by: $by, first: $first, after: $after) {
          totalCount nodes { device readings } pageInfo { endCursor } } } }";
    let devices = async |asked: Json| {
        let page = plant.data(document, asked).await["coverage"]["quarantinedStreams"].clone();
        assert_eq!(page["totalCount"], 2);
        let nodes = page["nodes"].as_array().unwrap().iter();
        let devices = nodes.map(|node| node["device"].as_str().unwrap().to_owned());
        (devices.collect::<Vec<_>>(), page["pageInfo"]["endCursor"].clone())
    };
    let (by_volume, _) = devices(json!({})).await;
    assert_eq!(by_volume, ["MQTT-GW-7777", "MQTT-GW-9999"]);
    let (by_age, _) = devices(json!({"by": "AGE"})).await;
    assert_eq!(by_age, ["MQTT-GW-9999", "MQTT-GW-7777"]);
    let (first, cursor) = devices(json!({"first": 1})).await;
    let (second, _) = devices(json!({"first": 1, "after": cursor})).await;
    assert_eq!([first, second].concat(), by_volume);
}

#[tokio::test]
async fn ids_that_records_of_two_twins_claim_are_listed() {
    let plant = Plant::demo().await;
    plant
        .submit(vec![
            put(0x40, PUMP, &[("cmms", "A-1")], json!({"name": "One"})),
            put(0x41, PUMP, &[("cmms", "A-2")], json!({"name": "Two"})),
            put(0x42, POSITION, &[("cmms", "FL-1")], json!({"name": "Place"})),
            put(0x43, PUMP, &[("cmms", "A-3")], json!({"name": "Three"})),
        ])
        .await;
    let serials = async || {
        let list = plant
            .list("idsClaimedTwice", "", "field value twins { displayName } records { id }")
            .await;
        list["nodes"].clone()
    };
    plant.identify("cmms", "A-1", json!({"serial": "KX-10 447", "manufacturer": "KSB"})).await;
    plant.identify("cmms", "A-2", json!({"serial": "N/A", "manufacturer": "KSB"})).await;
    plant.identify("cmms", "A-3", json!({"serial": "KX10447", "manufacturer": "Grundfos"})).await;
    plant.identify("cmms", "nobody", json!({"serial": "KX10447"})).await;
    assert_eq!(serials().await, json!([]), "two makers, a placeholder, and a record of no twin");
    plant.identify("cmms", "FL-1", json!({"serial": "kx10447", "manufacturer": "KSB SE"})).await;
    plant.submit(vec![relate(0x40, "occupies", 0x42)]).await;
    assert_eq!(serials().await, json!([]), "a position tells the serial of the unit in it");
    plant.identify("cmms", "A-2", json!({"serial": "KX-10-447", "manufacturer": "KSB"})).await;
    let conflict = &serials().await[0];
    assert_eq!((&conflict["field"], &conflict["value"]), (&json!("serial"), &json!("KX10447")));
    let twins: Vec<_> =
        conflict["twins"].as_array().unwrap().iter().map(|t| &t["displayName"]).collect();
    assert_eq!(twins, ["One", "Two", "Place"]);
}

#[tokio::test]
async fn a_mapping_that_ends_with_nothing_after_it_is_listed_before_it_does() {
    let plant = Plant::demo().await;
    let until = |end: &str| Interval { from: at("2026-01-01T00:00:00Z"), to: at(end) };
    plant
        .submit(vec![
            put(0x50, PUMP, &[], json!({"name": "Rented"})),
            link("R-1", twin(0x50), until("2026-03-11T00:00:00Z")),
            link("R-2", twin(0x50), until("2026-03-05T00:00:00Z")),
            link("R-2", twin(5), Interval::since(at("2026-03-05T00:00:00Z"))),
            link("R-3", twin(0x50), until("2026-06-01T00:00:00Z")),
            Command::Bind(Bind {
                stream: StreamKey::new(external("mqtt", "rented"), "t").unwrap(),
                twin: TwinRef::Id(twin(0x50)),
                path: "bearingTemperature".into(),
                unit: None,
                valid: until("2026-03-04T00:00:00Z"),
                replace: false,
                gives_way: false,
            }),
        ])
        .await;
    let selection = "ends link { id twin { displayName } } binding { path }";
    let list = plant.list("endingMappings", "(endingWithinDays: 30)", selection).await;
    let binding = json!({"ends": "2026-03-04T00:00:00Z", "link": null, "binding": {"path": "bearingTemperature"}});
    let rented = json!({"id": "R-1", "twin": {"displayName": "Rented"}});
    let link = json!({"ends": "2026-03-11T00:00:00Z", "link": rented, "binding": null});
    assert_eq!(list["nodes"], json!([binding, link]), "R-2 goes on, R-3 ends later");
    let soon = plant.list("endingMappings", "(endingWithinDays: 5)", "ends").await;
    assert_eq!(soon["totalCount"], 1);
    let (code, _) =
        plant.refusal("{ coverage(endingWithinDays: -1) { __typename } }", Json::Null).await;
    assert_eq!(code, "BAD_USER_INPUT");
}

#[tokio::test]
async fn the_counts_for_metrics_are_those_of_the_lists() {
    let plant = Plant::demo().await;
    plant.submit(vec![put(0x20, PUMP, &[], json!({"name": "Spare pump"}))]).await;
    let counts = plant.engine.coverage_counts().await;
    let total = async |list: &str| {
        plant.list(list, "", "__typename").await["totalCount"].as_u64().unwrap() as usize
    };
    let assets = counts.assets_without_device + counts.assets_with_silent_device;
    assert_eq!(assets, total("assetsWithoutDevice").await);
    assert!(counts.assets_without_device > 0 && counts.assets_with_silent_device > 0);
    assert_eq!(counts.devices_without_asset, total("devicesWithoutAsset").await);
    assert_eq!(counts.quarantined_streams, total("quarantinedStreams").await);
    assert_eq!((counts.quarantined_streams, counts.quarantined_readings), (1, 1));
    assert_eq!(counts.disagreements, total("disagreements").await);
}
