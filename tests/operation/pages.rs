//! Web pages of others, which make a browser send what they like.

use crate::plant::{Answer, Plant};

#[tokio::test]
async fn a_foreign_page_can_change_nothing_and_a_foreign_name_reads_nothing() {
    let plant = Plant::empty(&[]).await;
    let own = plant.server.url.clone();
    let posts = [
        ("/ingest", "application/json", r#"{"device":"D","channel":"c","value":1}"#),
        ("/import?name=a.ndjson", "text/plain", r#"{"system":{"name":"evil","title":"Evil"}}"#),
        (
            "/graphql",
            "application/json",
            r#"{"query":"mutation{declareSystem(input:{name:\"e\",title:\"E\"}){changed}}"}"#,
        ),
    ];
    for (path, content_type, body) in posts {
        for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
            let headers = [("content-type", content_type), ("origin", origin)];
            let answer = plant.server.post_with(path, &headers, body).await;
            assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN_ORIGIN"), "{path}");
        }
        let headers = [("content-type", content_type), ("host", "evil.example")];
        let answer = plant.server.post_with(path, &headers, body).await;
        assert_eq!((answer.status, answer.code()), (421, "UNKNOWN_HOST"), "{path}");
    }
    assert_eq!(plant.server.position().await, "0");
    let (path, content_type, body) = posts[0];
    let headers = [("content-type", content_type), ("origin", own.as_str())];
    let answer = plant.server.post_with(path, &headers, body).await;
    assert_eq!(answer.status, 200, "the server's own page may: {answer:?}");
}

#[tokio::test]
async fn a_listed_page_may_ask_before_it_sends_and_others_hear_no_yes() {
    let setting = ("COUNTERPART_SERVER__ALLOWED_ORIGINS", "[\"https://hmi.example\"]");
    let plant = Plant::empty(&[setting]).await;
    for (origin, allowed) in [("https://hmi.example", true), ("https://evil.example", false)] {
        let url = format!("{}/graphql", plant.server.url);
        let request = plant.server.http.request(reqwest::Method::OPTIONS, url);
        let request = request.header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let answer = Answer::of(request.send().await.expect("an answer")).await;
        let says_yes = answer.headers.get("access-control-allow-origin");
        assert_eq!(says_yes.is_some(), allowed, "{origin}: {answer:?}");
    }
}
