//! CSV tables of declared sources.

use counterpart::domain::command::Command;
use counterpart::dtdl::Catalogue;
use counterpart::sources::limits::LINE_BYTES_MAX;
use counterpart::sources::text::Input;
use serde_json::json;

use crate::expect::{catalogue, commands, items, source};

const SOURCE: &str = r#"
    format = "csv"
    files = ["equipment.csv"]
    system = "cmms"
    scope = "P07"
    kind = "asset"
    key = "assetnum"
    model_field = "type"

    [read]
    delimiter = ";"

    [models]
    PUMP = "dtmi:com:example:Pump;1"

    [properties]
    serialNumber = "serial"
    flow = "flow"
    year = "year"
    spare = "spare"

    [identity]
    serial = "serial"
    location = "location"

    [ids]
    erp = "serial"

    [relationships]
    locatedIn = { field = "location", system = "mes" }
    partOf = { field = "parent", parent = true }

    [times]
    from = "installed"
"#;

const HEADER: &str = "assetnum;type;serial;flow;year;spare;location;parent;installed\n";

fn models() -> Catalogue {
    let property =
        |name: &str, schema: &str| json!({"@type": "Property", "name": name, "schema": schema});
    let model = json!({
        "@context": "dtmi:dtdl:context;3",
        "@id": "dtmi:com:example:Pump;1",
        "@type": "Interface",
        "contents": [
            property("serialNumber", "string"),
            property("flow", "double"),
            property("year", "integer"),
            property("spare", "boolean"),
        ],
    });
    catalogue(&model.to_string())
}

fn read(rows: &[u8]) -> (usize, Vec<String>) {
    let bytes = [HEADER.as_bytes(), rows].concat();
    let (found, problems) =
        items(&Input::bytes("in/equipment.csv", bytes), &[source(SOURCE)], &models());
    (found.len(), problems.iter().map(ToString::to_string).collect())
}

#[test]
fn what_stands_above_the_declared_header_is_passed_over_and_lines_stay_the_files_own() {
    let toml = SOURCE.replace("[read]", "[read]\nheader_row = 4");
    let read = |above: &str| {
        let text =
            format!("{above}{HEADER}4711;PUMP;1;1;2024;yes;L;;\n4712;PUMP;1;many;2024;yes;L;;\n");
        let bytes = text.into_bytes();
        items(&Input::bytes("in/equipment.csv", bytes), &[source(&toml)], &models())
    };
    let (found, problems) = read("Equipment list\n\n\"an open quote; two cells\n");
    assert!(!found.is_empty());
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].to_string().starts_with("in/equipment.csv:6: "), "{}", problems[0]);
    let (_, problems) = read("");
    assert!(problems[0].to_string().contains("ends before its header, row 4"), "{}", problems[0]);
}

#[test]
fn a_quote_that_swallows_rows_is_told_where_it_opens() {
    let mut rows: Vec<String> = (0..40).map(|n| format!("{n};PUMP;{n};1;2024;yes;L;;")).collect();
    rows[10] = "10;PUMP;\"10;1;2024;yes;L;;".to_owned();
    let (found, problems) = read((rows.join("\n") + "\n").as_bytes());
    assert!(found > 0);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("in/equipment.csv:12: "), "{problems:?}");
}

#[test]
fn a_cell_of_several_lines_is_no_open_quote() {
    let toml = "format = 'csv'\nsystem = 's'\ntwins = 'match'\nkey = 'id'\nidentity.description = 'text'\n";
    let text =
        "id,serial,text,tag\n1,A,\"replaced, cleaned, tested\nby Anna, Ben\",T-1\n2,B,ok,T-2\n";
    let (found, problems) =
        items(&Input::bytes("a.csv", text.as_bytes()), &[source(toml)], &models());
    assert_eq!((found.len(), problems.len()), (2, 0), "{problems:?}");
}

#[test]
fn a_row_becomes_a_twin_with_typed_values_and_its_relationships() {
    let text = format!(
        "{HEADER}4711;PUMP;000123;18.5;2024;yes; PLANT-07/LINE-03 ;4700;2026-01-01T00:00:00Z\n"
    );
    let found = commands("equipment.csv", &text, &[source(SOURCE)], &models());
    let [
        Command::PutTwin(twin),
        Command::Refer(located),
        Command::Refer(part),
        Command::PutRecord(record),
    ] = &found[..]
    else {
        panic!("{found:?}");
    };
    let ids: Vec<String> = twin.identifiers.iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["cmms/P07:4711", "erp:000123"]);
    // What the row says of the twin stays on its record.
    assert!(twin.properties.is_empty());
    let value = |path: &str| &record.claims[path];
    assert_eq!(value("serialNumber"), "000123");
    assert_eq!(value("flow"), 18.5);
    assert_eq!(value("year"), 2024);
    assert_eq!(value("spare"), true);
    assert_eq!(located.reference.other.to_string(), "mes:PLANT-07/LINE-03");
    assert_eq!(part.reference.other.to_string(), "cmms/P07:4700");
    assert_eq!(record.references, [located.reference.clone(), part.reference.clone()]);
    assert_eq!(part.valid.from.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(
        (record.kind.as_ref(), record.key.to_string()),
        ("asset", "cmms/P07:4711".to_owned())
    );
    assert_eq!(record.attributes["location"], " PLANT-07/LINE-03 ");
    assert_eq!(record.identity["location"].as_ref(), "PLANT-07/LINE-03");
    assert_eq!(record.identity["serial"].as_ref(), "000123");
    assert_eq!(record.valid, part.valid);
}

#[test]
fn empty_cells_say_nothing() {
    let (count, problems) = read(b"4711;PUMP;;;;;;;\n");
    assert_eq!((count, problems), (2, vec![]));
}

#[test]
fn a_bad_row_is_located_and_the_others_are_read() {
    for (row, reason) in [
        ("2;PUMP\n", "the row has 2 cells, the header 9"),
        (";PUMP;;;;;;;\n", "has no id"),
        ("2;PUMP;;;;;;;;\n", "the row has 10 cells, the header 9"),
        ("2;VALVE;;;;;;;\n", "no model for the type `VALVE`"),
        ("2;PUMP;;;;;;;31.02.2026\n", "not a moment"),
        ("2;PUMP;;;;;;;2026-02-31T00:00:00Z\n", "not a moment"),
    ] {
        let (count, problems) = read(format!("1;PUMP;;;;;;;\n{row}3;PUMP;;;;;;;\n").as_bytes());
        assert_eq!((count, problems.len()), (4, 1), "{row}: {problems:?}");
        assert!(problems[0].starts_with("in/equipment.csv:3: "), "{row}: {problems:?}");
        assert!(problems[0].contains(reason), "{row}: {problems:?}");
    }
    let (count, problems) = read(b"1;PUMP;\xFF;;;;;;\n2;PUMP;;;;;;;\n");
    assert_eq!(count, 2);
    assert!(problems[0].contains("not UTF-8"), "{problems:?}");
}

#[test]
fn an_open_quote_does_not_swallow_the_file_into_memory() {
    let row = format!("1;PUMP;\"{}\n", "x;\n".repeat(LINE_BYTES_MAX));
    let (count, problems) = read(row.as_bytes());
    assert_eq!(count, 0);
    assert!(problems[0].contains("is a quote open?"), "{problems:?}");
}

#[test]
fn a_header_that_does_not_fit_is_refused_once() {
    for (header, reason) in [
        ("assetnum;type\n1;PUMP\n".to_owned(), "the header has: assetnum, type"),
        (format!("{}serial\n", HEADER.replace('\n', ";")), "stands twice"),
        (format!("a{}\n", ";a".repeat(1_000)), "at most 1000"),
        ("a;".repeat(2_000_000), "longer than"),
    ] {
        let input = Input::bytes("equipment.csv", header.as_bytes());
        let (found, problems) = items(&input, &[source(SOURCE)], &models());
        assert_eq!((found.len(), problems.len()), (0, 1), "{problems:?}");
        assert!(problems[0].message.contains(reason), "{}", problems[0]);
    }
}

#[test]
fn a_table_without_a_declaration_says_what_is_missing() {
    let input = Input::bytes("other.csv", b"a,b\n1,2\n".as_slice());
    let (_, problems) = items(&input, &[source(SOURCE)], &models());
    assert_eq!(problems[0].code, "SOURCE_MISSING");
}

#[test]
fn declared_and_marked_encodings_are_read() {
    let text =
        "assetnum;type;serial;flow;year;spare;location;parent;installed\n1;PUMP;;;;;Behälter;;\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xFF\xFE".as_slice(), &utf16].concat();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let declared = format!("{SOURCE}\n").replace("[read]", "[read]\nencoding = 'windows-1252'");
    let with_mark = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    for (bytes, toml) in [(marked, SOURCE), (latin, &*declared), (with_mark, SOURCE)] {
        let input = Input::bytes("equipment.csv", bytes);
        let (found, problems) = items(&input, &[source(toml)], &models());
        assert_eq!(problems, []);
        let Command::Refer(located) = &found[1].command else { panic!("{found:?}") };
        assert_eq!(located.reference.other.to_string(), "mes:Behälter");
    }
}

#[test]
fn a_key_that_stands_twice_counts_once_and_both_rows_are_named() {
    let (count, problems) =
        read(b"1;PUMP;A;;;;;;\n2;PUMP;;;;;;;\n1;PUMP;B;;;;;;\n 1 ;PUMP;A;;;;;;\n");
    assert_eq!(count, 4, "{problems:?}");
    assert!(
        problems[1].starts_with("in/equipment.csv:4: `1` stands in row 2 already"),
        "{problems:?}"
    );
    assert!(problems[0].contains("blanks at the ends of the id `1`"), "{problems:?}");
    assert!(problems[2].contains("stands in row 2 already"), "{problems:?}");
    // The same words twice lose nothing.
    let (count, problems) = read(b"1;PUMP;A;;;;;;\n1;PUMP;A;;;;;;\n");
    assert_eq!(count, 2);
    assert!(
        problems[0].contains("note: `1` stands in row 2 already, with the same words"),
        "{problems:?}"
    );
}

#[test]
fn rows_of_nothing_but_blanks_are_filling() {
    let (count, problems) = read(b" ; ; ; ; ; ; ; ; \n1;PUMP;;;;;;;\n;;;;;;;;\n");
    assert_eq!((count, problems), (2, vec![]));
}
