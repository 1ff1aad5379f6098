//! `POST /ingest` over a real socket.

use std::io::Write;
use std::time::Duration;

use counterpart::domain::value::Value;
use counterpart::engine::EngineOptions;
use counterpart::ingest::http::HttpOptions;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{Plant, counted, resident_bytes};

const JSON: (&str, &str) = ("content-type", "application/json");
const GZIP: (&str, &str) = ("content-encoding", "gzip");

type Headers<'a> = &'a [(&'a str, &'a str)];

fn reading(device: &str, second: usize, value: &str) -> String {
    let time = format!("2026-03-01T08:{:02}:{:02}Z", second / 60, second % 60);
    format!(r#"{{"device":"{device}","channel":"ch1","time":"{time}","value":{value}}}"#)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn readings_of_unknown_devices_are_quarantined_and_kept() {
    let plant = Plant::start().await;
    let answer = plant.post(reading("D1", 0, "81.4")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.account(), [1, 0, 0, 1, 0]);
    let kept = plant.latest("D1", "ch1").unwrap();
    assert_eq!(kept.value, Value::Double(81.4));
    assert_eq!(kept.time, "2026-03-01T08:00:00Z".parse().unwrap());
}

#[tokio::test]
async fn a_request_sent_again_changes_nothing_and_succeeds() {
    let plant = Plant::start().await;
    let body = format!("[{},{}]", reading("D1", 0, "1"), reading("D1", 1, "2"));
    assert_eq!(plant.post(body.clone()).await.account(), [2, 0, 0, 2, 0]);
    let again = plant.post(body).await;
    assert_eq!((again.status, again.account()), (200, [2, 0, 2, 0, 0]));
    assert_eq!(plant.held(), 2);
}

#[tokio::test]
async fn gzip_and_lines_are_taken_together() {
    let plant = Plant::start().await;
    let lines: Vec<String> = (0..10_000).map(|n| reading("D1", n % 3600, &n.to_string())).collect();
    let headers = [("content-type", "application/x-ndjson"), GZIP];
    let packed = gzip(lines.join("\n").as_bytes());
    let answer = plant.post_as("?system=mqtt", &headers, packed).await;
    assert_eq!(answer.account(), [10_000, 0, 0, 10_000, 0]);
    assert_eq!(plant.held(), 10_000);
}

#[tokio::test]
async fn one_bad_reading_in_ten_thousand_costs_only_itself() {
    let plant = Plant::start().await;
    let mut items: Vec<String> =
        (0..10_000).map(|n| reading("D1", n % 3600, &n.to_string())).collect();
    items[4711] = reading("D1", 0, "null");
    let answer = plant.post(format!("[{}]", items.join(","))).await;
    assert_eq!((answer.status, answer.account()), (200, [10_000, 0, 0, 9_999, 1]));
    let problem = &answer.body["problems"][0];
    assert_eq!(problem["index"], 4711);
    assert_eq!(problem["field"], "value");
    assert_eq!(problem["code"], "NULL_VALUE");
}

#[tokio::test]
async fn a_request_without_one_good_reading_is_refused_and_explained() {
    let plant = Plant::start().await;
    let ahead = plant.engine.now().plus_nanos(3_600_000_000_000);
    let table = [
        (reading("D1", 0, "1e999"), "NUMBER_OUT_OF_RANGE"),
        (reading("D1", 0, "18446744073709551616"), "NUMBER_OUT_OF_RANGE"),
        (reading("D1\\u0000admin", 0, "1"), "INVALID_ID"),
        (reading("a\\u200bb", 0, "1"), "INVALID_ID"),
        (reading("", 0, "1"), "INVALID_ID"),
        (reading(&"d".repeat(600), 0, "1"), "INVALID_ID"),
        (
            reading("D1", 0, &"[".repeat(30)).replace('}', &format!("{}}}", "]".repeat(30))),
            "VALUE_TOO_LARGE",
        ),
        (r#"{"id":"dev-1","value":1,"value":2,"id":"dev-2"}"#.into(), "DUPLICATE_FIELD"),
        (
            format!(r#"{{"device":"D1","channel":"c","time":"{ahead}","value":1}}"#),
            "TIME_IN_FUTURE",
        ),
        (r#"{"device":"D1","channel":"c","value":1,"unit":"C"}"#.into(), "UNKNOWN_FIELD"),
        ("5".into(), "NOT_AN_OBJECT"),
    ];
    for (body, code) in table {
        let answer = plant.post(body.clone()).await;
        assert_eq!((answer.status, answer.code()), (422, code), "{body:.200}");
        assert_eq!(answer.account()[0], answer.account()[4]);
    }
    assert_eq!(plant.held(), 0);
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_with_its_place() {
    let plant = Plant::start().await;
    let table: [(Vec<u8>, &str); 7] = [
        (b"{\"device\":\"D1\",\n \"value\":NaN}".to_vec(), "INVALID_JSON"),
        (b"".to_vec(), "INVALID_JSON"),
        ("[".repeat(100_000).into_bytes(), "INVALID_JSON"),
        ("{\"a\":".repeat(5_000).into_bytes(), "INVALID_JSON"),
        (b"{\"value\":0x10}".to_vec(), "INVALID_JSON"),
        (b"{\"device\":\"\xff\xfe\",\"value\":1}".to_vec(), "INVALID_UTF8"),
        (b"\xff\xfe{\0\"\0".to_vec(), "INVALID_UTF8"),
    ];
    for (body, code) in table {
        let answer = plant.post(body.clone()).await;
        assert_eq!((answer.status, answer.code()), (400, code));
        assert!(answer.body["line"].as_u64().is_some(), "{}", answer.body);
    }
    let answer = plant.post("{\"device\":\"D1\",\n \"value\":NaN}").await;
    assert_eq!((&answer.body["line"], &answer.body["column"]), (&2.into(), &10.into()));
    assert_eq!(plant.held(), 0);
}

#[tokio::test]
async fn other_content_types_encodings_and_methods_are_refused() {
    let plant = Plant::start().await;
    let one = reading("D1", 0, "1");
    let table: [(Headers, u16, &str); 6] = [
        (&[("content-type", "text/plain")], 415, "UNSUPPORTED_CONTENT_TYPE"),
        (&[], 415, "UNSUPPORTED_CONTENT_TYPE"),
        (&[JSON, ("content-encoding", "br")], 415, "UNSUPPORTED_CONTENT_ENCODING"),
        (&[JSON, ("content-encoding", "gzip, gzip")], 415, "UNSUPPORTED_CONTENT_ENCODING"),
        (&[JSON, ("x-source", "")], 400, "INVALID_QUERY"),
        (&[("content-type", "Application/JSON; charset=utf-8")], 200, "-"),
    ];
    for (headers, status, code) in table {
        let answer = plant.post_as("?system=mqtt", headers, one.clone()).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{headers:?}");
    }
    let answer = plant.post_as("?sistem=mqtt", &[JSON], one).await;
    assert_eq!((answer.status, answer.code()), (400, "INVALID_QUERY"));
    let answer = plant.client.get(&plant.url).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 405);
    assert_eq!(answer.headers()["allow"], "POST");
}

#[tokio::test]
async fn damaged_or_nested_gzip_is_refused() {
    let plant = Plant::start().await;
    let whole = gzip(&b"{\"a\":1}".repeat(1000));
    let junk = [whole.clone(), b"junk".to_vec()].concat();
    let table = [
        (whole[..whole.len() - 9].to_vec(), "INVALID_GZIP"),
        (junk, "INVALID_GZIP"),
        (b"{}".to_vec(), "INVALID_GZIP"),
        (gzip(&whole), "INVALID_UTF8"),
    ];
    for (body, code) in table {
        let answer = plant.post_as("", &[JSON, GZIP], body).await;
        assert_eq!((answer.status, answer.code()), (400, code));
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_the_limit() {
    let plant = Plant::start().await;
    let body = format!("[{}]", vec![reading("D1", 0, "1"); 150_000].join(","));
    let answer = plant.post(body).await;
    assert_eq!((answer.status, answer.code()), (413, "BODY_TOO_LARGE"));
    assert_eq!(answer.body["bytesMax"], 4 * 1024 * 1024);
    let many = format!("{{\"device\":\"D\",\"values\":{{{}}}}}", values(60_000));
    let answer = plant.post(many).await;
    assert_eq!((answer.status, answer.code()), (413, "TOO_MANY_READINGS"));
    assert_eq!(plant.held(), 0);
}

fn values(count: usize) -> String {
    let values: Vec<String> = (0..count).map(|n| format!("\"c{n}\":{n}")).collect();
    values.join(",")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_bombs_at_once_are_refused_in_little_memory() {
    let plant = Plant::start().await;
    let bomb = bytes::Bytes::from(gzip(&vec![b'0'; 256 << 20]));
    let before = resident_bytes();
    let posts = (0..100).map(|_| {
        let bomb = bomb.clone();
        let plant = &plant;
        async move { plant.post_as("", &[JSON, GZIP], bomb).await }
    });
    let answers = futures_util::future::join_all(posts);
    let (answers, peak) = tokio::join!(answers, async {
        let mut peak = 0;
        for _ in 0..200 {
            peak = peak.max(resident_bytes());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        peak
    });
    for answer in &answers {
        let expected = [(413, "BODY_TOO_LARGE"), (503, "BUSY")];
        assert!(expected.contains(&(answer.status, answer.code())), "{}", answer.body);
    }
    let refused = answers.iter().filter(|a| a.status == 413).count();
    let rise = peak.saturating_sub(before) >> 20;
    println!("{refused} of 100 bombs were refused for good; memory rose by {rise} MiB");
    assert!(rise < 64, "memory rose by {rise} MiB");
    assert_eq!(plant.post(reading("D1", 0, "1")).await.status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let http = HttpOptions {
        body_deadline: Duration::from_millis(200),
        in_flight_wait: Duration::from_millis(200),
        ..HttpOptions::default()
    };
    let plant = Plant::with(http, EngineOptions::default(), 10).await;
    let address = plant.url.trim_start_matches("http://").trim_end_matches("/ingest");
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = "POST /ingest HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = socket.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn an_answer_comes_only_after_the_commit_and_a_full_queue_sends_away() {
    let options = EngineOptions {
        queue_requests_max: 1,
        queue_wait: Duration::from_millis(100),
        group_requests_max: 1,
        ..EngineOptions::default()
    };
    let plant = Plant::with(HttpOptions::default(), options, 100).await;
    plant.gate.close();
    let posts = (0..6).map(|n| plant.post(reading("D1", n, "1")));
    let mut posts = Box::pin(futures_util::future::join_all(posts));
    let early = tokio::time::timeout(Duration::from_millis(500), &mut posts).await;
    assert!(early.is_err(), "some request was answered before its commit");
    plant.gate.open();
    let answers = posts.await;
    let kept = answers.iter().filter(|a| a.status == 200).count();
    let away: Vec<_> = answers.iter().filter(|a| a.status == 503).collect();
    assert_eq!((kept + away.len(), kept as u64), (6, plant.held()));
    assert!(!away.is_empty());
    assert!(away.iter().all(|a| a.code() == "BUSY" && a.retry_after.is_some()));
}

#[tokio::test]
async fn the_limit_of_streams_rejects_only_new_channels() {
    let plant = Plant::with(HttpOptions::default(), EngineOptions::default(), 1).await;
    assert_eq!(plant.post(reading("D1", 0, "1")).await.status, 200);
    let body = format!("[{},{}]", reading("D1", 1, "1"), reading("D2", 1, "1"));
    let answer = plant.post(body).await;
    assert_eq!((answer.status, answer.account()), (200, [2, 0, 0, 1, 1]));
    assert_eq!(answer.code(), "LIMIT_REACHED");
}

#[tokio::test]
async fn metrics_account_for_every_reading_of_a_source() {
    let plant = Plant::start().await;
    let body = format!("[{},{},7]", reading("D1", 0, "1"), reading("D1", 1, "1"));
    for _ in 0..2 {
        plant.post_as("?system=mqtt&source=line-7", &[JSON], body.clone()).await;
    }
    plant.post_as("?system=mqtt", &[JSON, ("x-source", "line-7")], "not json").await;
    let source = r#"source="line-7""#;
    let outcome = |outcome: &str| {
        counted("counterpart_readings_total", &[source, &format!("outcome=\"{outcome}\"")])
    };
    let received = counted("counterpart_readings_received_total", &[source]);
    assert_eq!(received, 7);
    assert_eq!(outcome("quarantined"), 2);
    assert_eq!(outcome("duplicate"), 2);
    assert_eq!(outcome("rejected"), 3);
    assert_eq!(counted("counterpart_readings_total", &[source]), received);
}
