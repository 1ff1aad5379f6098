//! Random texts and random damage to sound models: never a panic, always a located answer.

use std::time::{Duration, Instant};

use counterpart::dtdl::{Catalogue, Document, SourceText, lint, render, to_sarif};
use proptest::prelude::*;

/// A model that uses most of the language, for damage to fall on.
const SOUND: &str = r##"[{
  "@context": ["dtmi:dtdl:context;4", "dtmi:dtdl:extension:quantitativeTypes;2",
    "dtmi:dtdl:extension:historization;2"],
  "@id": "dtmi:com:example:Tank;1", "@type": "Interface",
  "displayName": {"en": "Tank", "de": "Beh\u00e4lter"},
  "extends": ["dtmi:com:example:Vessel;1"],
  "contents": [
    {"@type": ["Property", "Length", "Historized"], "name": "level", "schema": "double",
      "unit": "metre", "writable": true},
    {"@type": "Telemetry", "name": "mode", "schema": {"@type": "Enum", "valueSchema": "string",
      "enumValues": [{"name": "on", "enumValue": "1"}, {"name": "off", "enumValue": "0"}]}},
    {"@type": "Relationship", "name": "feeds", "target": "dtmi:com:example:Tank;1",
      "maxMultiplicity": 5, "properties": [{"@type": "Property", "name": "since",
      "schema": "dateTime"}]},
    {"@type": "Component", "name": "valve", "schema": "dtmi:com:example:Valve;1"},
    {"@type": "Command", "name": "drain", "request": {"name": "rate", "schema": "float"},
      "response": {"name": "done", "schema": "dtmi:com:example:Tank:report;1"}}],
  "schemas": [{"@id": "dtmi:com:example:Tank:report;1", "@type": "Object", "fields": [
    {"name": "parts", "schema": {"@type": "Array",
      "elementSchema": "dtmi:com:example:Tank:report;1"}},
    {"name": "byName", "schema": {"@type": "Map", "mapKey": {"name": "k", "schema": "string"},
      "mapValue": {"name": "v", "schema": "point"}}}]}]
}, {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:com:example:Vessel;1", "@type": "Interface",
  "contents": [{"@type": "Property", "name": "tag", "schema": "string"}]
}, {"@context": "dtmi:dtdl:context;2", "@id": "dtmi:com:example:Valve;1", "@type": "Interface",
  "contents": [{"@type": "Property", "name": "open", "schema": "boolean"}]}]"##;

/// Pieces that mean something to a reader of models.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\ud800",
    "null",
    "true",
    "1e999",
    "-",
    "0",
    "99999999999999999999",
    "\u{feff}",
    "\u{0}",
    "\n",
    "\"@id\":",
    "\"@type\":",
    "\"@context\":",
    "\"dtmi:com:example:Tank;1\"",
    "\"dtmi:com:example:Vessel;1\"",
    "\"Interface\"",
    "\"Enum\"",
    "\"schema\":",
    "\"extends\":",
    "\"contents\":",
    "\"@value\":",
    "\"@language\":",
    "\"@graph\":",
    "\"@set\":",
    "dtmi:",
    ";",
    "#",
    "é",
    "😀",
    "\"dtmi:dtdl:context;3\"",
    "\"Historized\"",
];

/// Plans a text, and demands what holds of any answer.
fn answer(text: &str) -> Result<(), TestCaseError> {
    let start = Instant::now();
    let empty = Catalogue::empty();
    let name = "fuzz.json";
    match empty.plan(&[Document { name, text }]) {
        Ok(upload) => sound(&empty.with(&upload))?,
        Err(errors) => {
            let lines = u32::try_from(text.matches('\n').count() + 1).expect("a short text");
            prop_assert!(!errors.0.is_empty());
            for error in &errors.0 {
                prop_assert!(!error.message.is_empty() && !error.mend.is_empty());
                prop_assert!((1..=lines).contains(&error.line()), "{error:?}");
                prop_assert!(error.column() >= 1);
            }
            let rendered = render(&errors, &[SourceText { name, text }]);
            prop_assert!(rendered.contains(name));
            to_sarif(&errors.0, &lint(&[Document { name, text }]));
        }
    }
    prop_assert!(start.elapsed() < Duration::from_secs(5));
    Ok(())
}

/// What is stored of a sound upload is read again as the same.
fn sound(catalogue: &Catalogue) -> Result<(), TestCaseError> {
    let stored: Vec<_> = catalogue.iter().map(|found| found.source.clone()).collect();
    let documents: Vec<_> = stored.iter().map(|text| Document { name: "stored", text }).collect();
    let again =
        catalogue.plan(&documents).map_err(|errors| TestCaseError::fail(errors.to_string()))?;
    prop_assert_eq!(again.added.len(), 0);
    prop_assert_eq!(again.unchanged.len(), catalogue.len());
    Ok(())
}

/// The sound text with pieces put in place of ranges.
fn damaged(damage: &[(prop::sample::Index, usize, usize)]) -> String {
    let mut text: Vec<char> = SOUND.chars().collect();
    for (at, length, piece) in damage {
        let start = at.index(text.len());
        let end = (start + length).min(text.len());
        text.splice(start..end, PIECES[*piece].chars());
    }
    text.into_iter().collect()
}

/// JSON values of any shape, with keys of the language among their keys.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "@context",
            "@id",
            "@type",
            "@value",
            "@language",
            "@graph",
            "@set",
            "name",
            "schema",
            "contents",
            "extends",
            "schemas",
            "displayName",
            "enumValues",
            "fields",
            "unit",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ];
    let text = prop_oneof![
        prop::sample::select(vec![
            "Interface",
            "Property",
            "Telemetry",
            "Relationship",
            "Object",
            "Enum",
            "string",
            "double",
            "dtmi:dtdl:context;2",
            "dtmi:dtdl:context;3",
            "dtmi:dtdl:context;4",
            "dtmi:t:a;1",
            "dtmi:t:b;1",
            "Temperature",
            "degreeCelsius",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        text.prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(key.clone(), inner, 0..7)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A thousand cases of each, or as many as `PROPTEST_CASES` asks for.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(1000), failure_persistence: None, ..asked }
}

#[test]
fn the_sound_model_is_sound() {
    let document = Document { name: "sound.json", text: SOUND };
    if let Err(errors) = Catalogue::empty().plan(&[document]) {
        panic!("{errors}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn damaged_models_are_answered(
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, 0..PIECES.len()), 1..4)
    ) {
        answer(&damaged(&damage))?;
    }

    #[test]
    fn truncated_models_are_answered(at in any::<prop::sample::Index>()) {
        let ends: Vec<_> = SOUND.char_indices().map(|(start, _)| start).collect();
        answer(&SOUND[..ends[at.index(ends.len())]])?;
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        answer(&text)?;
    }

    #[test]
    fn pieces_in_any_order_are_answered(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        answer(&pieces.concat())?;
    }

    #[test]
    fn any_json_is_answered(value in any_json()) {
        answer(&value.to_string())?;
        let wrapped = serde_json::json!({
            "@context": "dtmi:dtdl:context;3", "@id": "dtmi:t:a;1", "@type": "Interface",
            "contents": value,
        });
        answer(&wrapped.to_string())?;
    }
}
