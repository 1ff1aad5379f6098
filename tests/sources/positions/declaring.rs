//! Declarations of rows that tell of several things, and what is wrong with some.

use counterpart::domain::time::Timestamp;
use counterpart::dtdl::Catalogue;
use counterpart::sources::declaration::Declaration;
use counterpart::sources::import::check;
use counterpart::sources::problem::Kind;
use counterpart::sources::text::Input;

use super::plant::table;
use crate::expect::{imported_twice, source};

const SOURCE: &str = r#"
    format = "csv"
    system = "cmms"
    key = "id"
    model = "dtmi:counterpart:base:Unit;1"
    [also.position]
    key = "tag"
    model = "dtmi:counterpart:base:Position;1"
    relationship = "occupies"
    properties.tag = "tag"
"#;

#[test]
fn a_mistake_in_a_section_is_told_with_its_place_and_its_mend() {
    for (lines, reason) in [
        ("[also.position]\nkye = 'tag'", "unknown field `kye`"),
        ("[also.position]\nkye = 'tag'", "line 5"),
        ("[also]\nposition = 'tag'", "line 5"),
        ("[also.position]\nmodel = 'place'", "line 5"),
        ("[also.position]\nproperties.tag = 'tag'", "in `[also.position]`: `key` is missing"),
        (
            "[also.position]\nkey = 'tag'\nscope = ''\n[also.x]\nkey = 'id'\nscope = ''",
            "in `[also.x]`: its ids would be",
        ),
        ("[also.position]\nkey = 'tag'\ndirection = 'incoming'", "without `relationship`"),
        (
            "[also.position]\nkey = 'tag'\nrelationship = ''",
            "in `[also.position]`: the relationship",
        ),
        ("[also.position.also.x]\nkey = 'tag'", "unknown field `also`"),
    ] {
        let toml = format!("format = 'csv'\nsystem = 'a'\nkey = 'id'\n{lines}\n");
        let error = Declaration::parse(&toml).unwrap_err();
        assert!(error.contains(reason), "{lines}: {error}");
    }
    let brick = "format = 'brick'\nsystem = 'b'\n[also.position]\nkey = 'tag'";
    assert!(Declaration::parse(brick).unwrap_err().contains("`[also.position]` is not possible"));
}

#[test]
fn what_is_kept_of_it_reads_the_same() {
    let found = source(SOURCE);
    assert_eq!(Declaration::from_json(&found.to_json()).unwrap(), *found);
}

#[test]
fn a_column_that_is_not_there_is_told_before_anything_is_read() {
    let file = table("a.csv", "id,tagg", &["1,P-1"]);
    let shown = checked(&file, SOURCE);
    assert!(shown.contains("the declaration names the column `tag`"), "{shown}");
}

#[test]
fn a_check_shows_what_else_rows_tell_of() {
    let shown = checked(&table("a.csv", "id,tag", &["1,P-1", "2,P-2"]), SOURCE);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "a.csv (source cmms): 4 twins, 4 records, 2 relationships");
    for line in [
        "  a.csv:2: cmms:1 (cmms), always",
        "    occupies → = cmms/position:P-1",
        "  a.csv:2: also cmms/position:P-1 (position), always",
        "    tag = \"P-1\"",
    ] {
        assert!(lines.contains(&line), "{line} {shown}");
    }
    assert!(!shown.contains("P-2"), "one row is shown: {shown}");
}

fn checked(file: &Input, toml: &str) -> String {
    let now: Timestamp = crate::engine::NOW.parse().unwrap();
    check(std::slice::from_ref(file), &[source(toml)], &Catalogue::empty(), now, 1).to_string()
}

#[tokio::test]
async fn rows_without_one_of_the_two_tell_of_the_other() {
    let file = table("a.csv", "id,tag", &["1,P-1", "2,", ",P-3", ",P-1"]);
    let report = imported_twice(&[file], &[source(SOURCE)]).await;
    assert!(report.is_complete(), "{report}");
    let of = |kind| report.kinds[&kind].changed;
    assert_eq!((of(Kind::Twin), of(Kind::Record), of(Kind::Relationship)), (4, 4, 1), "{report}");
    // Nothing at all is a row too many.
    let toml = format!("{SOURCE}\nproperties.duty = \"duty\"");
    let file = table("a.csv", "id,tag,duty", &["1,P-1,x", ",,lost"]);
    let report = imported_twice(&[file], &[source(&toml)]).await;
    let [problem] = &report.problems[..] else { panic!("{report}") };
    assert_eq!((problem.code, problem.origin.line), ("INVALID_ROW", 3), "{report}");
    assert!(problem.message.contains("no id in `id`"), "{report}");
}

#[tokio::test]
async fn places_inside_places_may_not_run_in_a_circle() {
    let toml = format!(
        "{SOURCE}\nrelationships.partOf = {{ field = \"area\", scope = \"position\", parent = true }}"
    );
    let file = table("a.csv", "id,tag,area", &["1,P-1,P-2", "2,P-2,P-1", "3,P-2,P-1", "4,P-3,P-1"]);
    let report = imported_twice(&[file], &[source(&toml)]).await;
    let shown: Vec<_> = report.problems.iter().map(|p| (p.origin.line, p.code)).collect();
    assert_eq!(shown, [(2, "PARENT_CIRCLE"), (3, "PARENT_CIRCLE")], "{report}");
    // Four machines in their places, and one place inside another.
    assert_eq!(report.kinds[&Kind::Relationship].changed, 5, "{report}");
}

#[test]
fn the_scope_of_the_row_keeps_the_places_of_two_sites_apart() {
    let toml = format!("scope = {{ field = \"site\" }}\n{SOURCE}");
    let shown = checked(&table("a.csv", "id,tag,site", &["1,P-1,BED"]), &toml);
    assert!(shown.contains("also cmms/BED/position:P-1 (position)"), "{shown}");
}
