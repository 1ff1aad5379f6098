//! Streams of changes: machines swapped and moved, in any order of telling.

use counterpart::sources::text::Input;
use serde_json::{Value, json};

use super::plant::Plant;
use crate::expect::source;

const ASSETS: &str = r#"
    format = "debezium"
    system = "cmms"
    kind = "asset"
    twins = "match"
    key = "id"
    model = "dtmi:counterpart:base:Unit;1"
    properties.serialNumber = "serial"
    identity = { serial = "serial", model = "type", tag = "tag", plant = "site" }
    [also.position]
    key = "tag"
    model = "dtmi:counterpart:base:Position;1"
    relationship = "occupies"
    properties.tag = "tag"
    identity = { tag = "tag", plant = "site" }
"#;

/// The station's row stays, and the number of the equipment in it changes.
const STATIONS: &str = r#"
    format = "debezium"
    system = "mes"
    kind = "station"
    key = "station"
    model = "dtmi:counterpart:base:Position;1"
    properties.tag = "station"
    [also.equipment]
    key = "equipment"
    model = "dtmi:counterpart:base:Unit;1"
    relationship = "occupies"
    direction = "incoming"
    properties.serialNumber = "serial"
"#;

fn day(day: u8) -> String {
    format!("2026-03-{day:02}T12:00:00Z")
}

/// A change at the beginning of a day of March.
fn change(op: &str, on: u8, after: &Value) -> Value {
    let at = 1_772_323_200_000_i64 + (i64::from(on) - 1) * 86_400_000;
    let (before, after) = if op == "d" { (after, &Value::Null) } else { (&Value::Null, after) };
    json!({"op": op, "before": before, "after": after, "source": {"lsn": on, "ts_ms": at}})
}

fn asset(id: u8, serial: &str, tag: &str) -> Value {
    json!({"id": id, "serial": serial, "type": "CR 32-4", "tag": tag, "site": "BED"})
}

fn feed(changes: &[Value]) -> Input {
    let text: Vec<String> = changes.iter().map(ToString::to_string).collect();
    Input::bytes("changes.ndjson", text.join("\n").into_bytes())
}

fn changes() -> Vec<Value> {
    vec![
        change("c", 1, &asset(1, "0604529", "P-101A")),
        change("c", 1, &asset(2, "0811930", "P-102")),
        // Another pump under the same number, in the same place.
        change("u", 3, &asset(1, "0911777", "P-101A")),
        // It moves to the place of a pump that went the day before.
        change("d", 4, &asset(2, "0811930", "P-102")),
        change("u", 5, &asset(1, "0911777", "P-102")),
        // And again another one.
        change("u", 7, &asset(1, "7733211", "P-102")),
    ]
}

/// Who stands where, day by day.
fn calendar(plant: &Plant) -> Vec<(Vec<String>, Vec<String>)> {
    let at = |tag: &str, on: u8| plant.occupants(&format!("cmms:position:{tag}"), &day(on), None);
    (1..=7).map(|on| (at("P-101A", on), at("P-102", on))).collect()
}

fn expected() -> Vec<(Vec<String>, Vec<String>)> {
    let days: [(&[&str], &[&str]); 7] = [
        (&["0604529"], &["0811930"]),
        (&["0604529"], &["0811930"]),
        (&["0911777"], &["0811930"]),
        (&["0911777"], &[]),
        (&[], &["0911777"]),
        (&[], &["0911777"]),
        (&[], &["7733211"]),
    ];
    let own = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    days.iter().map(|(a, b)| (own(a), own(b))).collect()
}

#[tokio::test]
async fn machines_come_move_and_go_and_the_places_stay() {
    let plant = Plant::new().await;
    plant.imported(&[feed(&changes())], &[source(ASSETS)]).await;
    assert_eq!(calendar(&plant), expected());
    let place = |on| plant.twin("cmms:position:P-101A", &day(on));
    assert!(place(1).is_some());
    assert_eq!(place(1), place(7));
}

#[tokio::test]
async fn in_whatever_parts_and_order_it_is_told_it_comes_out_the_same() {
    for (parts, is_whole) in [
        (vec![vec![0, 1], vec![2, 3], vec![4, 5]], true),
        (vec![vec![0, 1], vec![5], vec![2, 3], vec![4]], true),
        // That something went of which nobody had heard is no news, and is lost until it is told again.
        (vec![vec![5, 3], vec![4], vec![2], vec![1, 0]], false),
    ] {
        let plant = Plant::new().await;
        for part in &parts {
            let part: Vec<Value> = part.iter().map(|at| changes()[*at].clone()).collect();
            let report = plant.import(&[feed(&part)], &[source(ASSETS)]).await;
            assert!(report.is_complete(), "{report}");
        }
        assert_eq!(calendar(&plant) == expected(), is_whole, "{parts:?} {:?}", calendar(&plant));
        let report = plant.import(&[feed(&changes())], &[source(ASSETS)]).await;
        assert!(report.is_complete(), "{parts:?} {report}");
        assert_eq!(calendar(&plant), expected(), "{parts:?}");
        let again = plant.import(&[feed(&changes())], &[source(ASSETS)]).await;
        assert_eq!(again.total().changed, 0, "{again}");
    }
}

#[tokio::test]
async fn a_stations_row_tells_of_the_equipment_in_it_too() {
    let row = |equipment: Value, serial: Value| json!({"station": "L03/S010", "equipment": equipment, "serial": serial});
    let changes = [
        change("c", 1, &row(json!("E-1"), json!("0604529"))),
        change("u", 3, &row(Value::Null, Value::Null)),
        change("u", 5, &row(json!("E-2"), json!("0911777"))),
    ];
    let plant = Plant::new().await;
    for change in changes.chunks(1) {
        plant.imported(&[feed(change)], &[source(STATIONS)]).await;
    }
    let station = |on| plant.occupants("mes:L03/S010", &day(on), None);
    assert_eq!(
        [station(2), station(4), station(6)],
        [vec!["0604529".to_owned()], vec![], vec!["0911777".to_owned()]]
    );
    assert!(plant.twin("mes:equipment:E-1", &day(6)).is_some(), "it is somewhere else");
}
