//! What a check says, and its exit code.

use crate::linter::{Folder, WRONG, gzip, interface};

fn valid() -> Folder {
    let folder = Folder::new();
    folder.write("a.json", interface("dtmi:com:example:A;1", &[]));
    folder.write("deep/b.json", interface("dtmi:com:example:B;1", &["dtmi:com:example:A;1"]));
    folder
}

#[test]
fn valid_models_end_with_0_and_are_counted() {
    let ended = valid().check(&["."]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(ended.out, "2 files, with 2 interfaces, are valid.\n");
    let one = valid().check(&["a.json"]);
    assert_eq!(one.out, "1 file, with 1 interface, is valid.\n");
}

#[test]
fn wrong_models_end_with_1_and_the_line_is_marked() {
    let folder = valid();
    let ended = folder.write("wrong.json", WRONG).check(&["."]);
    assert_eq!(ended.code, 1);
    let line = r#"    6 |     { "@type": "Property", "name": "level", "schema": "dubble" }"#;
    let column = line.find("\"dubble\"").expect("the value at fault");
    let pairs = ended.out.lines().zip(ended.out.lines().skip(1));
    let mut marks = pairs.filter(|(shown, _)| *shown == line);
    let is_marked = marks.any(|(_, mark)| mark.find("^^^^^^^^") == Some(column));
    assert!(is_marked, "{}", ended.out);
    assert!(ended.out.contains("wrong.json:6:"), "{}", ended.out);
    assert!(ended.out.contains("= mend: "), "{}", ended.out);
    assert!(ended.out.ends_with(" errors\n"), "{}", ended.out);
    assert_eq!(ended.err, "");
}

#[test]
fn errors_of_all_files_are_told_at_once() {
    let folder = valid();
    folder.write("wrong.json", WRONG);
    folder.write("torn.json", "{\n  \"@id\": ");
    let ended = folder.check(&[".", "--format", "json"]);
    let answer = ended.json();
    let errors = answer["errors"].as_array().expect("errors");
    let mut files: Vec<_> = errors.iter().map(|e| e["place"]["file"].as_str()).collect();
    files.dedup();
    assert_eq!(files, [Some("torn.json"), Some("wrong.json")]);
}

#[test]
fn json_tells_each_error_with_its_place_and_id() {
    let folder = Folder::new();
    let ended = folder.write("wrong.json", WRONG).check(&["wrong.json", "--format", "json"]);
    assert_eq!(ended.code, 1);
    let answer = ended.json();
    assert_eq!(answer["valid"], false);
    assert_eq!(answer["files"], 1);
    let error = &answer["errors"][0];
    assert!(error["id"].as_str().unwrap_or_default().starts_with("dtmi:dtdl:parsingError:"));
    assert_eq!(error["place"]["file"], "wrong.json");
    assert_eq!(error["place"]["line"], 6);
}

#[test]
fn json_tells_that_models_are_valid() {
    let ended = valid().check(&[".", "--format=json"]);
    assert_eq!(ended.code, 0);
    let expected = serde_json::json!({
        "valid": true, "files": 2, "fetched": 0, "interfaces": 2, "errors": [], "warnings": [],
    });
    assert_eq!(ended.json(), expected);
}

#[test]
fn sarif_is_a_log_with_a_result_for_each_error() {
    let folder = valid();
    let clean = folder.check(&[".", "--format", "sarif"]);
    assert_eq!(clean.code, 0);
    assert_eq!(clean.json()["runs"][0]["results"], serde_json::json!([]));
    folder.write("wrong.json", WRONG);
    let ended = folder.check(&["wrong.json", "--format", "sarif"]);
    assert_eq!(ended.code, 1);
    let log = ended.json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let result = &run["results"][0];
    let rule = result["ruleIndex"].as_u64().expect("an index") as usize;
    assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "wrong.json");
    assert_eq!(place["region"]["startLine"], 6);
}

#[test]
fn packed_files_are_read_alone_and_in_folders() {
    let folder = Folder::new();
    folder.write("a.json.gz", gzip(&interface("dtmi:com:example:A;1", &[])));
    folder.write("wrong.json.gz", gzip(WRONG));
    assert_eq!(folder.check(&["a.json.gz"]).code, 0);
    let ended = folder.check(&["."]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("wrong.json.gz:6:"), "{}", ended.out);
    assert!(ended.out.contains("\"dubble\""), "{}", ended.out);
}

#[test]
fn a_file_that_is_named_twice_is_checked_once() {
    let ended = valid().check(&[".", "a.json", "deep/../a.json"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(ended.out, "2 files, with 2 interfaces, are valid.\n");
}

#[test]
fn what_is_hidden_or_expanded_or_no_json_is_passed_over_in_folders() {
    let folder = valid();
    folder.write(".settings/editor.json", "{}");
    folder.write("README.md", "not JSON");
    folder.write("a.expanded.json", interface("dtmi:com:example:A;1", &[]));
    let ended = folder.check(&["."]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_above_ends() {
    let folder = valid();
    std::os::unix::fs::symlink("..", folder.path().join("deep/up")).expect("a link");
    assert_eq!(folder.check(&["."]).code, 0);
}

#[test]
fn a_check_of_nothing_fails() {
    let folder = Folder::new();
    let ended = folder.check(&["."]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("no .json file below `.`"), "{}", ended.err);
    let ended = folder.check(&["absent.json"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("absent.json"), "{}", ended.err);
}

#[test]
fn a_wrong_call_ends_with_2() {
    assert_eq!(valid().check(&[]).code, 2);
    assert_eq!(valid().check(&[".", "--format", "xml"]).code, 2);
}

/// Valid, but the schema is written as an identifier.
const ODD: &str = r#"{
  "@context": "dtmi:dtdl:context;3",
  "@id": "dtmi:com:example:Odd;1",
  "@type": "Interface",
  "contents": [
    { "@type": "Property", "name": "level", "schema": "dtmi:dtdl:instance:Schema:double;3" }
  ]
}
"#;

#[test]
fn what_is_valid_but_not_recommended_is_a_warning() {
    let folder = Folder::new();
    let ended = folder.write("odd ü.json", ODD).check(&["."]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.out.starts_with("warning[preferTerm]: "), "{}", ended.out);
    assert!(ended.out.contains("--> odd ü.json:6:55"), "{}", ended.out);
    assert!(ended.out.contains("= mend: Write 'double'."), "{}", ended.out);
    assert!(ended.out.ends_with("1 file, with 1 interface, is valid.\n"), "{}", ended.out);
    assert_eq!(folder.check(&[".", "--deny-warnings"]).code, 1);
    let answer = folder.check(&[".", "--format", "json"]).json();
    assert_eq!(answer["valid"], true);
    assert_eq!(answer["warnings"][0]["id"], "dtmi:counterpart:lint:preferTerm");
    let log = folder.check(&[".", "--format", "sarif"]).json();
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["level"], "warning");
    let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "odd%20%C3%BC.json");
}

#[test]
fn a_thousand_errors_on_one_long_line_are_shown_in_bounded_time() {
    let folder = Folder::new();
    let chain: Vec<String> = (0..10_000)
        .map(|n| {
            let next = format!("dtmi:com:example:n{};1", n + 1);
            let extends: &[&str] = if n < 9_999 { &[&next] } else { &[] };
            interface(&format!("dtmi:com:example:n{n};1"), extends).replace('\n', " ")
        })
        .collect();
    let started = std::time::Instant::now();
    let ended = folder.write("chain.json", format!("[{}]", chain.join(","))).check(&["."]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.ends_with("1001 errors\n"), "{}", &ended.out[ended.out.len() - 200..]);
    assert!(started.elapsed() < std::time::Duration::from_secs(6), "{:?}", started.elapsed());
}

#[test]
fn a_byte_that_is_not_utf_8_is_located() {
    let folder = Folder::new();
    folder.write("bad.json", b"{\n  \"@id\": \"dtmi:\xff\"\n}");
    let ended = folder.check(&["."]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("line 2, column 16 is not UTF-8"), "{}", ended.err);
}
