//! The reference instances: values that conform to schemas, and values that do not; checked by
//! the schemas themselves, and by the JSON Schemas that they are exported as.

use std::collections::BTreeMap;
use std::sync::Arc;

use counterpart::dtdl::Schema;
use serde_json::Value;

use crate::cases::{Case, shown};
use crate::shared;

/// A text submitted as a value of a schema.
struct Instance {
    id: String,
    schema: Arc<Schema>,
    submitted: String,
    conforms: bool,
}

impl Instance {
    fn told(&self, got: &str) -> String {
        let Instance { id, submitted, .. } = self;
        format!("{id} {submitted}: conforms {}, got {got}", self.conforms)
    }
}

/// All instances, or `None` if the reference data are absent.
fn instances() -> Option<Vec<Instance>> {
    let cases = shared::read("cases.jsonl.gz")?;
    let lines = shared::read("instances.jsonl.gz")?;
    let mut wanted: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in shared::lines(&lines) {
        let case = line["case"].as_str().unwrap_or_default().to_owned();
        wanted.entry(case).or_default().push(line);
    }
    let mut found = Vec::new();
    for line in shared::lines(&cases) {
        let Some(lines) = line["id"].as_str().and_then(|id| wanted.remove(id)) else {
            continue;
        };
        let case = Case::of(&line);
        let elements = case.run().unwrap_or_else(|errors| panic!("{}: {errors}", case.id));
        found.extend(lines.iter().map(|line| {
            let subject = line["subject"].as_str().unwrap_or_default();
            let element = elements.iter().find(|element| element.id == subject);
            let schema = element.and_then(|element| element.schema.clone());
            Instance {
                id: line["id"].as_str().unwrap_or_default().to_owned(),
                schema: schema.unwrap_or_else(|| panic!("{} has no schema {subject}", case.id)),
                submitted: line["submit"].as_str().unwrap_or_default().to_owned(),
                conforms: line["expect"] == "conforms",
            }
        }));
    }
    assert!(wanted.is_empty(), "cases not found: {:?}", wanted.keys());
    Some(found)
}

fn conclude(what: &str, count: usize, failures: &[String]) {
    let passed = count - failures.len();
    println!("{what}: {passed} passed, {} failed", failures.len());
    for failure in failures.iter().take(shown()) {
        println!("{failure}");
    }
    assert!(failures.is_empty(), "{} of {what} failed", failures.len());
}

#[test]
fn every_instance_case_conforms_or_not_as_the_reference_has_it() {
    let Some(instances) = instances() else {
        return;
    };
    let check = |instance: &Instance| {
        let got = instance.schema.validate_text(&instance.submitted);
        let agrees = got.is_ok() == instance.conforms;
        (!agrees).then(|| instance.told(&format!("{got:?}")))
    };
    let failures: Vec<_> = instances.iter().filter_map(check).collect();
    conclude("instances", instances.len(), &failures);
}

#[test]
fn exported_json_schemas_judge_as_the_schemas_do_but_for_whole_numbers_with_a_point() {
    let Some(instances) = instances() else {
        return;
    };
    let mut failures = Vec::new();
    for instance in &instances {
        let Ok(value) = serde_json::from_str::<Value>(&instance.submitted) else {
            continue;
        };
        let exported = instance.schema.json_schema();
        let validator = jsonschema::validator_for(&exported)
            .unwrap_or_else(|error| panic!("{}: {error} in {exported}", instance.id));
        // JSON Schema takes 2.0 for a whole number, and cannot be told not to.
        let accepted = validator.is_valid(&value);
        if accepted != instance.conforms && !(accepted && value.is_number()) {
            failures.push(instance.told(&exported.to_string()));
        }
    }
    conclude("exported schemas", instances.len(), &failures);
}
