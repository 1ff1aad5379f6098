//! The explorer page.

use super::fixture::Server;

async fn get(server: &Server, path: &str, accept: &str) -> reqwest::Response {
    reqwest::Client::new()
        .get(server.url(path))
        .header("accept", accept)
        .send()
        .await
        .expect("an answer")
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_browser_gets_the_page_with_the_examples() {
    let server = Server::start().await;
    let response = get(&server, "/graphql", BROWSER).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(response.headers().contains_key("content-security-policy"));
    let page = response.text().await.expect("text");
    assert!(page.contains("Say hello"));
}

#[tokio::test]
async fn a_link_with_a_query_gets_the_answer() {
    let server = Server::start().await;
    let response = get(&server, "/graphql?query=%7Bhello%7D", BROWSER).await;
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
}
