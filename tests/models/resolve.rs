//! `--resolve`: what is missing comes from a device models repository.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use crate::linter::{Folder, WRONG, gzip, interface};

const A: &str = "dtmi:com:example:Abc;1";
const B: &str = "dtmi:com:example:Bcd;2.1";

/// A model that extends `Abc;1`, which extends `Bcd;2.1`; both of them in the repository.
fn plant() -> Folder {
    let folder = Folder::new();
    folder.write("mine.json", interface("dtmi:mine:Pump;1", &[A]));
    folder.write("repo/dtmi/com/example/abc-1.json", interface(A, &[B]));
    folder.write("repo/dtmi/com/example/bcd-2.1.json", interface(B, &[]));
    folder
}

#[test]
fn without_a_repository_what_is_missing_is_told() {
    let ended = plant().check(&["mine.json"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains(A), "{}", ended.out);
}

#[test]
fn missing_models_and_those_that_they_miss_are_found() {
    let ended = plant().check(&["mine.json", "--resolve", "repo"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let expected = "1 file and 2 more of the repository, with 3 interfaces, are valid.\n";
    assert_eq!(ended.out, expected);
}

#[test]
fn what_is_not_needed_is_not_looked_at() {
    let folder = plant();
    folder.write("repo/dtmi/com/example/wrong-1.json", WRONG);
    folder.write("repo/dtmi/com/example/torn-1.json", "{");
    let ended = folder.check(&["mine.json", "--resolve", "repo"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
}

#[test]
fn a_fault_in_the_repository_is_shown_with_its_line() {
    let folder = plant();
    let wrong = WRONG.replace("dtmi:com:example:Wrong;1", A);
    folder.write("repo/dtmi/com/example/abc-1.json", wrong);
    let ended = folder.check(&["mine.json", "--resolve", "repo"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("abc-1.json:6:"), "{}", ended.out);
    assert!(ended.out.contains("    6 | "), "{}", ended.out);
}

#[test]
fn a_file_without_the_model_that_its_path_names_does_not_help() {
    let folder = plant();
    let other = interface("dtmi:com:example:Other;1", &[]);
    folder.write("repo/dtmi/com/example/abc-1.json", other);
    let ended = folder.check(&["mine.json", "--resolve", "repo"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains(A), "{}", ended.out);
}

#[test]
fn a_repository_may_be_packed_file_by_file_under_the_same_names() {
    let folder = plant();
    let packed = gzip(&interface(A, &[B]));
    folder.write("repo/dtmi/com/example/abc-1.json", packed);
    assert_eq!(folder.check(&["mine.json", "--resolve", "repo"]).code, 0);
}

#[test]
fn the_first_of_several_repositories_counts() {
    let folder = plant();
    folder.write("own/dtmi/com/example/abc-1.json", interface(A, &[]));
    let both = ["mine.json", "--resolve", "own", "--resolve", "repo"];
    let ended = folder.check(&[&both[..], &["--format", "json"]].concat());
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(ended.json()["fetched"], 1);
}

#[test]
fn a_repository_checks_itself() {
    let ended = plant().check(&["repo", "--resolve", "repo"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert_eq!(ended.out, "2 files, with 2 interfaces, are valid.\n");
}

#[test]
fn a_repository_that_is_not_there_is_told() {
    let ended = plant().check(&["mine.json", "--resolve", "absent"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("`absent` is no folder"), "{}", ended.err);
}

#[test]
fn a_file_of_the_repository_that_cannot_be_read_is_told() {
    let folder = plant();
    folder.write("repo/dtmi/com/example/abc-1.json", [0xFF, 0xFE, 0x7B, 0x00]);
    let ended = folder.check(&["mine.json", "--resolve", "repo"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("abc-1.json"), "{}", ended.err);
    assert!(ended.err.contains("UTF-16"), "{}", ended.err);
}

/// Serves a folder over HTTP, an answer a connection, and answers 500 below `broken`.
fn serve(folder: &Folder) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let root = folder.path().to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().expect("memory"));
            reader.read_line(&mut line).expect("a request");
            let path = line.split(' ').nth(1).expect("a path").trim_start_matches('/');
            let (status, body) = match std::fs::read_to_string(root.join(path)) {
                _ if path.starts_with("broken") => ("500 Broken", String::new()),
                Ok(text) => ("200 OK", text),
                Err(_) => ("404 Not Found", String::new()),
            };
            let length = body.len();
            let head =
                format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}");
            write!(stream, "{head}\r\n\r\n{body}").expect("the client reads");
        }
    });
    url
}

#[test]
fn a_plain_http_server_with_a_path_is_a_repository() {
    let folder = plant();
    let url = format!("{}/repo/", serve(&folder));
    let ended = folder.check(&["mine.json", "--resolve", &url]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("with 3 interfaces, are valid"), "{}", ended.out);
    let wrong = WRONG.replace("dtmi:com:example:Wrong;1", B);
    folder.write("repo/dtmi/com/example/bcd-2.1.json", wrong);
    let ended = folder.check(&["mine.json", "--resolve", &url, "--format", "sarif"]);
    assert_eq!(ended.code, 1);
    let place = &ended.json()["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().expect("a URI");
    assert!(uri.starts_with("http://") && uri.ends_with("/bcd-2.1.json"), "{uri}");
}

#[test]
fn expanded_files_are_read_where_a_repository_has_them() {
    let folder = plant();
    folder.write("repo/metadata.json", "{\"features\": {\"expanded\": true}}");
    let both = format!("[{},\n{}]", interface(A, &[B]), interface(B, &[]));
    folder.write("repo/dtmi/com/example/abc-1.expanded.json", both);
    std::fs::remove_file(folder.path().join("repo/dtmi/com/example/bcd-2.1.json")).expect("a file");
    let url = format!("{}/repo", serve(&folder));
    let ended = folder.check(&["mine.json", "--resolve", &url]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let expected = "1 file and 1 more of the repository, with 3 interfaces, are valid.\n";
    assert_eq!(ended.out, expected);
}

#[test]
fn repositories_that_cannot_be_asked_are_named() {
    let folder = plant();
    let asked = |url: &str| folder.check(&["mine.json", "--resolve", url]);
    let ended = asked("https://devicemodels.azure.com");
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("only http://") && ended.err.contains("git clone"), "{}", ended.err);
    let ended = asked("http://127.0.0.1:9");
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("no answer from http://127.0.0.1:9"), "{}", ended.err);
    let ended = asked(&format!("{}/broken", serve(&folder)));
    assert!(ended.err.contains("answers 500"), "{}", ended.err);
}
