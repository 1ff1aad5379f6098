//! The exports of five systems that the generator of the asset world writes.

use std::path::PathBuf;
use std::process::Command;

use counterpart::sources::problem::Kind;
use counterpart::sources::text::Input;

use crate::expect::{imported_twice, source};
use crate::shared::shared;

/// Name, file, key and identity of each system.
const SYSTEMS: [(&str, &str, &str, &str); 5] = [
    (
        "erp",
        "erp_equipment.csv",
        "EQUNR",
        "serial = 'SERGE'\nmanufacturer = 'HERST'\nlocation = 'TPLNR'",
    ),
    (
        "cmms",
        "cmms_assets.csv",
        "assetnum",
        "serial = 'serialnum'\ntag = 'assettag'\nlocation = 'location'",
    ),
    (
        "mes",
        "mes_stations.csv",
        "station_equipment",
        "serial = 'serial_no'\ntag = 'tag'\nlocation = 'path'",
    ),
    ("reg", "device_registry.csv", "device_id", "serial = 'sn'\nmac = 'mac'\nip = 'ip_address'"),
    (
        "gw",
        "gateway_inventory.csv",
        "entry_id",
        "serial = 'serial'\nmac = 'hwaddr'\nclient_id = 'client_id'",
    ),
];

fn generated(folder: &std::path::Path) -> Option<Vec<PathBuf>> {
    let generator = shared("matching/assetgen.py")?;
    let output = Command::new("python3")
        .arg(generator)
        .args(["--seed", "3", "--level", "2", "--units", "120", "--out"])
        .arg(folder)
        .output();
    match output {
        Ok(output) if output.status.success() => {
            Some(SYSTEMS.iter().map(|(_, file, ..)| folder.join(file)).collect())
        }
        other => {
            eprintln!("SKIPPED: the generator cannot be run here: {other:?}");
            None
        }
    }
}

#[tokio::test]
async fn a_building_as_another_system_tells_it_becomes_records() {
    let Some(path) = shared("instances/mapped-topology/buildingThings.json") else { return };
    let toml = "format = 'json'\nsystem = 'mapped'\ntwins = 'match'\nkey = 'id'\nread.records = '/data/buildings/*/things'\nkind = { field = 'exactType' }\n[identity]\ndescription = 'name'\nlocation = '/hasLocation/name'\n[times]\nstated = 'dateUpdated'\n";
    let report = imported_twice(&[Input::file(&path)], &[source(toml)]).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.kinds[&Kind::Record].changed, 721, "{report}");
}

#[tokio::test]
async fn five_exports_become_records_for_matching_with_nothing_lost() {
    let folder = tempfile::tempdir().unwrap();
    let Some(files) = generated(folder.path()) else { return };
    let sources: Vec<_> = SYSTEMS
        .iter()
        .map(|(system, file, key, identity)| {
            source(&format!(
                "format = 'csv'\nsystem = '{system}'\nfiles = ['{file}']\nkind = 'asset'\ntwins = 'match'\nkey = '{key}'\n[identity]\n{identity}\n"
            ))
        })
        .collect();
    let rows: usize =
        files.iter().map(|file| csv::Reader::from_path(file).unwrap().records().count()).sum();
    let inputs: Vec<Input> = files.iter().map(|path| Input::file(path)).collect();
    let report = imported_twice(&inputs, &sources).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.kinds[&Kind::Record].changed, rows as u64, "{report}");
}
