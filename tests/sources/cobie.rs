//! COBie, with the dirt of real workbooks.

use counterpart::sources::problem::{Kind, Severity};
use counterpart::sources::text::Input;

use crate::engine::Target;
use crate::expect::{base_models, imported_twice, source};
use crate::shared::shared;
use crate::workbook::{rows, workbook};

const SOURCE: &str = "format = 'cobie'\nsystem = 'bim'\nscope = 'plant-b'\n";

#[tokio::test]
async fn a_workbook_is_read_sheet_by_sheet_with_drifted_headers() {
    let sheets = [
        ("Instruction", rows(&[&["Title"], &["COBie"]])),
        ("Facility", rows(&[&["Name", "CreatedOn"], &["Plant B", "2026-03-01T08:00:00"]])),
        ("Floor", rows(&[&["Name", "CreatedOn"], &["Level 0", "n/a"]])),
        ("Space", rows(&[&["Name", "Floor Name"], &["B02", "Level 0"], &[" ", " "]])),
        ("Type", rows(&[&["Name", "Manufacturer", "Model Number"], &["Pump X1", "acme", "X1"]])),
        (
            "Component",
            rows(&[
                &["Name", "TypeName", "Space", "Serial_Number", "CreatedOn"],
                &["P-101", "Pump X1", "B02", "SN-4711", "2023-02-31T12:00:00"],
            ]),
        ),
    ];
    let sheets: Vec<(&str, &str)> =
        sheets.iter().map(|(name, xml)| (*name, xml.as_str())).collect();
    let input = Input::bytes("b.xlsx", workbook(&sheets));
    let target = Target::new().await;
    let inputs = [base_models(), vec![input]].concat();
    let report = target.import(&inputs, &[source(SOURCE)]).await;
    let shown: Vec<_> = report.problems.iter().map(|p| (p.code, p.severity)).collect();
    let expected = [
        ("LEFT_OUT", Severity::Note),
        ("COLUMN_RENAMED", Severity::Note),
        ("COLUMN_RENAMED", Severity::Note),
        ("COLUMN_RENAMED", Severity::Note),
        ("INVALID_TIME", Severity::Error),
    ];
    let expected: Vec<_> = expected.into_iter().filter(|e| shown.contains(e)).collect();
    assert!(expected.len() >= 3 && report.errors == 1, "{report}");
    assert_eq!(report.kinds[&Kind::Twin].changed, 4, "{report}");
    assert_eq!(report.kinds[&Kind::Relationship].changed, 3, "{report}");
    let component =
        counterpart::domain::id::ExternalId::new("bim", "plant-b", "Component/P-101").unwrap();
    let identity = target.0.read(|state| {
        let timeline = state.records.timeline(&component).unwrap();
        let known = counterpart::domain::id::Position::LATEST_KNOWN;
        timeline.known(known).next().unwrap().value.identity.clone()
    });
    assert_eq!(identity["serial"].as_ref(), "SN-4711");
    assert_eq!((identity["manufacturer"].as_ref(), identity["model"].as_ref()), ("acme", "X1"));
}

#[tokio::test]
async fn sheets_saved_as_csv_are_read_by_their_names() {
    let names = ["Type", "Component", "Facility", "Floor", "Space"];
    let found = names.map(|name| shared(&format!("samples/cobie/{name}.csv")));
    if found.iter().any(Option::is_none) {
        return;
    }
    let inputs: Vec<Input> = found.iter().flatten().map(|path| Input::file(path)).collect();
    let report = imported_twice(&inputs, &[source(SOURCE)]).await;
    let shown: Vec<String> = report
        .problems
        .iter()
        .map(|p| format!("{} {}", p.origin.file.rsplit('/').next().unwrap(), p.code))
        .collect();
    for expected in [
        // 31 February; a space with a blank at its end is the same as the one without.
        "Component.csv INVALID_TIME",
        "Space.csv TRIMMED_ID",
        "Space.csv DUPLICATE_KEY",
        // The row of types has fewer cells than its header.
        "Type.csv INVALID_ROW",
        // A space that is not in the workbook.
        "Component.csv UNKNOWN_TWIN",
    ] {
        assert!(shown.contains(&expected.to_owned()), "{expected}: {report}");
    }
    assert_eq!(report.errors, 4, "{report}");
    assert_eq!(report.kinds[&Kind::Record].changed, 6, "{report}");
}
