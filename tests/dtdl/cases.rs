//! The reference cases: verdicts, errors, elements; instances; identifiers.

use std::collections::BTreeMap;

use counterpart::dtdl::{
    Catalogue, Document, Dtmi, ElementRecord, FetchedDocument, ModelErrors, Policy,
    UndefinedExtensions,
};
use serde_json::Value;

use crate::judge::judge;
use crate::shared;

/// One case, ready to run.
pub struct Case {
    pub id: String,
    pub group: String,
    pub version: u64,
    pub valid: bool,
    pub expect: Value,
    pub documents: Vec<String>,
    responses: Vec<(String, Vec<String>)>,
    policy: Policy,
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

impl Case {
    pub fn of(line: &Value) -> Case {
        let input: Value = match &line["input"] {
            Value::String(text) => serde_json::from_str(text).expect("the input is JSON"),
            other => other.clone(),
        };
        let rounds = input["resolver"].as_array().into_iter().flatten();
        let responses = rounds.map(|round| {
            let asked = strings(&round["request"]).join(" ");
            (asked, strings(&round["response"]))
        });
        Case {
            id: line["id"].as_str().unwrap_or_default().to_owned(),
            group: line["group"].as_str().unwrap_or_default().to_owned(),
            version: line["dtdl_version"].as_u64().unwrap_or_default(),
            valid: line["valid"].as_bool().unwrap_or_default(),
            expect: line["expect"].clone(),
            documents: strings(&input["documents"]),
            responses: responses.collect(),
            policy: policy_of(line),
        }
    }

    pub fn run(&self) -> Result<Vec<ElementRecord>, ModelErrors> {
        let names: Vec<String> = (0..self.documents.len()).map(|index| index.to_string()).collect();
        let pairs = names.iter().zip(&self.documents);
        let documents: Vec<_> = pairs.map(|(name, text)| Document { name, text }).collect();
        let mut round = 0;
        let mut resolve = |missing: &[Dtmi]| {
            let response =
                self.responses.get(round).map(|(_, texts)| texts.clone()).unwrap_or_default();
            round += 1;
            let _ = missing;
            let name = |text: &str| id_in(text).unwrap_or_default();
            response
                .into_iter()
                .map(|text| FetchedDocument { name: name(&text), text: text.into() })
                .collect()
        };
        Catalogue::empty().inspect(&documents, &self.policy, &mut resolve)
    }
}

/// The first identifier in a text: what a resolved document is called.
fn id_in(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    let first = if value.is_array() { &value[0] } else { &value };
    first["@id"].as_str().map(str::to_owned)
}

fn policy_of(line: &Value) -> Policy {
    let quirks = strings(&line["quirks"]);
    let has = |quirk: &str| quirks.iter().any(|known| known == quirk);
    Policy {
        undefined_extensions: match line["undefined_extensions"].as_str() {
            Some("always") => UndefinedExtensions::Allow,
            Some("never") => UndefinedExtensions::Refuse,
            _ => UndefinedExtensions::ByVersion,
        },
        acceptable_limits: strings(&line["acceptable_limits"])
            .iter()
            .map(|id| id.parse().expect("a limit context is an identifier"))
            .collect(),
        dtdl_version_max: line["max_dtdl_version"].as_u64().map_or(4, |version| version as u8),
        tolerate_solecisms: has("TolerateSolecismsInParse"),
        tolerate_solecisms_in_resolved: has("TolerateSolecismsInResolve"),
    }
}

#[test]
fn every_reference_case_has_its_verdict_its_errors_and_its_elements() {
    let Some(text) = shared::read("cases.jsonl.gz") else {
        return;
    };
    let only = std::env::var("DTDL_CASE").ok();
    let mut counts: BTreeMap<(String, u64), (usize, usize)> = BTreeMap::new();
    let mut failures = Vec::new();
    for line in shared::lines(&text) {
        let case = Case::of(&line);
        if only.as_ref().is_some_and(|only| !case.id.contains(only)) {
            continue;
        }
        let verdict = judge(&case, case.run());
        let count = counts.entry((case.group.clone(), case.version)).or_default();
        match verdict {
            Ok(()) => count.0 += 1,
            Err(reason) => {
                count.1 += 1;
                failures.push(format!("{}: {reason}", case.id));
            }
        }
    }
    for ((group, version), (passed, failed)) in &counts {
        println!("{group} v{version}: {passed} passed, {failed} failed");
    }
    for failure in failures.iter().take(shown()) {
        println!("{failure}");
    }
    assert!(failures.is_empty(), "{} cases failed", failures.len());
}

/// How many failures to print: `DTDL_SHOW`, or 40.
pub fn shown() -> usize {
    std::env::var("DTDL_SHOW").ok().and_then(|count| count.parse().ok()).unwrap_or(40)
}

#[test]
fn every_identifier_case_parses_or_not_as_the_reference_has_it() {
    let Some(text) = shared::read("dtmi.jsonl") else {
        return;
    };
    let mut count = 0;
    for line in shared::lines(&text) {
        let written = line["dtmi"].as_str().unwrap_or_default();
        let parsed = written.parse::<Dtmi>();
        assert_eq!(parsed.is_ok(), line["valid"] == true, "{}: {parsed:?}", line["id"]);
        let Ok(id) = parsed else { continue };
        let expect = &line["expect"];
        let version = id.version();
        assert_eq!(
            version.map_or(0, |version| version.major),
            expect["MajorVersion"].as_u64().unwrap_or(0) as u32
        );
        assert_eq!(
            version.map_or(0, |version| version.minor),
            expect["MinorVersion"].as_u64().unwrap_or(0) as u32
        );
        assert_eq!(id.without_version(), expect["Versionless"].as_str().unwrap_or_default());
        assert_eq!(id.segments().collect::<Vec<_>>(), strings(&expect["Labels"]));
        assert_eq!(id.fragment(), expect["Fragment"].as_str().unwrap_or_default());
        assert_eq!(id.is_system(), expect["IsReserved"] == true, "{}", line["id"]);
        count += 1;
    }
    println!("identifiers: {count} valid ones agree");
}
