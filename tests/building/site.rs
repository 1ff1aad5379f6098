//! A place for the program to run in, and the ways in which a user gives it the building.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::files::Building;
use crate::support::server::Server;

/// Makes each sensor point a device of the building's automation system.
const SOURCE: &str = "format = \"brick\"\nsystem = \"brick\"\n[brick]\npoints = \"bms\"\n";
/// How long the broker may take to answer.
const BROKER_WITHIN: Duration = Duration::from_secs(20);

/// A directory with a configuration and an embedded store.
pub struct Site {
    folder: tempfile::TempDir,
    /// What the topics of this site start with.
    pub topics: String,
}

impl Site {
    /// A new one; with a broker (`host:port`), readings also come from there.
    pub fn new(name: &str, broker: Option<&str>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let topics = format!("building-{name}-{}", std::process::id());
        let config = broker.map_or(String::new(), |broker| {
            format!(
                "[mqtt]\nurl = \"mqtt://{broker}\"\nclient_id = \"{topics}\"\n\
                 topics = [\"{topics}/{{device}}/{{channel}}\"]\n"
            )
        });
        std::fs::write(folder.path().join("counterpart.toml"), config).expect("it can be written");
        std::fs::write(folder.path().join("brick.toml"), SOURCE).expect("it can be written");
        Self { folder, topics }
    }

    /// Starts the program here.
    pub async fn serve(&self) -> Server {
        let (config, data) = (self.path("counterpart.toml"), self.path("data"));
        let arguments = ["--config", config.as_str(), "--data", data.as_str()];
        Server::start_with(&arguments, &[("COUNTERPART_MQTT__SYSTEM", "bms")]).await
    }

    /// Imports the building through the command line; the report, and the exit code.
    pub fn import(&self, server: &Server, building: &Building) -> (Value, Option<i32>) {
        let output = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .args(["import", "--json", "--server", &server.url])
            .args(["--source", &self.path("brick.toml")])
            .args([&building.ontology, &building.turtle])
            .output()
            .expect("the program starts");
        let report = serde_json::from_slice(&output.stdout);
        let report =
            report.unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
        (report, output.status.code())
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

/// Imports the building over HTTP; the status and the report.
pub async fn post_import(server: &Server, building: &Building) -> (u16, Value) {
    let file = |path: &Path| {
        let bytes = std::fs::read(path).expect("a file");
        json!({ "name": path.display().to_string(), "content": BASE64.encode(bytes) })
    };
    let files = [file(&building.ontology), file(&building.turtle)];
    let bundle =
        json!({ "files": files, "sources": [{ "name": "brick.toml", "content": SOURCE }] });
    let request = server.http.post(format!("{}/import", server.url));
    let request = request.header("content-type", "application/vnd.counterpart.import+json");
    let answer = request.body(bundle.to_string()).send().await;
    let answer = answer.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("a report"))
}

/// A metric of the server; 0 when it is not there yet.
pub async fn metric(server: &Server, name: &str) -> f64 {
    let answer = server.http.get(format!("{}/metrics", server.url)).send().await;
    let text = answer.expect("an answer").text().await.expect("text");
    let mut values = text.lines().filter_map(|line| line.strip_prefix(name));
    let value = values.next().map(|value| value.trim().parse());
    value.map_or(0.0, |value| value.expect("a number"))
}

/// Waits until the server is subscribed at the broker: what is published before that is not for it.
pub async fn subscribed(server: &Server) {
    let connected = async {
        while metric(server, "counterpart_mqtt_connected{source=\"mqtt\"}").await < 1.0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let connected = tokio::time::timeout(BROKER_WITHIN, connected).await;
    connected.expect("the server subscribes at the broker");
}

/// The position of the log's last entry.
pub async fn position(server: &Server) -> String {
    let answer = server.http.get(format!("{}/readyz", server.url)).send().await;
    let answer: Value = answer.expect("an answer").json().await.expect("JSON");
    answer["position"].as_str().expect("a position").to_owned()
}

/// Memory of the server, for people to read.
pub fn memory(server: &Server) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid()));
    let status = status.unwrap_or_default();
    let lines =
        status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"));
    let lines: Vec<String> = lines.map(|line| line.split_whitespace().collect()).collect();
    lines.join(" ")
}
