//! What a WebSocket client may take, and what happens to one that takes more.

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;

use super::fixture::Server;
use super::ws_client::Client;

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

#[tokio::test]
async fn a_connection_without_init_closes_with_4408() {
    let server = Server::with(|limits| limits.ws_init_timeout_ms = 50).await;
    let mut client = Client::connect(&server).await;
    assert_eq!(client.closed().await, (4408, "Connection initialisation timeout".to_owned()));
}

#[tokio::test]
async fn operations_per_connection_have_a_limit() {
    let server = Server::with(|limits| limits.subscriptions_per_connection_max = 2).await;
    let mut client = Client::ready(&server).await;
    for id in ["1", "2", "3"] {
        client.subscribe(id, "subscription { silence }").await;
    }
    let message = client.next().await;
    assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("3")));
    assert_eq!(message["payload"][0]["extensions"]["code"], "TOO_MANY_SUBSCRIPTIONS");
    client.send(json!({"type": "complete", "id": "1"})).await;
    client.subscribe("4", "{ hello }").await;
    assert_eq!(client.next().await["id"], "4");
}

#[tokio::test]
async fn connections_have_a_limit() {
    let server = Server::with(|limits| limits.connections_max = 1).await;
    let first = Client::ready(&server).await;
    let refused = Client::connect_with(&server, &[PROTOCOL]).await;
    assert_eq!(refused.err(), Some(503));
    drop(first);
    tokio::time::sleep(Duration::from_millis(100)).await;
    Client::ready(&server).await;
}

#[tokio::test]
async fn foreign_pages_may_not_connect() {
    let server = Server::start().await;
    let own = format!("http://{}", server.address);
    for (origin, allowed) in [
        (own.as_str(), true),
        ("https://grafana.example", true),
        ("https://evil.example", false),
        ("null", false),
    ] {
        let client = Client::connect_with(&server, &[PROTOCOL, ("origin", origin)]).await;
        assert_eq!(client.is_ok(), allowed, "{origin}");
        assert!(client.is_ok() || client.err() == Some(403), "{origin}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_with_a_code_and_a_reason() {
    let server = Server::with(|limits| limits.write_timeout_ms = 1_000).await;
    let mut client = Client::ready(&server).await;
    let mut other = Client::ready(&server).await;
    client.subscribe("x", "subscription { flood }").await;
    server.wait_for_streams(1).await;
    // The flood stops at the limits of the socket, and the subscription ends.
    server.wait_for_streams(0).await;
    other.subscribe("y", "{ hello }").await;
    assert_eq!(other.next().await["id"], "y");
    let (code, reason) = client.closed().await;
    assert_eq!(code, 1013);
    assert!(reason.contains("not read in time"), "{reason}");
}

#[tokio::test]
async fn a_client_that_reads_gets_all_of_a_flood() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("x", "subscription { flood }").await;
    for _ in 0..1_000 {
        assert_eq!(client.next().await["id"], "x");
    }
    // A busy stream does not keep the server from listening.
    client.send(json!({"type": "complete", "id": "x"})).await;
    server.wait_for_streams(0).await;
}

#[tokio::test]
async fn a_message_over_the_limit_closes_with_1009() {
    let server = Server::with(|limits| limits.ws_message_bytes_max = 1_000).await;
    let mut client = Client::ready(&server).await;
    client.send_text("x".repeat(2_000)).await;
    assert_eq!(client.closed().await.0, 1009);
}

#[tokio::test]
async fn an_answer_over_the_limit_becomes_an_error() {
    let server = Server::with(|limits| limits.ws_write_buffer_bytes_max = 50_000).await;
    let mut client = Client::ready(&server).await;
    client.subscribe("x", "{ large }").await;
    let message = client.next().await;
    assert_eq!(message["type"], "error");
    assert_eq!(message["payload"][0]["extensions"]["code"], "RESPONSE_TOO_LARGE");
    client.subscribe("y", "{ hello }").await;
    assert_eq!(client.next().await["id"], "y");
}

#[tokio::test]
async fn a_silent_peer_is_dropped_and_a_living_one_is_kept() {
    let server = Server::with(|limits| limits.keep_alive_ms = 50).await;
    let mut alive = Client::ready(&server).await;
    let mut dead = Client::ready(&server).await;
    alive.subscribe("a", "subscription { silence }").await;
    dead.subscribe("d", "subscription { silence }").await;
    server.wait_for_streams(2).await;
    // Reading answers the server's pings; `dead` does not read.
    let listen = async {
        let mut frames = 0;
        let until = tokio::time::Instant::now() + Duration::from_millis(500);
        while let Ok(Some(Ok(_))) = tokio::time::timeout_at(until, alive.0.next()).await {
            frames += 1;
        }
        frames
    };
    assert!(listen.await > 3);
    server.wait_for_streams(1).await;
}
