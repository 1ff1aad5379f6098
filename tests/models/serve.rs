//! `GET /dtmi/…` of a running server.

use counterpart::dtdl::repository_path;
use serde_json::Value;

use crate::linter::{Folder, interface};
use crate::support::server::Server;

const THERMOSTAT: &str = "dtmi:com:example:Thermostat;1";
const PATH: &str = "/dtmi/com/example/thermostat-1.json";

/// A server with a thermostat and a room that extends it.
async fn server() -> (Server, Folder) {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let server = Server::start(&["--data", &data.to_string_lossy()]).await;
    let room = interface("dtmi:com:example:Room;1.2", &[THERMOSTAT]);
    let both = format!("[{},{room}]", interface(THERMOSTAT, &[]));
    let report = server.import("models.json", both.into_bytes()).await;
    assert_eq!(report["models"]["added"], 2, "{report:#}");
    (server, folder)
}

async fn get(server: &Server, path: &str) -> reqwest::Response {
    let request = server.http.get(format!("{}{path}", server.url));
    request.send().await.expect("an answer")
}

fn header<'a>(answer: &'a reqwest::Response, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |v| v.to_str().expect("text"))
}

#[tokio::test]
async fn a_model_is_at_its_path_in_any_case() {
    let (server, _folder) = server().await;
    for path in [PATH, "/dtmi/com/example/Thermostat-1.json"] {
        let answer = get(&server, path).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "content-type"), "application/json");
        let model: Value = answer.json().await.expect("JSON");
        assert_eq!(model["@id"], THERMOSTAT);
    }
    let answer = get(&server, "/dtmi/com/example/room-1.2.json").await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let (server, _folder) = server().await;
    for path in [
        "/dtmi/com/example/thermostat-2.json",
        "/dtmi/com/example/thermostat.json",
        "/dtmi/com/example/thermostat-1",
        "/dtmi/com/example/thermostat-2.expanded.json",
        "/dtmi/com/example/thermostat-1.expanded.expanded.json",
        "/dtmi/com/example/",
        "/dtmi/com%2Fexample/thermostat-1.json",
        "/dtmi",
    ] {
        let answer = get(&server, path).await;
        assert_eq!(answer.status(), 404, "{path}");
        let content_type = header(&answer, "content-type");
        assert_eq!(content_type, "application/problem+json", "{path}");
        let problem: Value = answer.json().await.expect("JSON");
        let code = problem["code"].as_str().unwrap_or_default();
        assert!(["NO_SUCH_MODEL", "NO_SUCH_ROUTE"].contains(&code), "{code}");
    }
    let post = server.http.post(format!("{}{PATH}", server.url));
    let answer = post.send().await.expect("an answer");
    assert_eq!(answer.status(), 405);
    assert_eq!(header(&answer, "allow"), "GET, HEAD");
}

#[tokio::test]
async fn a_copy_that_is_still_good_is_not_sent_again() {
    let (server, _folder) = server().await;
    let tag = header(&get(&server, PATH).await, "etag").to_owned();
    let again = |tag: String| {
        let request = server.http.get(format!("{}{PATH}", server.url));
        request.header("if-none-match", tag).send()
    };
    let known = again(format!("\"other\", W/{tag}")).await.expect("an answer");
    assert_eq!(known.status(), 304);
    assert_eq!(header(&known, "etag"), tag);
    let other = again("\"other\"".to_owned()).await.expect("an answer");
    assert_eq!(other.status(), 200);
}

#[tokio::test]
async fn what_a_server_serves_is_a_repository_to_resolve_from() {
    let (server, folder) = server().await;
    for id in [THERMOSTAT, "dtmi:com:example:Room;1.2"] {
        let path = repository_path(&id.parse().expect("a DTMI"));
        let text = get(&server, &format!("/{path}")).await.text().await;
        folder.write(&format!("repo/{path}"), text.expect("a text"));
    }
    let mine = interface("dtmi:mine:Hall;1", &["dtmi:com:example:Room;1.2"]);
    let ended = folder.write("mine.json", mine).check(&["mine.json", "--resolve", "repo"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[tokio::test]
async fn an_expanded_file_holds_a_model_and_all_that_it_needs() {
    let (server, _folder) = server().await;
    let metadata: Value = get(&server, "/metadata.json").await.json().await.expect("JSON");
    let expected = serde_json::json!({ "totalModelCount": 2, "features": { "expanded": true } });
    assert_eq!(metadata, expected);
    let answer = get(&server, "/dtmi/com/example/room-1.2.expanded.json").await;
    assert_eq!(answer.status(), 200);
    assert!(!header(&answer, "etag").is_empty());
    let models: Value = answer.json().await.expect("JSON");
    let ids: Vec<_> = models.as_array().expect("a list").iter().map(|m| &m["@id"]).collect();
    assert_eq!(ids, ["dtmi:com:example:Room;1.2", THERMOSTAT]);
}

#[tokio::test]
async fn models_are_checked_against_those_of_a_server() {
    let (server, folder) = server().await;
    let room = "dtmi:com:example:Room;1.2";
    folder.write("mine.json", interface("dtmi:mine:Lab;1", &[room, THERMOSTAT]));
    folder.write("other.json", interface("dtmi:mine:Hall;1", &[THERMOSTAT]));
    let ended = folder.check(&["mine.json", "other.json", "--resolve", &server.url]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("with 4 interfaces, are valid"), "{}", ended.out);
    // What the folder defines itself is not taken from the server once more.
    folder.write("own.json", interface(THERMOSTAT, &[]));
    let ended = folder.check(&["mine.json", "own.json", "--resolve", &server.url]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    folder.write("lost.json", interface("dtmi:mine:Lost;1", &["dtmi:com:example:Nothing;1"]));
    let ended = folder.check(&["lost.json", "--resolve", &server.url]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("dtmi:com:example:Nothing;1"), "{}", ended.out);
}
