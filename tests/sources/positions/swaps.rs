//! A list of assets that is updated in place: machines are swapped, move and go, and positions stay.

use super::plant::{Plant, table};
use crate::expect::source;

const HEADER: &str =
    "assetnum,description,vendor,modelnum,serialnum,tag,area,location,siteid,status,changedate";

const SOURCE: &str = r#"
    format = "csv"
    system = "cmms"
    kind = "asset"
    twins = "match"
    key = "assetnum"
    model = "dtmi:counterpart:base:Unit;1"
    only_if = ["serialnum", "modelnum"]
    [properties]
    name = "description"
    serialNumber = "serialnum"
    manufacturer = "vendor"
    [identity]
    serial = "serialnum"
    manufacturer = "vendor"
    model = "modelnum"
    tag = "tag"
    location = "location"
    plant = "siteid"
    [times]
    from = "changedate"
    [[gone]]
    field = "status"
    values = ["DECOMMISSIONED"]
    since = "changedate"
    [also.position]
    key = "tag"
    model = "dtmi:counterpart:base:Position;1"
    relationship = "occupies"
    [also.position.properties]
    tag = "tag"
    duty = "area"
    [also.position.identity]
    tag = "tag"
    location = "location"
    plant = "siteid"
"#;

const FIRST: [&str; 4] = [
    "1001,Feed pump A,KSB,Etanorm 050-160,9974-0011,P-101A,Feed water,L03/S010,BED,OPERATING,2024-01-10",
    "1002,Feed pump B,KSB,Etanorm 050-160,9974-0012,P-101B,Feed water,L03/S010,BED,OPERATING,2024-01-10",
    "1003,Dosing pump,Grundfos,DDA 7.5-16,1730-4411,P-205,Dosing,L04/S020,BED,OPERATING,2024-01-10",
    "1004,,,,,P-206,Dosing,L04/S020,BED,,2024-01-10",
];
const A: &str = "cmms:position:P-101A";
const BEFORE: &str = "2024-06-01T00:00:00Z";
const AFTER: &str = "2025-06-01T00:00:00Z";

fn assets(rows: &[&str]) -> counterpart::sources::text::Input {
    table("assets.csv", HEADER, rows)
}

async fn plant() -> Plant {
    let plant = Plant::new().await;
    plant.imported(&[assets(&FIRST)], &[source(SOURCE)]).await;
    plant
}

#[tokio::test]
async fn one_declaration_tells_of_machines_and_of_their_positions() {
    let plant = plant().await;
    assert_eq!(plant.occupants(A, BEFORE, None), ["9974-0011"]);
    assert_eq!(plant.occupants("cmms:position:P-101B", BEFORE, None), ["9974-0012"]);
    let [a, b] = [A, "cmms:position:P-101B"].map(|id| plant.twin(id, BEFORE).unwrap());
    assert_ne!(a, b);
    assert_eq!(plant.value(a, "duty", BEFORE).as_deref(), Some("Feed water"));
    assert_ne!(plant.twin("cmms:1001", BEFORE), Some(a), "the machine is not the place");
    // Nothing stands there, and the place is told of all the same.
    assert!(plant.twin("cmms:position:P-206", BEFORE).is_some());
    assert!(plant.occupants("cmms:position:P-206", BEFORE, None).is_empty());
    assert_eq!(plant.twin("cmms:1004", BEFORE), None);
}

#[tokio::test]
async fn another_machine_under_the_same_number_takes_the_place_from_then_on() {
    let plant = plant().await;
    let (known, place) = (plant.now_known(), plant.twin(A, BEFORE));
    let old = plant.twin("cmms:1001", BEFORE);
    let swapped = "1001,Feed pump A,Sulzer,AHLSTAR A22-80,S-553211,P-101A,Feed water,L03/S010,BED,OPERATING,2025-03-01";
    let report = plant.imported(&[assets(&[swapped])], &[source(SOURCE)]).await;
    assert_eq!(report.matching.unwrap().changed_meaning, 1);
    assert_eq!(plant.occupants(A, BEFORE, None), ["9974-0011"]);
    assert_eq!(plant.occupants(A, AFTER, None), ["S-553211"]);
    assert_eq!(plant.occupants(A, AFTER, Some(known)), ["9974-0011"], "as it was known");
    assert_eq!(plant.twin(A, AFTER), place);
    assert_eq!(plant.twin("cmms:1001", BEFORE), old);
    assert_ne!(plant.twin("cmms:1001", AFTER), old);
}

#[tokio::test]
async fn a_machine_that_moves_leaves_its_place_and_one_that_goes_too() {
    let plant = plant().await;
    let machine = plant.twin("cmms:1002", BEFORE);
    let moved = [
        "1002,Feed pump B,KSB,Etanorm 050-160,9974-0012,P-206,Dosing,L04/S020,BED,OPERATING,2025-03-01",
        "1003,Dosing pump,Grundfos,DDA 7.5-16,1730-4411,P-205,Dosing,L04/S020,BED,DECOMMISSIONED,2025-03-01",
    ];
    plant.imported(&[assets(&moved)], &[source(SOURCE)]).await;
    let at = |id: &str, moment| plant.occupants(&format!("cmms:position:{id}"), moment, None);
    assert_eq!((at("P-101B", BEFORE), at("P-206", BEFORE)), (vec!["9974-0012".into()], vec![]));
    assert_eq!((at("P-101B", AFTER), at("P-206", AFTER)), (vec![], vec!["9974-0012".into()]));
    assert_eq!(plant.twin("cmms:1002", AFTER), machine);
    assert_eq!((at("P-205", BEFORE), at("P-205", AFTER)), (vec!["1730-4411".into()], vec![]));
    assert!(plant.twin("cmms:position:P-205", AFTER).is_some(), "the place stays");
}

#[tokio::test]
async fn a_place_that_is_left_empty_in_the_row_is_empty_from_then_on() {
    let plant = plant().await;
    let emptied = "1001,,,,,P-101A,Feed water,L03/S010,BED,,2025-03-01";
    plant.imported(&[assets(&[emptied])], &[source(SOURCE)]).await;
    assert_eq!(plant.occupants(A, BEFORE, None), ["9974-0011"]);
    assert!(plant.occupants(A, AFTER, None).is_empty());
    assert!(plant.twin(A, AFTER).is_some());
}

#[tokio::test]
async fn what_is_told_late_comes_out_as_if_it_had_been_told_in_time() {
    let rows = [
        "1001,Feed pump A,KSB,Etanorm 050-160,9974-0011,P-101A,Feed water,L03/S010,BED,OPERATING,2024-01-10",
        "1001,Feed pump A,Sulzer,AHLSTAR A22-80,S-553211,P-101A,Feed water,L03/S010,BED,OPERATING,2025-03-01",
    ];
    let plant = Plant::new().await;
    plant.imported(&[assets(&rows[1..])], &[source(SOURCE)]).await;
    assert!(plant.twin(A, BEFORE).is_none());
    plant.imported(&[assets(&rows)], &[source(SOURCE)]).await;
    assert_eq!(plant.occupants(A, BEFORE, None), ["9974-0011"]);
    assert_eq!(plant.occupants(A, AFTER, None), ["S-553211"]);
    assert_eq!(plant.twin(A, BEFORE), plant.twin(A, AFTER));
}
