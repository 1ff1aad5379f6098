//! The graphql-transport-ws protocol, message by message.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::fixture::Server;
use super::ws_client::Client;

#[tokio::test]
async fn a_subscription_gives_next_messages_and_completes() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("a", "subscription { count(to: 2) }").await;
    for n in 1..=2 {
        assert_eq!(
            client.next().await,
            json!({"type": "next", "id": "a", "payload": {"data": {"count": n}}})
        );
    }
    assert_eq!(client.next().await, json!({"type": "complete", "id": "a"}));
}

#[tokio::test]
async fn queries_and_mutations_run_too() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    for (query, data) in
        [("{ hello }", json!({"hello": "world"})), ("mutation { touch }", json!({"touch": 1}))]
    {
        client.subscribe("q", query).await;
        assert_eq!(client.next().await["payload"]["data"], data);
        assert_eq!(client.next().await["type"], "complete");
    }
}

#[tokio::test]
async fn operations_run_side_by_side_and_keep_their_ids() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("slow", "subscription { silence }").await;
    client.subscribe("quick", "{ hello }").await;
    assert_eq!(client.next().await["id"], "quick");
    assert_eq!(client.next().await["id"], "quick");
    server.wait_for_streams(1).await;
}

#[tokio::test]
async fn a_refused_operation_gives_error_and_nothing_after_it() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("", "BAD_REQUEST"),
    ] {
        client.subscribe("x", query).await;
        let message = client.next().await;
        assert_eq!(message["type"], "error", "{query}");
        assert_eq!(message["id"], "x", "{query}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{query}");
    }
    // The id is free again, and no `complete` was left in between.
    client.subscribe("x", "{ hello }").await;
    assert_eq!(client.next().await["type"], "next");
}

#[tokio::test]
async fn a_field_that_fails_is_part_of_next() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("x", "{ hello missing }").await;
    let message = client.next().await;
    assert_eq!(message["type"], "next");
    assert_eq!(message["payload"]["data"]["hello"], "world");
    assert_eq!(message["payload"]["errors"][0]["extensions"]["code"], "NOT_FOUND");
}

#[tokio::test]
async fn the_clients_complete_ends_the_stream_without_an_echo() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("x", "subscription { silence }").await;
    server.wait_for_streams(1).await;
    client.send(json!({"type": "complete", "id": "x"})).await;
    server.wait_for_streams(0).await;
    client.send(json!({"type": "complete", "id": "unknown"})).await;
    client.send(json!({"type": "ping"})).await;
    assert_eq!(client.next().await, json!({"type": "pong"}));
}

#[tokio::test]
async fn a_ping_is_answered_with_its_payload_even_before_init() {
    let server = Server::start().await;
    let mut client = Client::connect(&server).await;
    client.send(json!({"type": "ping", "payload": {"at": 7}})).await;
    assert_eq!(client.next().await, json!({"type": "pong", "payload": {"at": 7}}));
}

#[tokio::test]
async fn resolvers_see_the_payload_of_connection_init() {
    let server = Server::start().await;
    let mut client = Client::connect(&server).await;
    client.send(json!({"type": "connection_init", "payload": {"token": "secret"}})).await;
    assert_eq!(client.next().await["type"], "connection_ack");
    client.subscribe("t", "{ token }").await;
    assert_eq!(client.next().await["payload"]["data"]["token"], "secret");
}

#[tokio::test]
async fn an_operation_before_init_closes_with_4401() {
    let server = Server::start().await;
    let mut client = Client::connect(&server).await;
    client.subscribe("x", "{ hello }").await;
    assert_eq!(client.closed().await.0, 4401);
}

#[tokio::test]
async fn a_second_init_closes_with_4429() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    client.send(json!({"type": "connection_init"})).await;
    assert_eq!(client.closed().await, (4429, "Too many initialisation requests".to_owned()));
}

#[tokio::test]
async fn an_id_in_use_closes_with_4409() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("x", "subscription { silence }").await;
    client.subscribe("x", "{ hello }").await;
    assert_eq!(client.closed().await, (4409, "Subscriber for x already exists".to_owned()));
    server.wait_for_streams(0).await;
}

#[tokio::test]
async fn a_message_that_the_protocol_does_not_know_closes_with_4400() {
    let server = Server::start().await;
    for text in [
        "hello",
        r#"{"type":"start","id":"1"}"#,
        r#"{"type":"subscribe","payload":{"query":"{ hello }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"ping","type":"ping"}"#,
    ] {
        let mut client = Client::ready(&server).await;
        client.send_text(text).await;
        assert_eq!(client.closed().await.0, 4400, "{text}");
    }
    let mut client = Client::ready(&server).await;
    futures_util::SinkExt::send(&mut client.0, Message::binary(b"{}".to_vec()))
        .await
        .expect("it is sent");
    assert_eq!(client.closed().await.0, 4400);
}

#[tokio::test]
async fn another_subprotocol_closes_with_4406() {
    let server = Server::start().await;
    let mut client = Client::connect_with(&server, &[]).await.expect("a WebSocket");
    assert_eq!(client.closed().await.0, 4406);
}

#[tokio::test]
async fn a_shutdown_closes_with_1001() {
    let server = Server::start().await;
    let mut client = Client::ready(&server).await;
    client.subscribe("x", "subscription { silence }").await;
    server.wait_for_streams(1).await;
    server.shutdown.cancel();
    assert_eq!(client.closed().await.0, 1001);
    server.wait_for_streams(0).await;
}
