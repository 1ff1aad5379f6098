//! Documents that clients send pass; documents that attackers send are refused quickly.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::json;

use super::*;

fn check(document: &str) -> Result<CheckedDocument, GraphqlError> {
    check_document(document, None, &Variables::default(), &GraphqlLimits::default())
}

fn code(document: &str) -> Option<ErrorCode> {
    check(document).err().map(|error| error.code())
}

fn bomb(fragments: usize) -> String {
    let mut document = "query{...F0}".to_owned();
    for index in 0..fragments {
        let next = index + 1;
        let _ = write!(document, "fragment F{index} on Query{{...F{next} ...F{next}}}");
    }
    let _ = write!(document, "fragment F{fragments} on Query{{__typename}}");
    document
}

/// As long as `getIntrospectionQuery` of graphql-js and shaped like it, nine types deep.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema {
  queryType { name kind } mutationType { name kind } subscriptionType { name kind }
  types { ...Full } directives { name description locations args { ...Input } } } }
fragment Full on __Type { kind name description
  fields(includeDeprecated: true) { name args { ...Input } type { ...Ref } isDeprecated }
  inputFields { ...Input } interfaces { ...Ref }
  enumValues(includeDeprecated: true) { name } possibleTypes { ...Ref } }
fragment Input on __InputValue { name description type { ...Ref } defaultValue }
fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name } } } } } } } } } }";

#[test]
fn an_introspection_query_passes() {
    let checked = check(INTROSPECTION).expect("it is within the limits");
    assert_eq!(checked.operation_type, OperationType::Query);
}

#[test]
fn a_deep_query_along_six_relationships_passes() {
    let hops = 6;
    let document = format!(
        "{{ twins(first: 5) {{ edges {{ node {{ {} id {} }} }} }} }}",
        "feeds(first: 5) { edges { node { ... on Room { ".repeat(hops),
        "} } } }".repeat(hops)
    );
    assert_eq!(code(&document), None);
}

#[test]
fn hostile_documents_are_refused_within_100_ms() {
    let aliases: String = (0..1_000).map(|i| format!("a{i}:__typename ")).collect();
    let chain: String =
        (0..400).map(|i| format!("fragment F{i} on Query{{...F{}}}", i + 1)).collect();
    let wide = format!("{{ {} }}", "...F ".repeat(900))
        + &format!("fragment F on Query {{ {} }}", "a ".repeat(900));
    let cases = [
        (bomb(14), ErrorCode::TooManyFields),
        (bomb(24), ErrorCode::TooManyFields),
        (bomb(60), ErrorCode::DocumentTooDeep),
        (bomb(400), ErrorCode::DocumentTooDeep),
        (format!("{{ a }} {chain}"), ErrorCode::DocumentTooDeep),
        (wide, ErrorCode::TooManyFields),
        (format!("{{{aliases}}}"), ErrorCode::TooManyAliases),
        (format!("{{{}}}", "__typename ".repeat(50_000)), ErrorCode::DocumentTooLarge),
        (format!("{{{}}}", "a ".repeat(4_000)), ErrorCode::TooManyRootFields),
        (format!("{{__typename {}}}", "@a".repeat(20_000)), ErrorCode::TooManyDirectives),
        ("{a".repeat(200) + &"}".repeat(200), ErrorCode::DocumentTooDeep),
        (
            "query{...A} fragment A on Query{...B} fragment B on Query{...A}".to_owned(),
            ErrorCode::FragmentCycle,
        ),
        ("{ a } fragment A on Query { b { ...A } }".to_owned(), ErrorCode::FragmentCycle),
        (
            format!("query Q($a: {}Int{}) {{ a }}", "[".repeat(5_000), "]".repeat(5_000)),
            ErrorCode::DocumentTooDeep,
        ),
    ];
    for (document, expected) in cases {
        let started = Instant::now();
        assert_eq!(code(&document), Some(expected), "{:.60}", document);
        assert!(
            started.elapsed() < Duration::from_millis(100),
            "{:?} for {:.60}",
            started.elapsed(),
            document
        );
    }
}

#[test]
fn whatever_the_limits_say_the_parser_keeps_its_stack() {
    let limits = GraphqlLimits {
        depth_max: usize::MAX / 4,
        value_depth_max: usize::MAX / 4,
        ..GraphqlLimits::default()
    };
    for (open, close) in [("{a", "}"), ("{... on A", "}")] {
        let document = open.repeat(128) + " a" + &close.repeat(128);
        check_document(&document, None, &Variables::default(), &limits)
            .expect_err("the parser reads 64 levels");
    }
    let document = format!("{{a(b:{}1{})}}", "[".repeat(126), "]".repeat(126));
    check_document(&document, None, &Variables::default(), &limits).expect("it is within 128");
    let document = format!("{{a(b:{}1{})}}", "{a:".repeat(126), "}".repeat(126));
    check_document(&document, None, &Variables::default(), &limits).expect("it is within 128");
}

#[test]
fn root_fields_count_through_fragments() {
    let document =
        format!("{{ ...F ... on Query {{ ...F }} }} fragment F on Query {{ {} }}", "a ".repeat(60));
    assert_eq!(code(&document), Some(ErrorCode::TooManyRootFields));
}

#[test]
fn page_sizes_multiply_and_may_come_from_variables() {
    assert_eq!(
        code("{ twins(first: 99999999) { edges { node { id } } } }"),
        Some(ErrorCode::QueryTooCostly)
    );
    assert_eq!(
        code("{ twins(first: 100) { edges { node { parts(last: 100) { id name } } } } }"),
        None
    );
    let nested = "query Q($n: Int = 5) { a(first: $n) { b(first: $n) { c(first: $n) { d } } } }";
    assert_eq!(code(nested), None);
    let variables = Variables::from_json(json!({ "n": 1_000 }));
    let error = check_document(nested, None, &variables, &GraphqlLimits::default());
    assert_eq!(error.map_err(|error| error.code()).err(), Some(ErrorCode::QueryTooCostly));
}

#[test]
fn introspection_may_not_walk_in_circles() {
    assert_eq!(
        code("{ __schema { types { fields { type { fields { name } } } } } }"),
        Some(ErrorCode::IntrospectionTooDeep)
    );
    assert_eq!(
        code("{ __schema { a: types { name } b: types { name } c: types { name } } }"),
        Some(ErrorCode::IntrospectionTooDeep)
    );
    assert_eq!(code("{ __type(name: \"Twin\") { fields { type { fields { name } } } } }"), None);
}

#[test]
fn fields_of_ours_that_are_called_like_introspection_lists_are_free() {
    assert_eq!(code("{ types { fields { types { fields { types { name } } } } } }"), None);
}

#[test]
fn a_syntax_error_says_where_and_does_not_repeat_the_document() {
    let long = "a ".repeat(4_000);
    let error = check(&format!("{{ {long} ! }}")).expect_err("`!` is no field");
    assert_eq!(error.code(), ErrorCode::ParseFailed);
    assert!(error.message().starts_with("syntax error at line 1, column "));
    assert!(error.message().len() < 300, "{}", error.message());
}

#[test]
fn the_operation_is_chosen_by_name() {
    let two = "query A { a } mutation B { b }";
    let choose = |name: Option<&str>| {
        check_document(two, name, &Variables::default(), &GraphqlLimits::default())
    };
    assert_eq!(choose(Some("B")).expect("B is there").operation_type, OperationType::Mutation);
    let error = choose(Some("C")).expect_err("C is not there");
    assert_eq!(error.message(), "the document has no operation \"C\"; it has A, B");
    assert_eq!(choose(None).expect_err("which?").code(), ErrorCode::OperationNotFound);
}

#[test]
fn a_required_variable_must_have_a_value() {
    let error = check("query Q($id: ID!) { a(id: $id) }").expect_err("$id is missing");
    assert_eq!(error.code(), ErrorCode::InvalidVariables);
    assert_eq!(code("query Q($id: ID! = \"x\") { a(id: $id) }"), None);
    assert_eq!(code("query Q($id: ID) { a(id: $id) }"), None);
}
