//! SAP equipment and functional locations.

use counterpart::domain::command::Command;
use counterpart::domain::id::ExternalId;
use counterpart::dtdl::Catalogue;
use counterpart::sources::problem::Kind;
use counterpart::sources::text::Input;

use crate::engine::Target;
use crate::expect::{base_models, imported_twice, items, source};
use crate::shared::shared;

const EQUIPMENT: &str = "format = 'sap-equipment'\nsystem = 'erp'\nname = 'equipment'\nfiles = ['*EQUIPMENT*', 'equipment*']\n";
const PLACES: &str = "format = 'sap-functional-location'\nsystem = 'erp'\nname = 'places'\nfiles = ['*FUNCTIONALLOCATION*', 'places*']\n";

/// Two time segments of one pump, the second first: it moved on 1 March.
const SEGMENTS: &str = r#"{"d": {"results": [
    {"__metadata": {"type": "API_EQUIPMENT.EquipmentType"}, "Equipment": "10001", "ValidityStartDate": "/Date(1772323200000)/", "ValidityEndDate": "/Date(253402214400000)/",
     "EquipmentName": "Pump", "ManufacturerSerialNumber": "44710-07", "GrossWeight": "412.500", "FunctionalLocation": "L-C", "SuperordinateEquipment": "", "EquipmentIsMarkedForDeletion": false},
    {"Equipment": "10001", "ValidityStartDate": "/Date(1704067200000+0000)/", "ValidityEndDate": "/Date(1772236800000)/",
     "EquipmentName": "Pump", "ManufacturerSerialNumber": "44710-07", "FunctionalLocation": "L-B"}
]}}"#;

#[test]
fn time_segments_become_intervals_of_one_record() {
    let input = Input::bytes("equipment.json", SEGMENTS.as_bytes());
    let (found, problems) = items(&input, &[source(EQUIPMENT)], &Catalogue::empty());
    assert_eq!(problems, []);
    let records: Vec<_> = found
        .iter()
        .filter_map(|item| match &item.command {
            Command::PutRecord(record) => Some(record),
            _ => None,
        })
        .collect();
    let shown: Vec<String> = records
        .iter()
        .map(|r| format!("{} {} {}", r.key, r.valid, r.identity["location"]))
        .collect();
    // The last day of a segment is inside it, so the two meet.
    assert_eq!(
        shown,
        [
            "erp:10001 2024-01-01T00:00:00Z to 2026-03-01T00:00:00Z L-B",
            "erp:10001 since 2026-03-01T00:00:00Z L-C",
        ]
    );
    assert_eq!(records[1].attributes["GrossWeight"], "412.500");
    assert!(!records[1].attributes.contains_key("__metadata"));
    assert!(!records[1].attributes.contains_key("SuperordinateEquipment"));
}

#[tokio::test]
async fn all_time_segments_are_of_one_twin() {
    // The second import is of another month, with one segment more; its rows are in no order.
    let more = r#"{"value": [
        {"Equipment": "10001", "ValidityStartDate": "2026-06-01", "ValidityEndDate": "9999-12-31", "EquipmentName": "Pump, sold"},
        {"Equipment": "7", "ValidityStartDate": "2026-01-01", "ValidityEndDate": "9999-12-31"},
        {"Equipment": "10001", "ValidityStartDate": "2024-01-01", "ValidityEndDate": "2026-02-28", "EquipmentName": "Pump"},
        {"Equipment": "8", "ValidityStartDate": "2026-01-01", "ValidityEndDate": "9999-12-31"},
        {"Equipment": "10001", "ValidityStartDate": "2026-03-01", "ValidityEndDate": "2026-05-31", "EquipmentName": "Pump"}
    ]}"#;
    let target = Target::new().await;
    let toml = format!(
        "{EQUIPMENT}[relationships]\nlocatedIn = {{ field = [] }}\n[ids]\nserials = 'ManufacturerSerialNumber'\n"
    );
    for text in [SEGMENTS, more] {
        let input = Input::bytes("equipment.json", text.as_bytes());
        let inputs = [base_models(), vec![input]].concat();
        let report = target.import(&inputs, &[source(&toml)]).await;
        assert!(report.is_complete(), "{report}");
        let again = target.import(&inputs, &[source(&toml)]).await;
        assert_eq!(again.total().changed, 0, "{again}");
        let id = ExternalId::new("erp", "", "10001").unwrap();
        let twins = target.0.read(|state| {
            let known = counterpart::domain::id::Position::LATEST_KNOWN;
            let facts = state.crosswalks.timeline(&id).unwrap().known(known);
            facts.map(|fact| fact.value.twin).collect::<std::collections::HashSet<_>>().len()
        });
        assert_eq!(twins, 1);
    }
    // What the record says is seen on the twin, each at its time.
    let name = |as_of: &str| {
        let scope = target.0.scope(Some(as_of.parse().unwrap()), None);
        target.0.read(|state| {
            let view = counterpart::domain::view::View { state, scope };
            let id = ExternalId::new("erp", "", "10001").unwrap();
            let twin = view.resolve(&id).unwrap().value.twin;
            view.property(twin, "name").map(|golden| golden.value.to_string())
        })
    };
    assert_eq!(name("2025-01-01T00:00:00Z").as_deref(), Some("\"Pump\""));
    assert_eq!(name("2026-07-01T00:00:00Z").as_deref(), Some("\"Pump, sold\""));
    let serial = ExternalId::new("serials", "", "44710-07").unwrap();
    assert!(target.0.read(|state| state.crosswalks.timeline(&serial).is_some()));
}

#[test]
fn the_superior_field_rules_and_not_the_label() {
    let text = r#"{"value": [
        {"FunctionalLocation": "A-B-C", "FunctionalLocationName": "c", "SuperiorFunctionalLocation": "X"},
        {"FunctionalLocation": "A-B", "FunctionalLocationName": "b", "SuperiorFunctionalLocation": ""}
    ]}"#;
    let input = Input::bytes("places.json", text.as_bytes());
    let (found, problems) = items(&input, &[source(PLACES)], &Catalogue::empty());
    assert_eq!(problems, []);
    let parents: Vec<_> = found
        .iter()
        .filter_map(|item| match &item.command {
            Command::Refer(refer) => Some(refer.reference.other.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(parents, ["erp:X"]);
}

#[tokio::test]
async fn equipment_that_is_marked_for_deletion_ends_with_its_last_change() {
    let row = |deleted: bool| {
        format!(
            r#"{{"value": [{{"Equipment": "1", "LastChangeDateTime": "2026-02-01T00:00:00Z", "EquipmentIsMarkedForDeletion": {deleted}}}]}}"#
        )
    };
    let target = Target::new().await;
    let sources = [source(EQUIPMENT)];
    let before = Input::bytes("equipment.json", row(false).as_bytes());
    let report = target.import(&[base_models(), vec![before]].concat(), &sources).await;
    assert!(report.is_complete(), "{report}");
    let after = Input::bytes("equipment.json", row(true).as_bytes());
    let report = target.import(std::slice::from_ref(&after), &sources).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!((report.kinds[&Kind::End].changed, report.errors), (1, 0), "{report}");
    let id = ExternalId::new("erp", "", "1").unwrap();
    let end = "2026-02-01T00:00:00Z".parse().unwrap();
    let last = target.0.read(|state| {
        let timeline = state.records.timeline(&id).unwrap();
        let known = counterpart::domain::id::Position::LATEST_KNOWN;
        timeline.known(known).map(|fact| fact.valid.to).max().unwrap()
    });
    assert_eq!(last, end);
    let again = target.import(&[after], &sources).await;
    assert_eq!((again.total().changed, again.errors), (0, 0), "{again}");
}

#[tokio::test]
async fn real_payloads_are_imported_whole_and_a_second_time_without_change() {
    let (Some(equipment), Some(places)) = (
        shared("samples/sap/API_EQUIPMENT-odata-v2.json"),
        shared("samples/sap/API_FUNCTIONALLOCATION-odata-v2.json"),
    ) else {
        return;
    };
    let inputs = [Input::file(&equipment), Input::file(&places)];
    let report = imported_twice(&inputs, &[source(EQUIPMENT), source(PLACES)]).await;
    assert!(report.is_complete() && report.notes == 0, "{report}");
    // Four time segments of three machines, and five places.
    assert_eq!(report.kinds[&Kind::Record].changed, 9, "{report}");
    // Both segments of the first machine are of one twin.
    let twins = report.kinds[&Kind::Twin];
    assert_eq!((twins.changed, twins.unchanged), (8, 1), "{report}");
}

#[tokio::test]
async fn the_fourth_version_is_read_as_the_second_is() {
    let Some(path) = shared("samples/sap/equipment-odata-v4-shape.json") else { return };
    let toml = EQUIPMENT.replace("'equipment*'", "'*v4*'");
    let report = imported_twice(&[Input::file(&path)], &[source(&toml)]).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.kinds[&Kind::Record].changed, 1, "{report}");
}
