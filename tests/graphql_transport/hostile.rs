//! Documents that would stop a server without limits, sent as they are to the public surface.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::fixture::{Server, code};

fn bomb(fragments: usize) -> String {
    let mut document = "query{...F0}".to_owned();
    for index in 0..fragments {
        let next = index + 1;
        let _ = write!(document, "fragment F{index} on Query{{...F{next} ...F{next}}}");
    }
    let _ = write!(document, "fragment F{fragments} on Query{{__typename}}");
    document
}

/// Hostile documents, and the code of the error that each gets.
fn documents() -> Vec<(String, &'static str)> {
    let aliases: String = (0..10_000).map(|i| format!("a{i}:__typename ")).collect();
    let depth =
        format!("{{__schema{{types{{{}name{}}}}}}}", "fields{type{".repeat(200), "}}".repeat(200));
    let unknown: String = (0..90).map(|i| format!("unknown{i} ")).collect();
    vec![
        (bomb(14), "TOO_MANY_FIELDS"),
        (bomb(24), "TOO_MANY_FIELDS"),
        (bomb(30), "DOCUMENT_TOO_DEEP"),
        (format!("{{{aliases}}}"), "DOCUMENT_TOO_LARGE"),
        (aliases_within_the_tokens(), "TOO_MANY_ALIASES"),
        (depth, "DOCUMENT_TOO_DEEP"),
        (format!("{{__typename {}}}", "@a".repeat(20_000)), "TOO_MANY_DIRECTIVES"),
        (format!("{{{}}}", "__typename ".repeat(50_000)), "DOCUMENT_TOO_LARGE"),
        (format!("{{{}}}", "hello ".repeat(101)), "TOO_MANY_ROOT_FIELDS"),
        (
            "query{...A} fragment A on Query{...B} fragment B on Query{...A}".to_owned(),
            "FRAGMENT_CYCLE",
        ),
        ("{node{children(first:99999999){id}}}".to_owned(), "QUERY_TOO_COSTLY"),
        ("{".repeat(100_000), "DOCUMENT_TOO_DEEP"),
        (format!("{{echo(n:{}", "[".repeat(100_000)), "DOCUMENT_TOO_DEEP"),
        (format!("{{{unknown}}}"), "GRAPHQL_VALIDATION_FAILED"),
        (format!("{{ {} }}", "x".repeat(100_000)), "DOCUMENT_TOO_LARGE"),
        (format!("# {}", "x".repeat(1 << 20)), "DOCUMENT_TOO_LARGE"),
    ]
}

fn aliases_within_the_tokens() -> String {
    let aliases: String = (0..1_000).map(|i| format!("a{i}:__typename ")).collect();
    format!("{{{aliases}}}")
}

#[tokio::test]
async fn each_hostile_document_is_refused_at_once_and_the_server_lives() {
    let server = Server::start().await;
    for (document, expected) in documents() {
        let started = Instant::now();
        let response = server.post(&json!({ "query": document })).await;
        let took = started.elapsed();
        assert_eq!(response.status(), 200, "{document:.60}");
        let body = response.bytes().await.expect("a body");
        assert!(body.len() < 20_000, "{} bytes for {document:.60}", body.len());
        let body: Json = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(code(&body), expected, "{document:.60}");
        // Time on the wire included; without limits the second one alone takes 12 s.
        assert!(took < Duration::from_millis(500), "{took:?} for {document:.60}");
    }
    assert_eq!(server.ask("{ hello }").await["data"]["hello"], "world");
}

#[tokio::test]
async fn deep_or_wide_variables_are_refused() {
    let server = Server::with(|limits| limits.variable_values_max = 1_000).await;
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    for variables in [json!({ "a": deep }), json!({ "a": vec![0; 2_000] })] {
        let body = json!({"query": "{ hello }", "variables": variables});
        let body: Json = server.post(&body).await.json().await.expect("JSON");
        assert_eq!(code(&body), "VARIABLES_TOO_LARGE");
    }
}

#[tokio::test]
async fn a_deep_but_honest_query_passes() {
    let server = Server::start().await;
    let document = format!(
        "{{ node {{ {} id {} }} }}",
        "children(first: 1) { ... on Node { id ".repeat(13),
        "} }".repeat(13)
    );
    let body = server.ask(&document).await;
    assert!(body.get("errors").is_none(), "{body}");
}
