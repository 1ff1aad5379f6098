//! Hostile input: bounded time and memory, a located error, no panic and no stack overflow.

use std::time::{Duration, Instant};

use counterpart::dtdl::{Catalogue, Document, ModelErrors, Upload};

/// No hostile text may take longer than this, even in the dev profile on a busy machine.
const TIME_MAX: Duration = Duration::from_secs(10);

fn plan(text: &str) -> Result<Upload, ModelErrors> {
    let start = Instant::now();
    let outcome = Catalogue::empty().plan(&[Document { name: "hostile.json", text }]);
    assert!(start.elapsed() < TIME_MAX, "took {:?}", start.elapsed());
    outcome
}

/// The first error: its short id, line and column.
fn fault(text: &str) -> (&'static str, u32, u32) {
    let errors = plan(text).expect_err("the text is refused");
    let first = &errors.0[0];
    assert!(!first.message.is_empty() && !first.mend.is_empty(), "{first:?}");
    (first.short_id(), first.line(), first.column())
}

fn interface(id: &str, rest: &str) -> String {
    format!(
        "{{\"@context\":\"dtmi:dtdl:context;3\",\"@id\":\"dtmi:t:{id};1\",\"@type\":\"Interface\"{rest}}}"
    )
}

#[test]
fn nesting_a_hundred_thousand_deep_is_a_located_error() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let (id, line, column) = fault(&text);
        assert_eq!((id, line), ("invalidJson", 1));
        assert!(column > 200, "{column}");
    }
}

#[test]
fn texts_that_are_not_json_are_located() {
    let context = "{\"@context\":\"dtmi:dtdl:context;3\",\n";
    let cases = [
        (String::new(), 1, 1),
        ("\u{feff}{}".to_owned(), 1, 1),
        (format!("{context}  \"@id\": \"a\",}}"), 2, 14),
        (format!("{context}/*c*/}}"), 2, 1),
        (format!("{context}\"x\": \"\\ud800\"}}"), 2, 7),
        (format!("{context}\"x\": \"\\udc00\\ud800\"}}"), 2, 7),
        (format!("{context}\"x\": \"\\ud800\\u0041\"}}"), 2, 7),
        (format!("{context}\"x\": \"a\u{1}\"}}"), 2, 8),
        (format!("{context}\"x\": 01}}"), 2, 7),
        (format!("{context}\"x\": 1.}}"), 2, 8),
        (format!("{context}\"x\": nul}}"), 2, 6),
        (format!("{context}\"x\": NaN}}"), 2, 6),
        ("{} {}".to_owned(), 1, 4),
        ("\"unfinished".to_owned(), 1, 12),
        ("\"é\\x\"".to_owned(), 1, 3),
    ];
    for (text, line, column) in cases {
        assert_eq!(fault(&text), ("invalidJson", line, column), "{text}");
    }
}

#[test]
fn repeated_keys_are_located() {
    assert_eq!(
        fault(&interface("a", ",\n\"displayName\":\"x\",\n\"displayName\":\"y\"")),
        ("duplicatePropertyName", 3, 1)
    );
    assert_eq!(fault(&interface("a", ",\n\"@id\":\"dtmi:t:b;1\"")), ("repeatedIdProperty", 2, 1));
    let many: String = (0..50_000).map(|_| ",\"displayName\":\"x\"").collect();
    assert_eq!(fault(&interface("a", &many)).0, "duplicatePropertyName");
}

#[test]
fn huge_numbers_are_refused_where_a_number_of_32_bits_must_stand() {
    for number in ["2147483648", "1e400", "99999999999999999999999999999999999999999999", "1.5"] {
        let relationship = format!(
            ",\"contents\":[{{\"@type\":\"Relationship\",\"name\":\"r\",\"maxMultiplicity\":{number}}}]"
        );
        assert_eq!(fault(&interface("a", &relationship)).0, "integerNotInteger", "{number}");
    }
}

#[test]
fn a_chain_of_ten_thousand_extends_is_refused() {
    let models: Vec<_> = (0..10_000)
        .map(|index| {
            interface(&format!("m{index}"), &format!(",\"extends\":\"dtmi:t:m{};1\"", index + 1))
        })
        .chain([interface("m10000", "")])
        .collect();
    let errors = plan(&format!("[{}]", models.join(","))).expect_err("the chain is too long");
    assert!(
        errors
            .0
            .iter()
            .all(|error| matches!(error.short_id(), "excessiveDepthNarrow" | "tooManyErrors"))
    );
}

#[test]
fn a_circle_of_ten_thousand_extends_is_refused() {
    let models: Vec<_> = (0..10_000)
        .map(|index| {
            interface(
                &format!("m{index}"),
                &format!(",\"extends\":\"dtmi:t:m{};1\"", (index + 1) % 10_000),
            )
        })
        .collect();
    let errors = plan(&format!("[{}]", models.join(","))).expect_err("the circle is found");
    assert_eq!(errors.0[0].short_id(), "recursiveStructureNarrow");
}

#[test]
fn ten_thousand_interfaces_in_diamonds_are_refused() {
    let parents =
        |layer: usize| format!(",\"extends\":[\"dtmi:t:l{layer};1\",\"dtmi:t:r{layer};1\"]");
    let mut models = vec![interface("l0", ""), interface("r0", "")];
    for layer in 1..5_000 {
        models.push(interface(&format!("l{layer}"), &parents(layer - 1)));
        models.push(interface(&format!("r{layer}"), &parents(layer - 1)));
    }
    let errors = plan(&format!("[{}]", models.join(","))).expect_err("the diamonds are too deep");
    assert!(matches!(errors.0[0].short_id(), "excessiveDepthNarrow" | "excessiveCount"));
}

#[test]
fn ten_thousand_interfaces_that_extend_one_are_accepted() {
    let base = interface(
        "base",
        ",\"contents\":[{\"@type\":\"Property\",\"name\":\"x\",\"schema\":\"double\"}]",
    );
    let derived =
        (0..10_000).map(|index| interface(&format!("m{index}"), ",\"extends\":\"dtmi:t:base;1\""));
    let models: Vec<_> = std::iter::once(base).chain(derived).collect();
    let upload = plan(&format!("[{}]", models.join(","))).expect("wide is not deep");
    assert_eq!(upload.added.len(), 10_001);
}

#[test]
fn an_interface_of_more_than_a_mebibyte_is_refused_in_v3_and_read_in_v2() {
    let long = "x".repeat(1 << 20);
    let padding =
        format!(",\"contents\":[{}]", vec![format!("\"{}\"", "y".repeat(500)); 10].join(","));
    let text = interface("a", &format!(",\"comment\":\"{long}\""));
    assert_eq!(fault(&text).0, "stringTooLong");
    assert_eq!(fault(&interface("a", &padding)).0, "badDtmiOrTerm");
    let spaces = interface("a", &format!(",\n{}\"displayName\":\"A\"", " ".repeat(1 << 20)));
    assert_eq!(fault(&spaces).0, "partitionTooLarge");
    assert!(plan(&spaces.replace("context;3", "context;2")).is_ok());
}

#[test]
fn schemas_that_all_contain_each_other_are_decided_in_bounded_time() {
    let fields = |count: usize| -> String {
        let all =
            (0..count).map(|to| format!("{{\"name\":\"f{to}\",\"schema\":\"dtmi:t:s{to};1\"}}"));
        all.collect::<Vec<_>>().join(",")
    };
    let schemas = (0..40).map(|from| {
        format!("{{\"@id\":\"dtmi:t:s{from};1\",\"@type\":\"Object\",\"fields\":[{}]}}", fields(40))
    });
    let schemas = format!(",\"schemas\":[{}]", schemas.collect::<Vec<_>>().join(","));
    let text = interface("a", &schemas).replace("context;3", "context;4");
    assert_eq!(fault(&text).0, "excessiveDepthWide");
    assert_eq!(fault(&interface("a", &schemas)).0, "recursiveStructureWide");
}

#[test]
fn a_schema_that_contains_itself_is_valid_in_v4_and_validates_values() {
    let text = interface(
        "a",
        ",\"schemas\":[{\"@id\":\"dtmi:t:tree;1\",\"@type\":\"Object\",\"fields\":[\
         {\"name\":\"value\",\"schema\":\"integer\"},{\"name\":\"next\",\"schema\":\"dtmi:t:tree;1\"}]}],\
         \"contents\":[{\"@type\":\"Property\",\"name\":\"tree\",\"schema\":\"dtmi:t:tree;1\"}]",
    );
    let upload = plan(&text.replace("context;3", "context;4")).expect("v4 allows it");
    let tree = upload.added[0]
        .content("tree")
        .and_then(|content| content.schema().cloned())
        .expect("a schema");
    assert!(tree.validate_text("{\"value\":1,\"next\":{\"value\":2,\"next\":{}}}").is_ok());
    let error =
        tree.validate_text("{\"next\":{\"next\":{\"value\":\"x\"}}}").expect_err("no integer");
    assert_eq!(error.pointer, "/next/next/value");
    let deep = format!("{}{{}}{}", "{\"next\":".repeat(200), "}".repeat(200));
    assert!(tree.validate_text(&deep).is_ok());
}

#[test]
fn a_document_with_ten_thousand_errors_reports_a_bounded_number() {
    let contents: Vec<_> =
        (0..10_000).map(|index| format!("{{\"@type\":\"Nope\",\"name\":\"n{index}\"}}")).collect();
    let errors = plan(&interface("a", &format!(",\"contents\":[{}]", contents.join(","))))
        .expect_err("no such type");
    assert!(errors.0.len() <= 1001, "{}", errors.0.len());
    assert_eq!(errors.0.last().map(|error| error.short_id()), Some("tooManyErrors"));
}

#[test]
fn errors_of_independent_interfaces_and_files_are_reported_together() {
    let bad_name = interface(
        "a",
        ",\"contents\":[{\"@type\":\"Property\",\"name\":\"1x\",\"schema\":\"double\"}]",
    );
    let unresolved = interface("b", ",\"extends\":\"dtmi:t:nowhere;1\"");
    let circle = interface("c", ",\"extends\":\"dtmi:t:c;1\"");
    let documents =
        [("1.json", "{"), ("2.json", &bad_name), ("3.json", &unresolved), ("4.json", &circle)];
    let documents = documents.map(|(name, text)| Document { name, text });
    let errors = Catalogue::empty().plan(&documents).expect_err("four faults");
    let found: Vec<_> = errors.0.iter().map(|error| (error.file(), error.short_id())).collect();
    let expected = [
        ("1.json", "invalidJson"),
        ("2.json", "stringInvalid"),
        ("3.json", "undefinedIdentifier"),
        ("4.json", "recursiveStructureNarrow"),
    ];
    assert_eq!(found, expected);
}
