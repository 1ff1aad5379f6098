//! Declarations: what they accept, what they refuse, what is kept of them.

use counterpart::sources::declaration::Declaration;
use counterpart::sources::problem::Kind;
use counterpart::sources::text::Input;

use crate::engine::Target;
use crate::expect::source;

const PRESETS: [&str; 7] = [
    "sap-equipment",
    "sap-functional-location",
    "maximo-asset",
    "maximo-location",
    "servicenow-cmdb-ci",
    "cobie",
    "b2mml",
];

#[test]
fn a_format_that_knows_its_fields_needs_two_lines() {
    for format in PRESETS {
        let found = source(&format!("format = '{format}'\nsystem = 's'\n"));
        assert!(!found.tables.is_empty(), "{format}");
        for (name, table) in &found.tables {
            assert!(!table.declared.identity.is_empty() || name == "Type", "{format} {name}");
        }
    }
}

#[test]
fn a_mistake_is_told_with_its_line_and_its_mend() {
    for (line, reason) in [
        ("sytem = 'x'", "unknown field `sytem`"),
        ("model = 'pump'", "dtmi"),
        ("read.encoding = 'latin-77'", "write for example windows-1252"),
        ("read.time_zone = 'Berlin'", "write for example Europe/Berlin"),
        ("read.delimiter = ';;'", "one ASCII character"),
        ("authority = 1.5", "trust is a number from 0 to 1"),
        ("authority = { half_life = 'soon' }", "`halfLife`"),
        ("files = ['a/b.csv']", "without folders"),
        ("relationships.partOf = { column = 'x' }", "column"),
        ("twins = 'place'", "unknown variant `place`"),
        ("properties.name = ''", "by the name of a field"),
        ("ids.erp = { column = 'x' }", "`{ field = ..., scope = ... }`"),
        ("scope = 5", "this is a text, or"),
    ] {
        let toml = format!("format = 'csv'\nsystem = 'a'\nkey = 'id'\n{line}\n");
        let error = Declaration::parse(&toml).unwrap_err();
        assert!(error.contains("line 4"), "{line}: {error}");
        assert!(error.contains(reason), "{line}: {error}");
    }
}

#[test]
fn what_is_missing_is_named() {
    for (toml, reason) in [
        ("system = 'a'", "`format` is missing"),
        ("format = 'csv'\nkey = 'id'", "`system` is missing"),
        ("format = 'csv'\nsystem = 'a'", "`key` is missing"),
        ("format = 'csv'\nsystem = ''\nkey = 'id'", "the system"),
        ("format = 'csv'\nsystem = 'a'\nkey = { fields = ['id'] }", "a key is the name of a field"),
    ] {
        let error = Declaration::parse(toml).unwrap_err();
        assert!(error.contains(reason), "{toml}: {error}");
    }
}

#[test]
fn what_is_kept_reads_the_same() {
    let toml = r#"
        name = "cmms-assets"
        format = "maximo-asset"
        system = "cmms"
        key = ["assetnum", "/a/b"]
        identity.tag = []
        properties.ratedFlow = { field = "flow", unit = "m3/h" }

        [authority]
        default = 0.4
        properties = { name = 0.7 }
        authoritative = ["serialNumber"]
        half_life = "P180D"
    "#;
    let declaration = source(toml);
    let kept = declaration.to_json();
    assert_eq!(kept["authority"]["halfLife"], "P180D");
    assert_eq!(kept["authority"]["properties"]["serialNumber"], 1.0);
    assert_eq!((&kept["kind"], &kept["system"]), (&"asset".into(), &"cmms".into()));
    let again = Declaration::from_json(&kept).unwrap();
    assert_eq!(again.to_json(), kept);
    let (table, before) = (&again.tables[""], &declaration.tables[""]);
    assert_eq!(table.declared.identity, before.declared.identity);
    assert!(table.declared.identity["tag"].is_none());
}

#[tokio::test]
async fn the_declaration_of_an_imported_source_is_kept_in_the_state() {
    let toml = "format = 'csv'\nsystem = 'cmms'\ntitle = 'Maintenance'\ntwins = 'match'\nkey = 'id'\nauthority = 0.8\n";
    let target = Target::new().await;
    let input = Input::bytes("a.csv", b"id\n1\n".as_slice());
    let report = target.import(&[input], &[source(toml)]).await;
    assert!(report.is_complete(), "{report}");
    target.0.read(|state| {
        assert_eq!(state.systems["cmms"].as_ref(), "Maintenance");
        assert_eq!(state.sources.get("cmms").unwrap()["authority"], 0.8);
    });
}

#[tokio::test]
async fn a_file_is_read_by_the_declaration_that_names_it() {
    let named = "name = 'b'\nformat = 'csv'\nsystem = 'b'\ntwins = 'match'\nkey = 'id'\nfiles = ['b-*.csv']\n";
    let rest = "name = 'a'\nformat = 'csv'\nsystem = 'a'\ntwins = 'match'\nkey = 'id'\n";
    let target = Target::new().await;
    let inputs = ["x.csv", "b-2026.csv"].map(|name| Input::bytes(name, b"id\n1\n".as_slice()));
    let report = target.import(&inputs, &[source(rest), source(named)]).await;
    assert!(report.is_complete(), "{report}");
    let systems: Vec<String> = target.0.read(|state| {
        let id = |system| counterpart::domain::id::ExternalId::new(system, "", "1").unwrap();
        let known = ["a", "b"].into_iter().filter(|s| state.records.timeline(&id(s)).is_some());
        known.map(str::to_owned).collect()
    });
    assert_eq!(systems, ["a", "b"]);
}

#[tokio::test]
async fn records_for_matching_make_no_twins_and_what_refers_to_them_waits() {
    let toml = "format = 'csv'\nsystem = 'a'\ntwins = 'match'\nkey = 'id'\nproperties.name = 'n'\nrelationships.partOf.field = 'p'\n";
    let target = Target::new().await;
    let input = Input::bytes("a.csv", b"id,n,p\n1,x,2\n".as_slice());
    let report = target.import(&[input], &[source(toml)]).await;
    assert_eq!(report.kinds[&Kind::Record].changed, 1, "{report}");
    assert!(!report.kinds.contains_key(&Kind::Twin), "{report}");
    // Nobody matched the record here, so its key means nothing that could have a relationship.
    assert_eq!(report.kinds[&Kind::Relationship].rejected, 1, "{report}");
    assert_eq!(report.problems[0].code, "UNKNOWN_TWIN", "{report}");
}
