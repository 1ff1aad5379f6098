//! What may be sent over HTTP, and what is refused before it is GraphQL.

use serde_json::{Value as Json, json};

use super::fixture::{Server, code};

/// Sends a body as it is, and gives the status and the error's code.
async fn post_raw(
    server: &Server,
    content_type: Option<&str>,
    body: impl Into<reqwest::Body>,
) -> (u16, String) {
    let mut request = reqwest::Client::new().post(server.url("/graphql")).body(body);
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let body: Json = response.json().await.expect("JSON");
    let code = body["errors"][0]["extensions"]["code"].as_str();
    (status, code.unwrap_or_default().to_owned())
}

async fn get(server: &Server, query: &[(&str, &str)]) -> (u16, Json) {
    let response = reqwest::Client::new()
        .get(server.url("/graphql"))
        .query(query)
        .send()
        .await
        .expect("an answer");
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

#[tokio::test]
async fn only_json_in_utf8_is_taken_because_browsers_send_the_rest_unasked() {
    let server = Server::start().await;
    let body = r#"{"query":"{ hello }"}"#;
    for content_type in ["application/json", "application/json; charset=UTF-8"] {
        let (status, _) = post_raw(&server, Some(content_type), body).await;
        assert_eq!(status, 200, "{content_type}");
    }
    for content_type in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/json; charset=iso-8859-1"),
        Some("application/graphql"),
    ] {
        let (status, code) = post_raw(&server, content_type, body).await;
        assert_eq!((status, code.as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"));
    }
}

#[tokio::test]
async fn a_body_that_is_not_a_request_is_a_bad_request() {
    let server = Server::start().await;
    for body in [
        "",
        "{",
        "\"{ hello }\"",
        r#"{"query":7}"#,
        r#"{"query":"{ hello }","variables":[]}"#,
        r#"{"query":"{ hello }","query":"{ hello }"}"#,
        r#"{"query":"{ hello }","variables":{"a":1,"a":2}}"#,
        r#"{"query":"{ hello }","variables":{"a":18446744073709551616}}"#,
        r#"{"query":"{ hello }","variables":{"a":1e999}}"#,
    ] {
        let (status, code) = post_raw(&server, Some("application/json"), body).await;
        assert_eq!((status, code.as_str()), (400, "BAD_REQUEST"), "{body}");
    }
    let (status, _) =
        post_raw(&server, Some("application/json"), b"{\"query\":\"\xff\"}".to_vec()).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_body_over_the_limit_is_413_whether_or_not_it_says_its_length() {
    let server = Server::with(|limits| limits.body_bytes_max = 1_000).await;
    let large = format!(r#"{{"query":"{{ hello }}","x":"{}"}}"#, "x".repeat(1_000));
    let (status, code) = post_raw(&server, Some("application/json"), large.clone()).await;
    assert_eq!((status, code.as_str()), (413, "PAYLOAD_TOO_LARGE"));

    let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(large)]);
    let streamed = reqwest::Body::wrap_stream(chunks);
    let (status, code) = post_raw(&server, Some("application/json"), streamed).await;
    assert_eq!((status, code.as_str()), (413, "PAYLOAD_TOO_LARGE"));
}

#[tokio::test]
async fn a_body_that_does_not_arrive_in_time_is_408() {
    let server = Server::with(|limits| limits.body_timeout_ms = 50).await;
    let stalled = futures_util::stream::pending::<Result<String, std::io::Error>>();
    let body = reqwest::Body::wrap_stream(stalled);
    let (status, code) = post_raw(&server, Some("application/json"), body).await;
    assert_eq!((status, code.as_str()), (408, "REQUEST_TIMEOUT"));
}

#[tokio::test]
async fn queries_run_over_get_with_all_parameters() {
    let server = Server::start().await;
    let (status, body) = get(
        &server,
        &[
            ("query", "query A { hello } query B($n: Int!) { echo(n: $n) }"),
            ("operationName", "B"),
            ("variables", r#"{"n":7}"#),
            ("extensions", r#"{"client":"urql"}"#),
        ],
    )
    .await;
    assert_eq!((status, body), (200, json!({"data": {"echo": 7}})));
}

#[tokio::test]
async fn mutations_do_not_run_over_get_and_other_methods_do_nothing() {
    let server = Server::start().await;
    let (status, body) = get(&server, &[("query", "mutation { touch }")]).await;
    assert_eq!((status, code(&body)), (405, "METHOD_NOT_ALLOWED"));

    let response = reqwest::Client::new()
        .put(server.url("/graphql"))
        .json(&json!({"query": "{ hello }"}))
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET, POST");
}

#[tokio::test]
async fn wrong_parameters_of_a_get_are_a_bad_request() {
    let server = Server::start().await;
    for query in [
        &[("operationName", "A")][..],
        &[("query", "{ hello }"), ("variables", "7")],
        &[("query", "{ hello }"), ("variables", "{")],
        &[("query", "{ hello }"), ("query", "{ hello }")],
    ] {
        let (status, body) = get(&server, query).await;
        assert_eq!((status, code(&body)), (400, "BAD_REQUEST"), "{query:?}");
    }
}

#[tokio::test]
async fn apollo_falls_back_to_whole_documents() {
    let server = Server::start().await;
    let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": "00"}});
    let response = server.post(&json!({"extensions": extensions})).await;
    assert_eq!(response.status(), 200);
    let body: Json = response.json().await.expect("JSON");
    assert_eq!(code(&body), "PERSISTED_QUERY_NOT_SUPPORTED");

    let whole = json!({"query": "{ hello }", "extensions": extensions});
    let body: Json = server.post(&whole).await.json().await.expect("JSON");
    assert_eq!(body["data"]["hello"], "world");
}

#[tokio::test]
async fn batches_are_off_unless_configured_and_then_capped() {
    let batch = json!([{"query": "{ hello }"}, {"query": "{"}, {"query": "mutation { touch }"}]);
    let server = Server::start().await;
    let response = server.post(&batch).await;
    assert_eq!(response.status(), 400);
    let body: Json = response.json().await.expect("JSON");
    assert_eq!(code(&body), "BATCH_TOO_LONG");

    let server = Server::with(|limits| limits.batch_len_max = 3).await;
    let body: Json = server.post(&batch).await.json().await.expect("JSON");
    assert_eq!(body[0]["data"]["hello"], "world");
    assert_eq!(code(&body[1]), "GRAPHQL_PARSE_FAILED");
    assert_eq!(body[2]["data"]["touch"], 1);

    let long: Vec<_> = (0..10_000).map(|_| json!({"query": "{ hello }"})).collect();
    let response = server.post(&json!(long)).await;
    assert_eq!(response.status(), 400);
}
