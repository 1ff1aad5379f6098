//! Maximo and ServiceNow.

use counterpart::domain::command::{Command, PutRecord};
use counterpart::dtdl::Catalogue;
use counterpart::sources::text::Input;

use crate::expect::{imported_twice, items, source};
use crate::shared::shared;

const ASSETS: &str =
    "format = 'maximo-asset'\nsystem = 'cmms'\nname = 'assets'\nfiles = ['*asset*']\n";
const PLACES: &str =
    "format = 'maximo-location'\nsystem = 'cmms'\nname = 'places'\nfiles = ['*loc*']\n";
const ITEMS: &str = "format = 'servicenow-cmdb-ci'\nsystem = 'cmdb'\n";

fn record(name: &str, text: &str, toml: &str) -> PutRecord {
    let input = Input::bytes(name, text.as_bytes());
    let (found, problems) = items(&input, &[source(toml)], &Catalogue::empty());
    assert_eq!(problems, []);
    let mut records = found.into_iter().filter_map(|item| match item.command {
        Command::PutRecord(record) => Some(record),
        _ => None,
    });
    records.next().unwrap()
}

#[test]
fn an_asset_number_is_unique_in_its_site_only() {
    let text = r#"{"rdfs:member": [{"spi:assetnum": "11430", "spi:siteid": "BEDFORD", "spi:serialnum": "S", "rdf:about": "x"}]}"#;
    let record = record("asset.json", text, ASSETS);
    assert_eq!(record.key.to_string(), "cmms/BEDFORD:11430");
    assert_eq!(record.identity["serial"].as_ref(), "S");
    assert!(!record.attributes.contains_key("rdf:about"));
}

#[test]
fn an_asset_without_a_site_is_refused() {
    let input = Input::bytes("asset.json", br#"{"member": [{"assetnum": "1"}]}"#.as_slice());
    let (found, problems) = items(&input, &[source(ASSETS)], &Catalogue::empty());
    assert!(found.is_empty());
    assert!(problems[0].message.contains("no scope of its id in `siteid`"), "{problems:?}");
}

#[test]
fn references_and_display_values_become_plain() {
    let text = r#"{"result": [{
        "sys_id": "a1", "sys_class_name": "cmdb_ci_ip_switch", "name": "sw",
        "manufacturer": {"display_value": "Moxa", "value": "m1", "link": "https://x"},
        "location": {"link": "https://x", "value": "l1"},
        "model_id": {"display_value": "EDS-405A", "link": "https://x"},
        "install_status": "1", "sys_updated_on": "2026-03-01 08:00:00"
    }]}"#;
    let record = record("ci.json", text, ITEMS);
    assert_eq!(record.kind.as_ref(), "cmdb_ci_ip_switch");
    assert_eq!(record.identity["manufacturer"].as_ref(), "Moxa");
    assert_eq!(record.identity["location"].as_ref(), "l1");
    assert_eq!(record.identity["model"].as_ref(), "EDS-405A");
    assert_eq!(record.attributes["manufacturer"], "m1");
    assert_eq!(record.stated.unwrap().to_string(), "2026-03-01T08:00:00Z");
}

#[tokio::test]
async fn real_payloads_are_imported_twice_and_the_second_time_changes_nothing() {
    let found = [
        "maximo/mxapiasset-shape",
        "maximo/mxapioperloc-shape",
        "servicenow/table-api-cmdb_ci-shape",
    ]
    .map(|name| shared(&format!("samples/{name}.json")));
    let [Some(asset), Some(place), Some(item)] = found else { return };
    let inputs = [Input::file(&asset), Input::file(&place), Input::file(&item)];
    let report = imported_twice(&inputs, &[source(ASSETS), source(PLACES), source(ITEMS)]).await;
    // The asset's parent is not in the payload.
    let codes: Vec<_> = report.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["UNKNOWN_TWIN"], "{report}");
    // Three declarations, twins and records, and where the asset stands.
    assert_eq!(report.total().changed, 10, "{report}");
}
