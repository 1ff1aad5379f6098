//! Many at once: bombs, connections, and subscribers that do not read.

use std::io::Write;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::plant::Plant;
use crate::probe::Probe;
use crate::raw::Raw;
use crate::support::server::Server;

/// How much memory may rise under any of them, in bytes.
const RISE_MAX: u64 = 64 << 20;

fn bomb(bytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&vec![b' '; bytes]).expect("memory is enough");
    encoder.finish().expect("memory is enough")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_gzip_bombs_leave_memory_and_others_alone() {
    let plant = Plant::empty(&[]).await;
    let bomb = bomb(256 << 20);
    let before = plant.server.memory();
    let probe = Probe::start(&plant.server);
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    for path in ["/ingest", "/graphql"] {
        let sent = (0..100).map(|_| plant.server.post_with(path, &headers, bomb.clone()));
        for answer in join_all(sent).await {
            assert!([413, 415, 503].contains(&answer.status), "{path}: {answer:?}");
        }
    }
    probe.assert_unharmed().await;
    let risen = plant.server.memory().saturating_sub(before);
    assert!(risen < RISE_MAX, "memory rose by {risen} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_connections_that_say_little_leave_room_for_one_more() {
    let plant = Plant::empty(&[]).await;
    let before = plant.server.memory();
    let beginnings = [
        "",
        "POST /ingest HTTP/1.1\r\nHost: loc",
        "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ];
    // Each is an open file of this process, too, which may have no more than it is allowed.
    let mut held = Vec::new();
    for text in beginnings {
        held.extend(join_all((0..250).map(|_| Raw::open(&plant.server, text))).await);
    }
    let probe = Probe::start(&plant.server);
    let reading = r#"{"device":"D","channel":"c","value":1}"#;
    let answer = plant.server.post("/ingest", "application/json", reading).await;
    assert_eq!(answer.status, 200);
    tokio::time::sleep(Duration::from_millis(200)).await;
    probe.assert_unharmed().await;
    let risen = plant.server.memory().saturating_sub(before);
    assert!(risen < RISE_MAX, "memory rose by {risen} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_limit_connections_wait_until_silent_ones_are_closed() {
    let settings = [
        ("COUNTERPART_SERVER__CONNECTIONS", "20"),
        ("COUNTERPART_SERVER__HEADER_TIMEOUT_MS", "400"),
    ];
    let plant = Plant::empty(&settings).await;
    let silent = join_all((0..40).map(|_| Raw::open(&plant.server, ""))).await;
    let asked = std::time::Instant::now();
    assert_eq!(plant.server.position().await, "0");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    drop(silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_never_reads_is_cut_off_and_costs_little() {
    let settings = [("COUNTERPART_GRAPHQL__WRITE_TIMEOUT_MS", "700")];
    let plant = Plant::full(&settings).await;
    let deaf = subscribe(&plant.server).await;
    let before = plant.server.memory();
    let probe = Probe::start(&plant.server);
    let begun = Instant::now();
    // The gateway measures something at these moments: else there would be nothing to tell.
    let since_1970 = std::time::UNIX_EPOCH.elapsed().expect("a clock");
    let mut time = i64::try_from(since_1970.as_millis()).expect("this century") - 100_000;
    while !closed_as_too_slow(&plant.server).await {
        assert!(begun.elapsed() < Duration::from_secs(15), "it is served for ever");
        let reading = |n: i64| json!({"system": "mqtt", "device": "MQTT-GW-4471", "channel": "ch1", "time": time + n, "value": n});
        let batch: Vec<_> = (0..500).map(reading).collect();
        let (status, answer) = plant.server.ingest(&json!(batch)).await.expect("an answer");
        assert_eq!(status, 200, "{answer}");
        time += 500;
    }
    probe.assert_unharmed().await;
    let risen = plant.server.memory().saturating_sub(before);
    assert!(risen < RISE_MAX, "memory rose by {risen} bytes");
    drop(deaf);
}

/// A WebSocket that subscribes to everything, and then is not read any more.
async fn subscribe(server: &Server) -> WebSocketStream<TcpStream> {
    let url = server.url.replace("http", "ws") + "/graphql";
    let mut request = url.into_client_request().expect("a URL");
    let protocol = "graphql-transport-ws".parse().expect("a header");
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", protocol);
    let address = server.url.trim_start_matches("http://");
    let small = TcpSocket::new_v4().expect("a socket");
    // What waits in the kernel of a client that does not read is no concern here.
    small.set_recv_buffer_size(4096).expect("a small buffer");
    let connected = small.connect(address.parse().expect("an address")).await;
    let connected = connected.expect("a connection");
    let upgraded = tokio_tungstenite::client_async(request, connected).await;
    let (mut socket, _) = upgraded.expect("a WebSocket");
    let fields =
        "position kind path value twin { id displayName state { path value unit eventTime } }";
    let query = format!("subscription {{ twinChanged {{ {fields} }} }}");
    let payload = json!({ "query": query });
    let subscribe = json!({"id": "1", "type": "subscribe", "payload": payload});
    for message in [json!({"type": "connection_init"}), subscribe] {
        let sent = socket.send(Message::text(message.to_string())).await;
        sent.expect("it can be sent");
    }
    assert!(socket.next().await.is_some(), "it is acknowledged");
    socket
}

async fn closed_as_too_slow(server: &Server) -> bool {
    let answer = server.http.get(format!("{}/metrics", server.url)).send().await;
    let metrics = answer.expect("an answer").text().await.expect("text");
    metrics.contains("counterpart_graphql_ws_closed_total{code=\"1013\"}")
}
