//! A server with the sample plant, and what tests ask of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::server::Server;

/// A server on an empty directory that goes away with it.
pub struct Plant {
    pub server: Server,
    directory: tempfile::TempDir,
}

impl Plant {
    /// An empty server with these settings.
    pub async fn empty(settings: &[(&str, &str)]) -> Self {
        Self::on(tempfile::tempdir().expect("a temporary directory"), settings).await
    }

    /// A server on what another one left.
    pub async fn on(directory: tempfile::TempDir, settings: &[(&str, &str)]) -> Self {
        let path = directory.path().display().to_string();
        let server = Server::start_with(&["--data", &path], settings).await;
        Self { server, directory }
    }

    /// kill -9, and a server with these settings on what is there.
    pub async fn killed(self, settings: &[(&str, &str)]) -> Self {
        self.server.kill();
        let path = self.directory.path().display().to_string();
        let server = Server::start_with(&["--data", &path], settings).await;
        Self { server, directory: self.directory }
    }

    /// A server with models, twins, ids and bindings.
    pub async fn full(settings: &[(&str, &str)]) -> Self {
        let plant = Self::empty(settings).await;
        load(&plant.server.url);
        plant
    }

    /// What `/metrics` says.
    pub async fn metrics(&self) -> String {
        let answer = self.server.http.get(format!("{}/metrics", self.server.url)).send().await;
        answer.expect("an answer").text().await.expect("text")
    }

    /// Where its data are.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Stops the server, and leaves the data.
    pub fn stop(self) -> tempfile::TempDir {
        assert_eq!(self.server.terminate(), Some(0));
        self.directory
    }

    /// kill -9, which leaves what was on disk.
    pub fn kill(self) -> tempfile::TempDir {
        self.server.kill();
        self.directory
    }
}

/// Loads the sample plant into a server.
pub fn load(url: &str) {
    let mut command = counterpart();
    command.args(["import", "--server", url]).args(files());
    let done = command.output().expect("the program runs");
    assert!(done.status.success(), "{done:?}");
}

/// The program.
pub fn counterpart() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart"));
    command.env("COUNTERPART_LOG", "warn");
    command
}

/// The files of the sample plant.
pub fn files() -> Vec<PathBuf> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let mut files = Vec::new();
    for (folder, extension) in [("base", "json"), ("demo", "json"), ("demo/plant", "ndjson")] {
        let entries = std::fs::read_dir(models.join(folder)).expect("the sample plant");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        files.extend(paths.filter(|path| path.extension().is_some_and(|e| e == extension)));
    }
    files.sort();
    files
}

impl Server {
    /// The position that readers see.
    pub async fn position(&self) -> String {
        let answer = self.http.get(format!("{}/readyz", self.url)).send().await;
        let answer: Value = answer.expect("an answer").json().await.expect("JSON");
        answer["position"].as_str().expect("a position").to_owned()
    }

    /// Posts a body; the status and the answer.
    pub async fn post(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.post_with(path, &[("content-type", content_type)], body).await
    }

    /// Posts a body with these headers.
    pub async fn post_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let mut request = self.http.post(format!("{}{path}", self.url)).body(body.into());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.expect("an answer")).await
    }

    /// Resident memory in bytes; 0 where the system does not tell.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.unwrap_or_default() * 1024
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// Reads an answer to its end.
    pub async fn of(answer: reqwest::Response) -> Self {
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, body, text }
    }

    /// The code of a problem, of the first item's problem when only items have some, or of a
    /// GraphQL error.
    pub fn code(&self) -> &str {
        let body = &self.body;
        let places =
            [&body["problems"][0]["code"], &body["errors"][0]["extensions"]["code"], &body["code"]];
        places.iter().find_map(|code| code.as_str()).unwrap_or("none")
    }

    /// What a person reads about it.
    pub fn words(&self) -> &str {
        let body = &self.body;
        let places = [
            &body["problems"][0]["detail"],
            &body["problems"][0]["message"],
            &body["errors"][0]["message"],
            &body["detail"],
        ];
        places.iter().find_map(|words| words.as_str()).unwrap_or_default()
    }
}
