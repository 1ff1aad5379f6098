//! Bodies that are no JSON, no UTF-8, no gzip, or of no type that is taken.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::plant::{Answer, Plant};

const JSON: &str = "application/json";
/// Every way in that takes JSON.
const WAYS_IN: [&str; 3] = ["/ingest", "/import?name=a.json", "/graphql"];

/// Texts that look like JSON values, and are none.
const NO_VALUES: &[&[u8]] = &[
    b"01",
    b"+1",
    b"1.",
    b".5",
    b"-",
    b"1e",
    b"1e+",
    b"0x10",
    b"1_000",
    b"1 2",
    b"- 1",
    b"1.2.3",
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"nan",
    b"inf",
    b"True",
    b"nul",
    b"truer",
    b"undefined",
    b"'a'",
    b"\"a",
    b"a\"",
    b"\"\\x41\"",
    b"\"\\u12\"",
    b"\"\\u{41}\"",
    b"\"\\\"",
    b"\"a\nb\"",
    b"\"\x00\"",
    b"\"\x1f\"",
    b"[1,]",
    b"[,1]",
    b"[1 2]",
    b"[1",
    b"1]",
    b"[1}",
    b"[\"a\":1]",
    b"{a:1}",
    b"{\"a\"}",
    b"{\"a\":}",
    b"{\"a\":1,}",
    b"{,}",
    b"{\"a\" 1}",
    b"{\"a\"::1}",
    b"{1:1}",
    b"{\"a\":1",
    b"// 1\n",
    b"/* 1 */",
    b"1#",
    b"$",
    b"{{}}",
    b"\xff",
    b"\"\xff\"",
    b"\"\xc0\xaf\"",
    b"\"\xed\xa0\x80\"",
    b"\"\xf5\x80\x80\x80\"",
    b"\xe2\x80\xa8",
    b"\x0c1",
];

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory is enough");
    encoder.finish().expect("memory is enough")
}

fn assert_refused(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
    assert_ne!(answer.code(), "none", "{what}: {answer:?}");
    assert!(answer.words().len() > 10, "{what}: {answer:?}");
}

#[tokio::test]
async fn a_text_that_is_no_json_is_refused_at_every_way_in_and_changes_nothing() {
    let plant = Plant::empty(&[]).await;
    for case in NO_VALUES {
        let what = String::from_utf8_lossy(case);
        let bodies = [
            case.to_vec(),
            [br#"{"device":"D","channel":"c","value":"#, *case, b"}"].concat(),
            [br#"{"record":{"key":"erp:1","kind":"k","attributes":{"a":"#, *case, b"}}}"].concat(),
            [br#"{"query":"{__typename}","variables":{"a":"#, *case, b"}}"].concat(),
        ];
        for body in bodies {
            for way in WAYS_IN {
                let answer = plant.server.post(way, JSON, body.clone()).await;
                assert_refused(&answer, &format!("{way} {what}"));
            }
        }
    }
    assert_eq!(plant.server.position().await, "0");
}

#[tokio::test]
async fn deep_wide_and_long_json_is_refused_at_once() {
    let plant = Plant::empty(&[]).await;
    let keys: String = (0..200_000).map(|n| format!("\"k{n}\":{n},")).collect();
    let bodies = [
        "[".repeat(100_000),
        "{\"a\":".repeat(50_000),
        format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)),
        format!("{{{keys}\"z\":1}}"),
        format!("{{\"value\":{}}}", "9".repeat(100_000)),
        format!("{{\"query\":\"{}\"}}", "a".repeat(1_000_000)),
        format!("[{}]", vec!["1"; 100_000].join(",")),
    ];
    for body in bodies {
        for way in WAYS_IN {
            let asked = std::time::Instant::now();
            let answer = plant.server.post(way, JSON, body.clone()).await;
            let took = asked.elapsed();
            let what = format!("{way} {body:.20} {:?}", answer.code());
            let graphql_says_so_with_200 = way == "/graphql" && answer.code() != "none";
            assert!(
                (400..500).contains(&answer.status) || graphql_says_so_with_200,
                "{what}: {:.300}",
                answer.text
            );
            assert!(answer.text.len() < 400_000, "{what}: a long answer");
            assert!(took < std::time::Duration::from_secs(4), "{what}: {took:?}");
        }
    }
    assert_eq!(plant.server.position().await, "0");
}

#[tokio::test]
async fn packed_bodies_are_unpacked_whole_or_refused() {
    let plant = Plant::empty(&[]).await;
    let reading = br#"{"device":"D","channel":"c","value":1}"#;
    let whole = packed(reading);
    let junk = [whole.as_slice(), b"junk"].concat();
    let headers = [("content-type", JSON), ("content-encoding", "gzip")];
    let table: [(&[u8], u16, &str); 5] = [
        (&whole[..whole.len() - 9], 400, "INVALID_GZIP"),
        (&junk, 400, "INVALID_GZIP"),
        (reading, 400, "INVALID_GZIP"),
        (&packed(&whole), 400, "INVALID_UTF8"),
        (&packed(&vec![b' '; 5 << 20]), 413, "BODY_TOO_LARGE"),
    ];
    for (body, status, code) in table {
        let answer = plant.server.post_with("/ingest", &headers, body).await;
        assert_eq!((answer.status, answer.code()), (status, code), "{answer:?}");
    }
    // GraphQL takes nothing packed, and says that instead of complaining about the JSON.
    let answer = plant.server.post_with("/graphql", &headers, whole).await;
    assert_eq!((answer.status, answer.code()), (415, "UNSUPPORTED_MEDIA_TYPE"));
    assert!(answer.words().contains("Content-Encoding"), "{answer:?}");
    assert_eq!(plant.server.position().await, "0");
}

#[tokio::test]
async fn wrong_types_methods_and_parameters_are_named() {
    let plant = Plant::empty(&[]).await;
    let server = &plant.server;
    let table = [
        ("/ingest", "text/plain", 415, "UNSUPPORTED_CONTENT_TYPE"),
        ("/ingest", "multipart/form-data", 415, "UNSUPPORTED_CONTENT_TYPE"),
        ("/ingest?sistem=x", JSON, 400, "INVALID_QUERY"),
        ("/ingest?system=%FF", JSON, 400, "INVALID_QUERY"),
        ("/ingest?system=%00", JSON, 400, "INVALID_QUERY"),
        ("/ingest?source=a%0Ab", JSON, 400, "INVALID_QUERY"),
        ("/graphql", "application/graphql", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("/graphql", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("/graphql", "application/json; charset=utf-16", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("/import", JSON, 400, "NAME_MISSING"),
        ("/import?nane=a.json", JSON, 400, "INVALID_QUERY"),
        ("/import?name=a.json", "multipart/form-data", 415, "UNSUPPORTED_CONTENT_TYPE"),
        ("/importz", JSON, 404, "NO_SUCH_ROUTE"),
    ];
    for (path, content_type, status, code) in table {
        let answer = server.post(path, content_type, "{}").await;
        assert_eq!((answer.status, answer.code()), (status, code), "{path}: {answer:?}");
        assert!(answer.words().len() > 10, "{path}: {answer:?}");
    }
    for path in ["/ingest", "/import", "/graphql"] {
        let answer = server.http.put(format!("{}{path}", server.url)).send().await;
        let answer = Answer::of(answer.expect("an answer")).await;
        assert_eq!((answer.status, answer.code()), (405, "METHOD_NOT_ALLOWED"), "{path}");
        assert!(answer.headers.contains_key("allow"), "{path}");
    }
}
