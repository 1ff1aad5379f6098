//! Media types and status codes of answers, as GraphQL over HTTP asks for them.

use serde_json::{Value as Json, json};

use super::fixture::{Server, code};

const RESPONSE_JSON: &str = "application/graphql-response+json";

#[tokio::test]
async fn the_answer_has_the_media_type_that_was_asked_for() {
    let server = Server::start().await;
    let table = [
        ("application/json", "application/json; charset=utf-8"),
        ("*/*", "application/json; charset=utf-8"),
        (RESPONSE_JSON, "application/graphql-response+json; charset=utf-8"),
    ];
    for (accept, expected) in table {
        let response = server.post_accepting(accept, &json!({"query": "{ hello }"})).await;
        assert_eq!(response.status(), 200, "{accept}");
        assert_eq!(response.headers()["content-type"], expected, "{accept}");
        let body: Json = response.json().await.expect("JSON");
        assert_eq!(body, json!({"data": {"hello": "world"}}));
    }
}

#[tokio::test]
async fn an_unknown_media_type_is_not_acceptable() {
    let server = Server::start().await;
    let response = server.post_accepting("image/png", &json!({"query": "{ hello }"})).await;
    assert_eq!(response.status(), 406);
}

#[tokio::test]
async fn a_refused_operation_is_400_for_new_clients_and_200_for_old_ones() {
    let server = Server::start().await;
    let table = [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query Q($n: Int!) { echo(n: $n) }", "INVALID_VARIABLES"),
        ("query A { hello } query B { hello }", "OPERATION_NOT_FOUND"),
        ("subscription { count(to: 1) }", "SUBSCRIPTION_NEEDS_STREAM"),
    ];
    for (query, expected) in table {
        for (accept, status) in [(RESPONSE_JSON, 400), ("application/json", 200)] {
            let response = server.post_accepting(accept, &json!({ "query": query })).await;
            assert_eq!(response.status(), status, "{query}");
            let body: Json = response.json().await.expect("JSON");
            assert_eq!(code(&body), expected, "{query}");
            assert!(body.get("data").is_none(), "{query}");
        }
    }
}

#[tokio::test]
async fn an_operation_that_ran_is_200_with_data_and_coded_errors() {
    let server = Server::start().await;
    let response =
        server.post_accepting(RESPONSE_JSON, &json!({"query": "{ hello missing }"})).await;
    assert_eq!(response.status(), 200);
    let body: Json = response.json().await.expect("JSON");
    assert_eq!(body["data"], json!({"hello": "world", "missing": null}));
    assert_eq!(code(&body), "NOT_FOUND");
    assert_eq!(body["errors"][0]["path"], json!(["missing"]));
}

#[tokio::test]
async fn an_operation_whose_only_field_failed_still_ran() {
    let server = Server::start().await;
    let response = server.post_accepting(RESPONSE_JSON, &json!({"query": "{ missing }"})).await;
    assert_eq!(response.status(), 200);
    let body: Json = response.json().await.expect("JSON");
    assert_eq!(body["data"], json!({"missing": null}));
}

#[tokio::test]
async fn an_unknown_field_gets_no_suggestion() {
    let server = Server::start().await;
    let body = server.ask("{ hell }").await;
    assert!(!body.to_string().contains("Did you mean"), "{body}");
}

#[tokio::test]
async fn a_panic_in_a_resolver_is_an_internal_error_without_details() {
    let server = Server::start().await;
    let body = server.ask("{ panics }").await;
    assert_eq!(code(&body), "INTERNAL");
    assert!(!body.to_string().contains("fault"), "{body}");
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_cut_off() {
    let server = Server::with(|limits| limits.request_timeout_ms = 50).await;
    assert_eq!(code(&server.ask("{ never }").await), "TIMEOUT");
    let body = server.ask("mutation { stuck }").await;
    assert_eq!(code(&body), "TIMEOUT");
    let message = body["errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("may or may not"), "{message}");
}

#[tokio::test]
async fn resolvers_see_the_headers_of_the_caller() {
    let server = Server::start().await;
    let body: Json = reqwest::Client::new()
        .post(server.url("/graphql"))
        .header("x-token", "secret")
        .json(&json!({"query": "{ token }"}))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(body["data"]["token"], "secret");
}
