//! The documents in `graphql/operations`, as clients send them: golden answers.

use async_graphql::{Request, Variables};
use counterpart::graphql::GraphqlService;
use futures_util::StreamExt;
use serde_json::Value as Json;

use crate::fixture::{Plant, repository};

/// How many events of a subscription are looked at.
const EVENTS: usize = 8;

/// Every document, with the variables beside it, against a fresh plant.
#[tokio::test]
async fn the_documents_that_clients_send_answer_as_before() {
    let directory = repository().join("graphql/operations");
    let mut documents: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "graphql"))
        .collect();
    documents.sort();
    assert!(documents.len() >= 31, "documents are missing");
    for path in documents {
        let document = std::fs::read_to_string(&path).unwrap();
        let variables = std::fs::read_to_string(path.with_extension("json"));
        let variables = variables.map_or(Json::Null, |text| serde_json::from_str(&text).unwrap());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_review = name.starts_with("review-");
        let plant = if is_review { Plant::doubtful().await } else { Plant::demo().await };
        let answer = if document.contains("subscription ") {
            events(&plant, &document, variables).await
        } else {
            plant.ask(&document, variables).await
        };
        insta::assert_json_snapshot!(name, answer);
    }
}

async fn events(plant: &Plant, document: &str, variables: Json) -> Json {
    let request = Request::new(document).variables(Variables::from_json(variables));
    let events = plant.graphql.subscribe(request).take(EVENTS);
    let events: Vec<_> = events.map(|event| serde_json::to_value(event).unwrap()).collect().await;
    Json::Array(events)
}
