//! The program as its users run it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// How long a server may take to say that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A running `counterpart serve`.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:port`
    pub url: String,
    /// For requests.
    pub http: reqwest::Client,
}

impl Server {
    /// Starts `counterpart serve` with these arguments on a free port, and waits until it is ready.
    pub async fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[]).await
    }

    /// The same, with these settings in its environment.
    pub async fn start_with(arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("COUNTERPART_LOG", "warn")
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("standard output is piped");
        let url =
            tokio::time::timeout(READY_WITHIN, tokio::task::spawn_blocking(|| url_in(stdout)));
        let url = url.await.expect("ready in time").expect("no panic").expect("a URL is printed");
        Self { child, url, http: reqwest::Client::new() }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// kill -9, and waits for the end.
    pub fn kill(mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process ends");
    }

    /// SIGTERM; the exit code.
    pub fn terminate(self) -> Option<i32> {
        self.ask_to_stop();
        self.exit_code()
    }

    /// SIGTERM.
    pub fn ask_to_stop(&self) {
        let pid = self.pid().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.expect("kill runs").success());
    }

    /// Waits until the process ends by itself; its exit code.
    pub fn exit_code(mut self) -> Option<i32> {
        self.child.wait().expect("the process ends").code()
    }

    /// Posts readings; the status and the answer.
    pub async fn ingest(&self, body: &Value) -> reqwest::Result<(u16, Value)> {
        let answer = self.http.post(format!("{}/ingest", self.url)).json(body).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await?))
    }

    /// Runs a GraphQL operation; panics when it has errors.
    pub async fn graphql(&self, query: &str, variables: Value) -> Value {
        let answer = self.graphql_raw(query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
        answer["data"].clone()
    }

    /// Runs a GraphQL operation; the whole answer.
    pub async fn graphql_raw(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = self.http.post(format!("{}/graphql", self.url)).json(&body);
        let request = request.header("accept", "application/json");
        request.send().await.expect("an answer").json().await.expect("JSON")
    }

    /// Posts a file to the import.
    pub async fn import(&self, name: &str, body: Vec<u8>) -> Value {
        let request = self.http.post(format!("{}/import", self.url)).query(&[("name", name)]);
        request.body(body).send().await.expect("an answer").json().await.expect("JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn url_in(stdout: impl std::io::Read + Send + 'static) -> Option<String> {
    let mut lines = BufReader::new(stdout).lines();
    let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let at = line.find("http://")?;
        let end = line[at..].find("/graphql")?;
        Some(line[at..at + end].to_owned())
    });
    // What else it prints is read and thrown away, so that it never waits for a reader.
    std::thread::spawn(move || lines.for_each(drop));
    url
}
