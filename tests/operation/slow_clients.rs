//! Clients that begin and do not go on.

use std::time::Duration;

use crate::plant::Plant;
use crate::probe::Probe;
use crate::raw::Raw;

const SETTINGS: [(&str, &str); 3] = [
    ("COUNTERPART_SERVER__HEADER_TIMEOUT_MS", "500"),
    ("COUNTERPART_INGEST__BODY_DEADLINE_MS", "700"),
    ("COUNTERPART_GRAPHQL__BODY_TIMEOUT_MS", "700"),
];

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_go_on_is_answered_and_hung_up_on_in_time() {
    let plant = Plant::empty(&SETTINGS).await;
    let server = &plant.server;
    let probe = Probe::start(server);
    let cases = [
        ("", ""),
        ("POST /inge", ""),
        ("POST /ingest HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", ""),
        ("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", "200 OK"),
    ];
    for (said, expected) in cases {
        let (heard, took) = Raw::open(server, said).await.heard_to_the_end().await;
        assert!(heard.contains(expected), "{said:?}: {heard}");
        assert!(took < Duration::from_secs(2), "{said:?}: {took:?}");
    }
    for path in ["/ingest", "/graphql"] {
        let stalled = Raw::half_a_post(server, path, "[", 100).await;
        let (heard, took) = stalled.heard_to_the_end().await;
        assert!(heard.starts_with("HTTP/1.1 408"), "{path}: {heard}");
        assert!(took < Duration::from_secs(5), "{path}: {took:?}");
    }
    probe.assert_unharmed().await;
    assert_eq!(server.position().await, "0");
}

#[tokio::test]
async fn who_hangs_up_in_the_middle_changes_nothing() {
    let plant = Plant::empty(&[]).await;
    let reading = r#"[{"device":"D","channel":"c","value":1}"#;
    for path in ["/ingest", "/graphql", "/import?name=a.ndjson"] {
        drop(Raw::half_a_post(&plant.server, path, reading, 1).await);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(plant.server.position().await, "0");
}
