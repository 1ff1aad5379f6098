//! Agreement with serde_json on which texts are JSON, and on what they say.

use proptest::prelude::*;

use super::tree::{Kind, Tree, Value};

/// Pieces of JSON, sound and unsound.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\"a\"",
    "\"b\":",
    "\\",
    "\\n",
    "\\x",
    "\\u0041",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\udc00",
    "\u{1}",
    "\u{7f}",
    "é",
    "😀",
    "0",
    "-0",
    "01",
    "1.5",
    "1.",
    ".5",
    "1e3",
    "1E+2",
    "-",
    "+1",
    "1e",
    "true",
    "false",
    "null",
    "nul",
    " ",
    "\n",
    "\t",
    "\u{b}",
    "\u{a0}",
    "/**/",
];

/// The value as serde_json would have it.
fn converted(value: Value<'_>) -> serde_json::Value {
    match value.kind() {
        Kind::Object => {
            let members = value.members();
            serde_json::Value::Object(
                members
                    .map(|(key, value)| {
                        let key = key.as_str().expect("keys are strings");
                        (key.to_owned(), converted(value))
                    })
                    .collect(),
            )
        }
        Kind::Array => value.items().map(converted).collect(),
        Kind::Text | Kind::Escaped => value.as_str().expect("a string").into(),
        _ => serde_json::from_str(value.raw()).expect("a number, boolean or null"),
    }
}

/// Compares both parsers on a text.
fn agree(text: &str) -> Result<(), TestCaseError> {
    let ours = Tree::parse("agreement.json", text);
    match (ours, serde_json::from_str::<serde_json::Value>(text)) {
        (Ok(tree), Ok(value)) => prop_assert_eq!(converted(tree.root()), value),
        (Err(error), Err(_)) => prop_assert!(error.offset as usize <= text.len()),
        (ours, theirs) => {
            let theirs = theirs.map(|_| ());
            return Err(TestCaseError::fail(format!("{:?} {theirs:?}", ours.err())));
        }
    }
    Ok(())
}

fn joined() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

fn sound() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn pieces_are_json_to_both_or_to_neither(text in joined()) {
        agree(&text)?;
        agree(&format!("[{text}]"))?;
        agree(&format!("\"{text}\""))?;
        agree(&format!("{{\"k\":{text}}}"))?;
    }

    #[test]
    fn sound_json_says_the_same_to_both(value in sound(), pretty in any::<bool>()) {
        let text = match pretty {
            true => serde_json::to_string_pretty(&value),
            false => serde_json::to_string(&value),
        };
        agree(&text.expect("a value is text"))?;
    }
}
