//! Whatever a file holds, nothing panics, and every reading ends.

use counterpart::dtdl::Catalogue;
use counterpart::sources::text::Input;
use proptest::prelude::*;

use crate::expect::{items, source};
use crate::workbook::{rows, workbook};

/// Names of files and declarations of all formats.
fn formats() -> Vec<(&'static str, String)> {
    let csv = "key = 'a'\ntimes = { from = 'from', to = 'to', stated = 'stated' }\nrelationships.r = { field = 'b', parent = true }\n";
    let with_key = |format: &str| format!("format = '{format}'\nsystem = 's'\n{csv}");
    let preset = |format: &str| format!("format = '{format}'\nsystem = 's'\n");
    vec![
        ("x.csv", with_key("csv")),
        ("x.csv", with_key("csv").replace("key", "read.encoding = 'utf-16le'\nkey")),
        ("x.xlsx", with_key("xlsx")),
        ("x.json", with_key("json").replace("key", "read.records = '/a/0'\nkey")),
        ("x.ndjson", with_key("ndjson")),
        ("x.ndjson", with_key("debezium")),
        ("x.json", preset("sap-equipment")),
        ("x.json", preset("sap-functional-location")),
        ("x.json", preset("maximo-asset")),
        ("x.json", preset("maximo-location")),
        ("x.json", preset("servicenow-cmdb-ci")),
        ("Component.csv", preset("cobie")),
        ("x.xlsx", preset("cobie")),
        ("x.xml", preset("b2mml")),
        ("x.json", preset("adt")),
        ("x.ndjson", preset("adt")),
        ("x.xlsx", preset("adt")),
        ("x.ttl", preset("brick")),
    ]
}

/// Pieces that files of the formats are made of, in any order.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        ",",
        "\n",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ":",
        "null",
        "1e9",
        "{\"a\":",
        "[{",
        "}]",
        "\\",
        "\"a\"",
        "\"op\":\"u\"",
        "\"after\":{\"a\":1}",
        "\"d\":{\"results\":[",
        "\"value\":[",
        "\"member\":[",
        "{\"Section\":\"Twins\"}\n",
        "\"digitalTwinsGraph\":{\"digitalTwins\":[",
        "\"$dtId\":\"x\"",
        "/Date(1)/",
        "/Date(é)/",
        "<Equipment>",
        "</Equipment>",
        "<ID>",
        "</ID>",
        "<EquipmentProperty>",
        "&amp;",
        "&#0;",
        "<",
        ">",
        "Name",
        "from",
        "to",
        "2026-02-31",
        "9999-12-31",
        "é",
        "\u{0}",
        "\u{feff}",
        " ",
        "@prefix a: <b#> .",
    ]);
    let text = prop::collection::vec(piece, 0..40).prop_map(|all| all.concat().into_bytes());
    prop_oneof![text, prop::collection::vec(any::<u8>(), 0..200)]
}

fn read(bytes: &[u8]) {
    for (name, toml) in formats() {
        let input = Input::bytes(name, bytes);
        items(&input, &[source(&toml)], &Catalogue::empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_files_of_every_format_are_read_to_their_end(bytes in pieces()) {
        read(&bytes);
    }

    #[test]
    fn workbooks_with_any_sheet_are_read_to_their_end(bytes in pieces(), at in 0_usize..2_000, byte: u8) {
        let text = String::from_utf8_lossy(&bytes).replace(['<', '>', '&', '\0'], "");
        let good = rows(&[&["Name", &text], &["1", "x"]]);
        let raw = String::from_utf8_lossy(&bytes).into_owned();
        for sheet in [good, raw] {
            let mut book = workbook(&[("Component", &sheet)]);
            for is_broken in [false, true] {
                if is_broken {
                    let at = at % book.len();
                    book[at] = byte;
                }
                for (name, toml) in formats().into_iter().filter(|(name, _)| name.ends_with("xlsx")) {
                    let input = Input::bytes(name, book.clone());
                    items(&input, &[source(&toml)], &Catalogue::empty());
                }
            }
        }
    }
}
