//! Server-sent events.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value as Json, json};

use super::fixture::{Server, code};

async fn post(server: &Server, accept: &str, query: &str) -> reqwest::Response {
    let body = json!({ "query": query });
    server.post_accepting(accept, &body).await
}

/// The events of a whole body, without comments: name and data.
fn events(body: &str) -> Vec<(String, Json)> {
    body.split("\n\n")
        .filter_map(|event| {
            let name = event.lines().find_map(|line| line.strip_prefix("event: "))?;
            let data = event.lines().find_map(|line| line.strip_prefix("data:"))?;
            let data = serde_json::from_str(data).unwrap_or(Json::Null);
            Some((name.to_owned(), data))
        })
        .collect()
}

fn next(data: Json) -> (String, Json) {
    ("next".to_owned(), json!({ "data": data }))
}

fn complete() -> (String, Json) {
    ("complete".to_owned(), Json::Null)
}

#[tokio::test]
async fn a_subscription_streams_next_events_and_completes() {
    let server = Server::start().await;
    // The second is what urql sends.
    for accept in ["text/event-stream", "text/event-stream, multipart/mixed"] {
        let response = post(&server, accept, "subscription { count(to: 2) }").await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let body = response.text().await.expect("text");
        assert_eq!(
            events(&body),
            [next(json!({"count": 1})), next(json!({"count": 2})), complete()]
        );
    }
}

#[tokio::test]
async fn an_event_source_subscribes_with_get() {
    let server = Server::start().await;
    for path in ["/graphql", "/graphql/stream"] {
        let response = reqwest::Client::new()
            .get(server.url(path))
            .query(&[("query", "subscription { count(to: 1) }")])
            .header("accept", "text/event-stream")
            .send()
            .await
            .expect("an answer");
        let body = response.text().await.expect("text");
        assert_eq!(events(&body), [next(json!({"count": 1})), complete()]);
    }
}

#[tokio::test]
async fn queries_and_mutations_stream_their_one_answer() {
    let server = Server::start().await;
    let table =
        [("{ hello }", json!({"hello": "world"})), ("mutation { touch }", json!({"touch": 1}))];
    for (query, data) in table {
        let response = post(&server, "text/event-stream", query).await;
        let body = response.text().await.expect("text");
        assert_eq!(events(&body), [next(data), complete()]);
    }
}

#[tokio::test]
async fn refused_operations_are_events_because_browsers_hide_error_bodies() {
    let server = Server::start().await;
    for query in ["{", "{ nothing }", "subscription { nothing }"] {
        let response = post(&server, "text/event-stream", query).await;
        assert_eq!(response.status(), 200, "{query}");
        let events = events(&response.text().await.expect("text"));
        assert_eq!(events.len(), 2, "{query}");
        assert!(code(&events[0].1).starts_with("GRAPHQL_"), "{query}");
        assert_eq!(events[1], complete(), "{query}");
    }
}

#[tokio::test]
async fn mutations_do_not_run_over_get() {
    let server = Server::start().await;
    let response = reqwest::Client::new()
        .get(server.url("/graphql/stream"))
        .query(&[("query", "mutation { touch }")])
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status(), 405);
}

#[tokio::test]
async fn a_silent_stream_is_kept_alive_and_ends_when_the_client_leaves() {
    let server = Server::with(|limits| limits.keep_alive_ms = 20).await;
    let response = post(&server, "text/event-stream", "subscription { silence }").await;
    server.wait_for_streams(1).await;
    let mut body = response.bytes_stream();
    for _ in 0..3 {
        let chunk = body.next().await.expect("a chunk").expect("bytes");
        assert!(chunk.starts_with(b":\n\n"));
    }
    drop(body);
    server.wait_for_streams(0).await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let server = Server::with(|limits| limits.write_timeout_ms = 100).await;
    let response = post(&server, "text/event-stream", "subscription { flood }").await;
    server.wait_for_streams(1).await;
    server.wait_for_streams(0).await;
    drop(response);
}

#[tokio::test]
async fn streams_are_counted_and_capped() {
    let server = Server::with(|limits| limits.connections_max = 1).await;
    let first = post(&server, "text/event-stream", "subscription { silence }").await;
    let second = post(&server, "text/event-stream", "subscription { silence }").await;
    assert_eq!(second.status(), 503);
    assert!(second.headers().contains_key("retry-after"));
    drop(first);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let third = post(&server, "text/event-stream", "subscription { silence }").await;
    assert_eq!(third.status(), 200);
}

#[tokio::test]
async fn a_shutdown_ends_streams_without_complete_so_that_clients_come_back() {
    let server = Server::start().await;
    let response = post(&server, "text/event-stream", "subscription { silence }").await;
    server.wait_for_streams(1).await;
    server.shutdown.cancel();
    let body = response.text().await.expect("the stream ends in order");
    assert_eq!(events(&body), []);
}
