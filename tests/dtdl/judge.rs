//! How a case is judged, as the reference's own test runner does (FORMAT.md).

use counterpart::dtdl::{ElementRecord, ModelError, ModelErrors, RecordValue};
use serde_json::Value;

use crate::cases::Case;

/// Whether the outcome is what the case expects, and if not, why.
pub fn judge(case: &Case, outcome: Result<Vec<ElementRecord>, ModelErrors>) -> Result<(), String> {
    match outcome {
        Ok(elements) if case.valid => check_elements(&case.expect, &elements),
        Ok(_) => Err(format!("accepted, expected {}", case.expect)),
        Err(errors) if case.valid => Err(format!("refused: {errors}")),
        Err(errors) => check_errors(&case.expect, &errors),
    }
}

const UNRESOLVED: &str = "dtmi:dtdl:resolutionError:undefinedIdentifier";

fn check_errors(expect: &Value, errors: &ModelErrors) -> Result<(), String> {
    let (unresolved, parsing): (Vec<_>, Vec<_>) =
        errors.0.iter().partition(|error| error.id == UNRESOLVED);
    if let (Some(expected), true) = (expect["unresolvedIdentifiers"].as_array(), parsing.is_empty())
    {
        let mut found: Vec<_> =
            unresolved.iter().filter_map(|error| error.other_element.clone()).collect();
        found.sort();
        found.dedup();
        let mut expected: Vec<_> =
            expected.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
        expected.sort();
        return if found == expected {
            Ok(())
        } else {
            Err(format!("unresolved {found:?}, expected {expected:?}"))
        };
    }
    let Some(expected) = expect["parsingErrors"].as_array() else {
        return Ok(());
    };
    if parsing.is_empty() {
        return Err(format!(
            "only unresolved {unresolved:?}, expected {}",
            expect["parsingErrors"]
        ));
    }
    for error in parsing {
        if !expected.iter().any(|expected| matches(expected, error)) {
            let fields =
                expected.iter().map(|expected| format!("\n    {expected}")).collect::<String>();
            return Err(format!("unexpected {error:?}; expected one of{fields}"));
        }
    }
    Ok(())
}

/// Whether an error has the listed id, element, and all other listed fields.
fn matches(expected: &Value, error: &ModelError) -> bool {
    let index = |place: &counterpart::dtdl::Place| Some(place.file.to_string());
    let line = |line: u32| (line > 0).then(|| line.to_string());
    let related = error.related.clone().unwrap_or_default();
    let fields = [
        ("ValidationID", Some(error.id.to_owned())),
        ("PrimaryID", error.element.clone()),
        ("SecondaryID", error.other_element.clone()),
        ("Property", error.property.clone()),
        ("AuxProperty", error.other_property.clone()),
        ("Type", error.type_name.clone()),
        ("Value", error.value.clone()),
        ("Restriction", error.restriction.clone()),
        ("PrimaryIndex", index(&error.place)),
        ("PrimaryDtmi", index(&error.place)),
        ("PrimaryStart", line(error.place.line)),
        ("SecondaryIndex", index(&related)),
        ("SecondaryDtmi", index(&related)),
        ("SecondaryStart", line(related.line)),
    ];
    fields.iter().all(|(name, actual)| {
        matches_field(&expected[*name], expected.get(*name).is_some(), actual)
    })
}

fn matches_field(expected: &Value, listed: bool, actual: &Option<String>) -> bool {
    if !listed {
        return true;
    }
    match expected {
        Value::Array(any) => any.iter().any(|one| matches_field(one, true, actual)),
        Value::Null => actual.is_none(),
        Value::String(text) => actual.as_ref() == Some(text),
        other => actual.as_ref() == Some(&other.to_string()),
    }
}

fn check_elements(expect: &Value, elements: &[ElementRecord]) -> Result<(), String> {
    let count = expect["elementCount"].as_u64();
    if let Some(count) = count.filter(|count| elements.len() as u64 != *count) {
        let ids: Vec<_> = elements.iter().map(|element| &element.id).collect();
        return Err(format!("{} elements, expected {count}: {ids:?}", elements.len()));
    }
    for expected in expect["elements"].as_array().into_iter().flatten() {
        check_element(expected, elements)?;
    }
    Ok(())
}

fn check_element(expected: &Value, elements: &[ElementRecord]) -> Result<(), String> {
    let id = expected["id"].as_str().unwrap_or_default();
    let found = elements.iter().find(|element| element.id == id);
    let element = found.ok_or_else(|| format!("no element {id}"))?;
    if expected["type"].as_str() != Some(element.class) {
        return Err(format!("{id} is a {}, expected {}", element.class, expected["type"]));
    }
    for (name, value) in expected["properties"].as_object().into_iter().flatten() {
        let actual = property(element, name, elements);
        if actual != normal(value) {
            return Err(format!("{id} has {name} {actual}, expected {value}"));
        }
    }
    let lists = [
        ("supplementalTypes", &element.supplemental_types),
        ("undefinedTypes", &element.undefined_types),
    ];
    for (name, actual) in lists {
        let actual = normal(&serde_json::to_value(actual).unwrap_or_default());
        if expected.get(name).is_some_and(|expected| normal(expected) != actual) {
            return Err(format!("{id} has {name} {actual}, expected {}", expected[name]));
        }
    }
    check_maps(id, expected, element)
}

fn check_maps(id: &str, expected: &Value, element: &ElementRecord) -> Result<(), String> {
    let undefined = element
        .undefined_properties
        .iter()
        .map(|(name, text)| (name.clone(), serde_json::from_str(text).unwrap_or(Value::Null)));
    let supplemental = element
        .supplemental_properties
        .iter()
        .map(|(name, value)| (name.clone(), plain(value, false)));
    let undefined: serde_json::Map<_, _> = undefined.collect();
    let supplemental: serde_json::Map<_, _> = supplemental.collect();
    for (name, actual) in
        [("undefinedProperties", undefined), ("supplementalProperties", supplemental)]
    {
        let actual = normal(&Value::Object(actual));
        if expected.get(name).is_some_and(|expected| normal(expected) != actual) {
            return Err(format!("{id} has {name} {actual}, expected {}", expected[name]));
        }
    }
    Ok(())
}

/// Lists without order, and whole numbers as such.
fn normal(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<_> = items.iter().map(normal).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Number(number) => Value::from(number.as_f64().unwrap_or_default()),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), normal(value))).collect()
        }
        other => other.clone(),
    }
}

/// A duration as the reference's object model shows it: `PT15S` as `00:00:15`.
fn time_span(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix("PT")?;
    let mut part = |designator: char| {
        let (digits, after) = rest.split_once(designator).unwrap_or(("0", rest));
        rest = after;
        digits.parse::<u32>().ok()
    };
    Some(format!("{:02}:{:02}:{:02}", part('H')?, part('M')?, part('S')?))
}

fn plain(value: &RecordValue, plural: bool) -> Value {
    match value {
        RecordValue::Text(text) if time_span(text).is_some() => Value::from(time_span(text)),
        RecordValue::Text(text) => Value::from(text.as_str()),
        RecordValue::Number(number) => Value::from(*number),
        RecordValue::Bool(value) => Value::from(*value),
        RecordValue::Elements(ids) if plural => normal(&Value::from(ids.clone())),
        RecordValue::Elements(ids) => {
            ids.first().map_or(Value::Null, |id| Value::from(id.as_str()))
        }
        RecordValue::Languages(pairs) | RecordValue::Named(pairs) => {
            pairs.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str()))).collect()
        }
    }
}

/// The property of an element as the reference's object model has it: with defaults, and
/// contents by kind.
fn property(element: &ElementRecord, name: &str, elements: &[ElementRecord]) -> Value {
    let class_of = |id: &str| elements.iter().find(|other| other.id == id).map(|other| other.class);
    let kind = match name {
        "components" => Some("Component"),
        "telemetries" => Some("Telemetry"),
        "commands" => Some("Command"),
        "relationships" => Some("Relationship"),
        "properties" if element.class == "Interface" => Some("Property"),
        _ => None,
    };
    let find = |name: &str| {
        element.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    };
    if let Some(kind) = kind {
        let Some(RecordValue::Named(all)) = find("contents") else {
            return Value::Object(Default::default());
        };
        let of_kind = all.iter().filter(|(_, id)| class_of(id) == Some(kind));
        return of_kind.map(|(name, id)| (name.clone(), Value::from(id.as_str()))).collect();
    }
    let plural = matches!(
        name,
        "extends" | "fields" | "enumValues" | "properties" | "schemas" | "extendedBy"
    );
    match (name, find(name)) {
        ("definedIn", _) => element.defined_in.as_deref().map_or(Value::Null, Value::from),
        ("languageMajorVersion", _) => Value::from(f64::from(element.dtdl_version)),
        ("extendedBy", _) => {
            let extends = |other: &&ElementRecord| {
                other.properties.iter().any(|(name, value)| {
                    name == "extends"
                        && matches!(value, RecordValue::Elements(ids) if ids.contains(&element.id))
                })
            };
            normal(
                &elements
                    .iter()
                    .filter(extends)
                    .map(|other| Value::from(other.id.as_str()))
                    .collect(),
            )
        }
        (_, Some(value)) => plain(value, plural),
        ("writable" | "nullable", None) => Value::from(false),
        ("displayName" | "description" | "contents", None) => Value::Object(Default::default()),
        (_, None) if plural => Value::Array(Vec::new()),
        (_, None) => Value::Null,
    }
}
