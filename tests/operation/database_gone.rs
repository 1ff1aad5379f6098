//! PostgreSQL goes away and comes back: no answer is wrong, nothing acknowledged is lost.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::plant::{Answer, counterpart};
use crate::support::server::Server;
use crate::support::shared::service;

/// A fresh database on a server.
pub async fn fresh_database(server: &str, name: &str) -> String {
    let name = format!("operation_{name}_{}", std::process::id());
    let connection = <sqlx::PgConnection as sqlx::Connection>::connect(server).await;
    let mut connection = connection.expect("the server answers");
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    let created = sqlx::query(create).execute(&mut connection).await;
    created.expect("a database can be made");
    let (base, _) = server.rsplit_once('/').expect("the URL names a database");
    format!("{base}/{name}")
}

/// A database server of this test's own, that it may stop.
struct Postgres {
    programs: PathBuf,
    directory: tempfile::TempDir,
    port: u16,
}

impl Postgres {
    /// `None`, after saying so, where PostgreSQL is not installed.
    fn start() -> Option<Self> {
        service("COUNTERPART_TEST_POSTGRES")?;
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        let mut programs: Vec<PathBuf> =
            versions.flatten().map(|entry| entry.path().join("bin")).collect();
        programs.retain(|bin| bin.join("initdb").exists());
        programs.sort();
        let Some(programs) = programs.pop() else {
            eprintln!("SKIPPED: there is no initdb in /usr/lib/postgresql");
            return None;
        };
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        drop(socket);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let postgres = Self { programs, directory, port };
        if is_root() {
            let mut command = Command::new("chown");
            let owned = command.arg("postgres").arg(postgres.directory.path()).status();
            assert!(owned.expect("chown runs").success());
        }
        postgres.run("initdb", &["-U", "counterpart", "-A", "trust", "-E", "UTF8", "-N"]);
        postgres.up();
        Some(postgres)
    }

    fn url(&self) -> String {
        format!("postgres://counterpart@127.0.0.1:{}/postgres", self.port)
    }

    fn up(&self) {
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port);
        let log = self.directory.path().join("log").display().to_string();
        self.run("pg_ctl", &["-w", "-l", &log, "-o", &options, "start"]);
    }

    fn down(&self) {
        self.run("pg_ctl", &["-w", "-m", "immediate", "stop"]);
    }

    /// PostgreSQL's programs refuse to run as root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        let data = self.directory.path().join("data");
        let command = command.arg("-D").arg(data).args(arguments).current_dir("/");
        // What the server prints must not keep this test's output open.
        let (quiet, silent) = (std::process::Stdio::null(), std::process::Stdio::null());
        let status = command.stdout(quiet).stderr(silent).status();
        assert!(status.expect("it runs").success(), "{} {arguments:?}", program.display());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.directory.path().join("data/postmaster.pid").exists() {
            self.down();
        }
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

async fn status(server: &Server, path: &str) -> (u16, Duration) {
    let asked = Instant::now();
    let answer = server.http.get(format!("{}{path}", server.url)).send().await;
    (answer.expect("an answer").status().as_u16(), asked.elapsed())
}

async fn send(server: &Server, number: i64) -> Answer {
    let reading = json!({"device": "D", "channel": "c", "time": 1_700_000_000_000_i64 + number, "value": number});
    server.post("/ingest", "application/json", reading.to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_writes_get_503_and_after_it_all_is_well() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let url = fresh_database(&postgres.url(), "gone").await;
    let server = Server::start_with(&["--database", &url], &[("COUNTERPART_LOG", "off")]).await;
    let mut acknowledged = 0;
    for number in 0..50 {
        acknowledged += u64::from(send(&server, number).await.status == 200);
    }
    assert_eq!(acknowledged, 50);
    postgres.down();
    for number in 50..60 {
        let asked = Instant::now();
        let answer = send(&server, number).await;
        assert_eq!((answer.status, answer.code()), (503, "UNAVAILABLE"), "{answer:?}");
        assert!(answer.headers.contains_key("retry-after"), "{answer:?}");
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    }
    let (ready, took) = status(&server, "/readyz").await;
    assert!(ready == 503 && took < Duration::from_secs(1), "{ready} after {took:?}");
    assert_eq!(status(&server, "/livez").await.0, 200);

    postgres.up();
    let back = Instant::now();
    while status(&server, "/readyz").await.0 != 200 || send(&server, 60).await.status != 200 {
        assert!(back.elapsed() < Duration::from_secs(5), "it does not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(server.terminate(), Some(0));
    let mut command = counterpart();
    command.args(["replay", "--verify", "--json", "--database", &url]);
    let done = command.output().expect("the program runs");
    let proof: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!(proof["differenceCount"], 0, "{proof}");
    assert!(proof["readings"].as_u64() > Some(acknowledged), "{proof}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_database_is_away_can_be_stopped() {
    let Some(postgres) = Postgres::start() else {
        return;
    };
    let url = fresh_database(&postgres.url(), "stop").await;
    let server = Server::start_with(&["--database", &url], &[("COUNTERPART_LOG", "off")]).await;
    assert_eq!(send(&server, 0).await.status, 200);
    postgres.down();
    assert_eq!(send(&server, 1).await.status, 503);
    let told = Instant::now();
    assert_eq!(server.terminate(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
}
