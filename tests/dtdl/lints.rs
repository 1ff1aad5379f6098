//! What is valid but not recommended: a warning where the reference cases say so, and nowhere else.

use counterpart::dtdl::{Document, lint};

use crate::cases::{Case, shown};
use crate::shared;

fn lints(text: &str) -> Vec<(&'static str, u32, u32)> {
    let found = lint(&[Document { name: "a.json", text }]);
    found.iter().map(|lint| (lint.short_id(), lint.line(), lint.column())).collect()
}

/// Cases that keep their own recommendation and not another one.
fn breaks_another(case: &Case) -> bool {
    let others = ["\"commandType\"", "dtmi:standard:class:"];
    case.documents.iter().any(|text| others.iter().any(|other| text.contains(other)))
}

#[test]
fn every_case_that_is_not_desirable_has_a_warning_and_no_other_has() {
    let Some(text) = shared::read("cases.jsonl.gz") else {
        return;
    };
    let (mut missed, mut needless, mut counts) = (Vec::new(), Vec::new(), [0, 0]);
    for line in shared::lines(&text).filter(|line| line["group"] == "specification") {
        let case = Case::of(&line);
        let docs: Vec<_> = case.documents.iter().map(|text| Document { name: "a", text }).collect();
        let found = lint(&docs);
        if line["desirable"] == false {
            counts[0] += 1;
            if found.is_empty() {
                missed.push(case.id);
            }
        } else if case.valid && line["rule_kind"] == "Recommendation" && !breaks_another(&case) {
            counts[1] += 1;
            if !found.is_empty() {
                needless.push(format!("{}: {}", case.id, found[0]));
            }
        }
    }
    println!("lints: {} cases with a warning, {} without", counts[0], counts[1]);
    for case in missed.iter().chain(&needless).take(shown()) {
        println!("{case}");
    }
    assert!(missed.is_empty(), "{} cases have no warning", missed.len());
    assert!(needless.is_empty(), "{} cases have a needless warning", needless.len());
}

#[test]
fn warnings_point_at_what_should_be_written_otherwise() {
    let text = r#"{
  "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
  "@id": "dtmi:t:a;1",
  "@type": ["Interface", "dtmi:dtdl:class:Interface;2"],
  "displayName": [{"@value": "a"}],
  "contents": {
    "@type": "Command", "name": "c", "commandType": "synchronous",
    "dtmi:dtdl:property:request;2": {
      "name": "r", "schema": "dtmi:dtdl:instance:Schema:boolean;2"
    }
  }
}"#;
    let expected = [
        ("lateContext", 2, 45),
        ("preferTerm", 4, 26),
        ("repeatedType", 4, 26),
        ("missingLanguage", 5, 19),
        ("deprecated", 7, 38),
        ("preferTerm", 8, 5),
        ("preferTerm", 9, 30),
    ];
    assert_eq!(lints(text), expected);
}

#[test]
fn what_is_no_json_has_no_warnings() {
    assert_eq!(lints("{"), []);
}
