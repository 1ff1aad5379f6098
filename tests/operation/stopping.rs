//! The orderly end of a server.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::plant::Plant;
use crate::raw::Raw;

const BEGUN: &str = r#"[{"device":"D","channel":"c","value":1}"#;

async fn settle() {
    tokio::time::sleep(Duration::from_millis(150)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_under_way_finish_sockets_hear_goodbye_and_the_exit_code_is_0() {
    let plant = Plant::empty(&[("COUNTERPART_SERVER__DRAIN_MS", "500")]).await;
    let mut request = Raw::half_a_post(&plant.server, "/ingest", BEGUN, 1).await;
    let url = plant.server.url.replace("http", "ws") + "/graphql";
    let mut upgrade = url.into_client_request().expect("a URL");
    let protocol = "graphql-transport-ws".parse().expect("a header");
    upgrade.headers_mut().insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = tokio_tungstenite::connect_async(upgrade).await.expect("a WebSocket");
    let init = Message::text(r#"{"type":"connection_init"}"#);
    socket.send(init).await.expect("it can be sent");
    settle().await;

    plant.server.ask_to_stop();
    settle().await;
    let ready = plant.server.http.get(format!("{}/readyz", plant.server.url)).send().await;
    assert_eq!(ready.expect("still answering").status(), 503, "no longer ready");
    let live = plant.server.http.get(format!("{}/livez", plant.server.url)).send().await;
    assert_eq!(live.expect("still answering").status(), 200, "but alive");
    request.say("]").await;
    let (heard, _) = request.heard_to_the_end().await;
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");

    let mut code = None;
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(Some(frame)) = message {
            code = Some(u16::from(frame.code));
        }
    }
    assert_eq!(code, Some(1001));
    assert_eq!(plant.server.exit_code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_finishes_is_cut_off_after_the_grace_and_a_second_signal_waits_for_nobody() {
    for (grace, signals, exit_code) in [("400", 1, 0), ("60000", 2, 130)] {
        let plant = Plant::empty(&[("COUNTERPART_SERVER__GRACE_MS", grace)]).await;
        let stuck = Raw::half_a_post(&plant.server, "/ingest", BEGUN, 1).await;
        settle().await;
        let told = Instant::now();
        for _ in 0..signals {
            plant.server.ask_to_stop();
            settle().await;
        }
        assert_eq!(plant.server.exit_code(), Some(exit_code));
        assert!(told.elapsed() < Duration::from_secs(3), "{:?}", told.elapsed());
        drop(stuck);
    }
}
