//! CSV tables by a mapping.

use counterpart::domain::command::{Command, TwinRef};
use counterpart::dtdl::Catalogue;
use counterpart::sources::limits::LINE_BYTES_MAX;
use counterpart::sources::mapping::Mapping;
use counterpart::sources::text::Input;
use serde_json::json;

use crate::expect::{catalogue, commands, items};

const MAPPING: &str = r#"
    [[csv]]
    file = "equipment.csv"
    delimiter = ";"
    system = "cmms"
    scope = "P07"
    id = "assetnum"
    model_column = "type"
    models = { PUMP = "dtmi:com:example:Pump;1" }
    from = "installed"
    ids = { erp = "serial" }
    properties = { serialNumber = "serial", flow = "flow", year = "year", spare = "spare" }
    relationships = { locatedIn = { column = "location", system = "mes" }, partOf = { column = "parent" } }
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
    let mapping = Mapping::parse(MAPPING).unwrap();
    let bytes = [HEADER.as_bytes(), rows].concat();
    let (found, problems) = items(&Input::bytes("in/equipment.csv", bytes), &mapping, &models());
    (found.len(), problems.iter().map(ToString::to_string).collect())
}

#[test]
fn a_row_becomes_a_twin_with_typed_values_and_its_relationships() {
    let text = format!(
        "{HEADER}4711;PUMP;000123;18.5;2024;yes; PLANT-07/LINE-03 ;4700;2026-01-01T00:00:00Z\n"
    );
    let mapping = Mapping::parse(MAPPING).unwrap();
    let found = commands("equipment.csv", &text, &mapping, &models());
    let [Command::PutTwin(twin), Command::Relate(located), Command::Relate(part)] = &found[..]
    else {
        panic!("{found:?}");
    };
    let ids: Vec<String> = twin.identifiers.iter().map(ToString::to_string).collect();
    assert_eq!(ids, ["cmms:P07:4711", "erp:000123"]);
    let value = |path: &str| &twin.properties.iter().find(|(p, _)| p.as_ref() == path).unwrap().1;
    assert_eq!(value("serialNumber"), "000123");
    assert_eq!(value("flow"), 18.5);
    assert_eq!(value("year"), 2024);
    assert_eq!(value("spare"), true);
    let target = |twin: &TwinRef| match twin {
        TwinRef::External(id) => id.to_string(),
        TwinRef::Id(id) => id.to_string(),
    };
    assert_eq!(target(&located.target), "mes:PLANT-07/LINE-03");
    assert_eq!(target(&part.target), "cmms:P07:4700");
    assert_eq!(part.valid.from.to_string(), "2026-01-01T00:00:00Z");
}

#[test]
fn empty_cells_say_nothing() {
    let (count, problems) = read(b"4711;PUMP;;;;;;;\n");
    assert_eq!((count, problems), (1, vec![]));
}

#[test]
fn a_bad_row_is_located_and_the_others_are_read() {
    let good = "1;PUMP;;;;;;;\n";
    for (row, reason) in [
        ("2;PUMP\n", "the row has 2 cells, the header 9"),
        (";PUMP;;;;;;;\n", "has no id"),
        ("2;VALVE;;;;;;;\n", "no model for the type `VALVE`"),
        ("2;PUMP;;;;;;;31.02.2026\n", "not a moment"),
        ("2;PUMP;;;;;;;2026-02-31T00:00:00Z\n", "not a moment"),
    ] {
        let (count, problems) = read(format!("{good}{row}{good}").as_bytes());
        assert_eq!((count, problems.len()), (2, 1), "{row}: {problems:?}");
        assert!(problems[0].starts_with("in/equipment.csv:3: "), "{row}: {problems:?}");
        assert!(problems[0].contains(reason), "{row}: {problems:?}");
    }
    let (count, problems) = read(b"1;PUMP;\xFF;;;;;;\n2;PUMP;;;;;;;\n");
    assert_eq!(count, 1);
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
    let mapping = Mapping::parse(MAPPING).unwrap();
    for (header, reason) in [
        ("assetnum;type\n1;PUMP\n".to_owned(), "the header has: assetnum, type"),
        (format!("{}serial\n", HEADER.replace('\n', ";")), "stands twice"),
        (format!("a{}\n", ";a".repeat(1_000)), "at most 1000"),
        ("a;".repeat(2_000_000), "longer than"),
    ] {
        let input = Input::bytes("equipment.csv", header.as_bytes());
        let (found, problems) = items(&input, &mapping, &models());
        assert_eq!((found.len(), problems.len()), (0, 1), "{problems:?}");
        assert!(problems[0].message.contains(reason), "{}", problems[0]);
    }
}

#[test]
fn a_table_without_a_mapping_says_what_is_missing() {
    let input = Input::bytes("other.csv", b"a,b\n1,2\n".as_slice());
    let (_, problems) = items(&input, &Mapping::parse(MAPPING).unwrap(), &models());
    assert_eq!(problems[0].code, "MAPPING_MISSING");
}

#[test]
fn a_misspelt_mapping_is_refused() {
    let error = Mapping::parse("[brick]\nsytem = \"x\"\n").unwrap_err();
    assert!(error.contains("unknown field `sytem`"), "{error}");
}
