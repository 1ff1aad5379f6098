//! Workbooks.

use counterpart::domain::command::{Command, PutRecord};
use counterpart::dtdl::Catalogue;
use counterpart::sources::problem::Problem;
use counterpart::sources::text::Input;
use serde_json::json;

use crate::expect::{imported_twice, items, source};
use crate::workbook::{rows, workbook};

const SOURCE: &str = r#"
    format = "xlsx"
    system = "cmms"
    twins = "match"
    key = "No"
    read.sheet = "Assets"

    [identity]
    serial = "Serial"
"#;

fn records(found: &[Command]) -> Vec<&PutRecord> {
    found
        .iter()
        .map(|command| match command {
            Command::PutRecord(record) => record,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn read(sheets: &[(&str, &str)], toml: &str) -> (Vec<Command>, Vec<Problem>) {
    let input = Input::bytes("book.xlsx", workbook(sheets));
    let (found, problems) = items(&input, &[source(toml)], &Catalogue::empty());
    (found.into_iter().map(|item| item.command).collect(), problems)
}

#[test]
fn cells_are_read_as_what_they_are() {
    let sheet = rows(&[
        &["No", "Serial", "Installed", "Flow", "Spare"],
        &[
            r#"=<c r="@"><v>10004055</v></c>"#,
            "SN-1",
            r#"=<c r="@" s="1"><v>43539</v></c>"#,
            r#"=<c r="@"><v>12.5</v></c>"#,
            r#"=<c r="@" t="b"><v>1</v></c>"#,
        ],
        &[" ", "", "", "", ""],
        &["2", "", "=<c r=\"@\" s=\"1\"><v>43539.5</v></c>", "", ""],
    ]);
    let toml = format!("{SOURCE}install_date = 'Installed'\n");
    let (found, problems) = read(&[("Assets", &sheet)], &toml);
    assert_eq!(problems, []);
    let found = records(&found);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].key.to_string(), "cmms:10004055");
    let said = json!({"No": 10_004_055, "Serial": "SN-1", "Installed": "2019-03-15", "Flow": 12.5, "Spare": true});
    assert_eq!(serde_json::Value::Object(found[0].attributes.clone()), said);
    assert_eq!(found[0].identity["install_date"].as_ref(), "2019-03-15");
    assert_eq!(found[1].attributes["Installed"], "2019-03-15T12:00:00");
}

#[test]
fn formulas_are_told_and_errors_are_left_out() {
    let sheet = rows(&[
        &["No", "Serial"],
        &["1", r#"=<c r="@" t="str"><f>A2&amp;"x"</f><v>1x</v></c>"#],
        &["2", r#"=<c r="@" t="str"><f>A3&amp;"x"</f><v>2x</v></c>"#],
        &["3", r#"=<c r="@" t="e"><v>#N/A</v></c>"#],
        &["4", r#"=<c r="@"><f>A5</f></c>"#],
        &[r#"=<c r="@" t="e"><v>#REF!</v></c>"#, "SN-5"],
    ]);
    let (found, problems) = read(&[("Assets", &sheet)], SOURCE);
    let found = records(&found);
    let serials: Vec<_> =
        found.iter().map(|r| r.identity.get("serial").map(AsRef::as_ref)).collect();
    assert_eq!(serials, [Some("1x"), Some("2x"), None, None]);
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(shown[0].starts_with("book.xlsx[Assets]:2: note: B2 is a formula"), "{shown:?}");
    assert!(shown[1].starts_with("book.xlsx[Assets]:4: the cell B4 holds #N/A"), "{shown:?}");
    assert!(shown[2].contains("the formula in B5 has no stored value"), "{shown:?}");
    assert!(shown[3].starts_with("book.xlsx[Assets]:6: the row has no id in `No`"), "{shown:?}");
    assert_eq!(shown.len(), 4, "{shown:?}");
}

#[test]
fn merged_cells_are_told_because_only_the_first_has_the_value() {
    let sheet = rows(&[&["No", "Serial"], &["1", "A"], &["2", ""]])
        + r#"<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells>"#;
    let (found, problems) = read(&[("Assets", &sheet)], SOURCE);
    assert_eq!(found.len(), 2);
    assert_eq!(problems[0].code, "MERGED_CELLS");
    assert!(problems[0].message.contains("the rows 2 to 3"), "{problems:?}");
}

#[test]
fn the_declared_sheet_and_header_row_are_read() {
    let other = rows(&[&["Read me first"]]);
    let sheet = rows(&[&["Asset list, March"], &[], &["No", "Serial"], &["1", "A"]]);
    let toml = SOURCE.replace("read.sheet", "read.header_row = 3\nread.sheet");
    let (found, problems) = read(&[("Notes", &other), ("Assets", &sheet)], &toml);
    assert_eq!((found.len(), problems), (1, vec![]));
    let (found, problems) = read(&[("Notes", &other)], SOURCE);
    assert!(found.is_empty());
    assert!(problems[0].message.contains("no sheet `Assets`; there are: Notes"), "{problems:?}");
}

#[test]
fn a_header_without_end_is_bounded() {
    let far = r#"<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>No</t></is></c><c r="XFD1" t="inlineStr"><is><t>far</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData>"#;
    let (found, problems) = read(&[("Assets", far)], SOURCE);
    assert!(found.is_empty());
    assert!(problems[0].message.contains("at most 1000 are read"), "{problems:?}");
}

#[test]
fn what_is_no_workbook_says_so() {
    for bytes in [b"PK\x03\x04".to_vec(), b"no workbook".to_vec(), vec![]] {
        let input = Input::bytes("book.xlsx", bytes);
        let (found, problems) = items(&input, &[source(SOURCE)], &Catalogue::empty());
        assert!(found.is_empty());
        assert_eq!(problems[0].code, "NOT_READABLE", "{problems:?}");
    }
}

#[tokio::test]
async fn a_second_import_changes_nothing() {
    let sheet = rows(&[&["No", "Serial"], &["1", "A"], &["2", "B"]]);
    let input = Input::bytes("book.xlsx", workbook(&[("Assets", &sheet)]));
    let report = imported_twice(&[input], &[source(SOURCE)]).await;
    assert!(report.is_complete(), "{report}");
    // The declaration, and two records.
    assert_eq!(report.total().changed, 3, "{report}");
}
