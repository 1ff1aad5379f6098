//! GraphQL documents that would stop a server without limits, at the real schema.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::plant::Plant;
use crate::probe::Probe;

const JSON: &str = "application/json";

fn bomb(fragments: usize) -> String {
    let mut document = "query{...F0}".to_owned();
    for n in 0..fragments {
        let next = n + 1;
        document += &format!("fragment F{n} on Query{{...F{next} ...F{next}}}");
    }
    document + &format!("fragment F{fragments} on Query{{__typename}}")
}

/// Documents and the codes of their refusal.
fn documents() -> Vec<(String, &'static str)> {
    let aliases: String = (0..10_000).map(|n| format!("a{n}:__typename ")).collect();
    let some: String = (0..1_000).map(|n| format!("a{n}:__typename ")).collect();
    let circle = |depth| {
        let (down, up) = ("fields{type{".repeat(depth), "}}".repeat(depth));
        format!("{{__schema{{types{{{down}name{up}}}}}}}")
    };
    let wide = "twins(first:1000){nodes{relationships(first:1000){nodes{name}}}}";
    let up = "twin{location{".repeat(200) + &"}}".repeat(200);
    let one = |text: &str| text.to_owned();
    vec![
        (bomb(14), "TOO_MANY_FIELDS"),
        (bomb(24), "TOO_MANY_FIELDS"),
        (bomb(30), "DOCUMENT_TOO_DEEP"),
        (format!("{{{aliases}}}"), "DOCUMENT_TOO_LARGE"),
        (format!("{{{some}}}"), "TOO_MANY_ALIASES"),
        (circle(200), "DOCUMENT_TOO_DEEP"),
        (circle(6), "INTROSPECTION_TOO_DEEP"),
        (format!("{{{up}}}"), "DOCUMENT_TOO_DEEP"),
        (format!("{{__typename{}}}", " @a".repeat(20_000)), "TOO_MANY_DIRECTIVES"),
        (format!("{{{}}}", "__typename ".repeat(50_000)), "DOCUMENT_TOO_LARGE"),
        (format!("{{{}}}", "systems{name} ".repeat(200)), "TOO_MANY_ROOT_FIELDS"),
        (one("{...A} fragment A on Query{...B} fragment B on Query{...A}"), "FRAGMENT_CYCLE"),
        (one("{twins(first:99999999){edges{node{id}}}}"), "QUERY_TOO_COSTLY"),
        (format!("{{{wide}}}"), "QUERY_TOO_COSTLY"),
        (one("{twins(first:-1){nodes{id}}}"), "BAD_USER_INPUT"),
        (one("{twins(after:\"\\u0000\"){nodes{id}}}"), "BAD_USER_INPUT"),
        (one("{twin(id:1e-400){id}}"), "BAD_USER_INPUT"),
        (one("{nothing}"), "GRAPHQL_VALIDATION_FAILED"),
        (one("{systems}"), "GRAPHQL_VALIDATION_FAILED"),
        (one("query A{systems{name}} query B{systems{name}}"), "OPERATION_NOT_FOUND"),
        (one("query($a:Nothing){systems{name}}"), "GRAPHQL_VALIDATION_FAILED"),
        (one("{systems{name}"), "GRAPHQL_PARSE_FAILED"),
        (one("subscription{twinChanged{position}}"), "SUBSCRIPTION_NEEDS_STREAM"),
        (one("\u{0}"), "GRAPHQL_PARSE_FAILED"),
        ("{".repeat(100_000), "DOCUMENT_TOO_DEEP"),
        ("\u{feff}{".to_owned() + &"\u{202e}".repeat(1_000), "GRAPHQL_PARSE_FAILED"),
    ]
}

#[tokio::test]
async fn each_hostile_document_is_refused_at_once_and_others_are_served() {
    let plant = Plant::full(&[]).await;
    let before = plant.server.memory();
    let probe = Probe::start(&plant.server);
    for (document, code) in documents() {
        let body = json!({ "query": document }).to_string();
        let asked = Instant::now();
        let answers = (0..4).map(|_| plant.server.post("/graphql", JSON, body.clone()));
        for answer in futures_util::future::join_all(answers).await {
            assert_eq!(answer.code(), code, "{document:.60}: {:.300}", answer.text);
            assert!(answer.status < 500 && answer.words().len() > 10, "{answer:?}");
            assert!(answer.text.len() < 10_000, "{document:.60}: a long answer");
        }
        let took = asked.elapsed();
        assert!(took < Duration::from_secs(1), "{document:.60}: {took:?}");
    }
    probe.assert_unharmed().await;
    let risen = plant.server.memory().saturating_sub(before);
    assert!(risen < 64 << 20, "memory rose by {risen} bytes");
}

#[tokio::test]
async fn operations_come_one_by_one_and_mutations_never_in_a_url() {
    let plant = Plant::empty(&[]).await;
    let batch = json!(vec![json!({"query": "{__typename}"}); 10_000]);
    let answer = plant.server.post("/graphql", JSON, batch.to_string()).await;
    assert_eq!((answer.status, answer.code()), (400, "BATCH_TOO_LONG"));
    let mutation = "mutation{declareSystem(input:{name:\"a\",title:\"A\"}){changed}}";
    for path in ["/graphql", "/graphql/stream"] {
        let url = format!("{}{path}", plant.server.url);
        let request = plant.server.http.get(url).query(&[("query", mutation)]);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 405, "{path}");
    }
    assert_eq!(plant.server.position().await, "0");
}
