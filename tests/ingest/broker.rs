//! A real mosquitto on a private port, or the one that the test run started.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A broker for one test.
pub struct Broker {
    pub url: String,
    port: u16,
    own: Option<Own>,
}

struct Own {
    binary: PathBuf,
    folder: tempfile::TempDir,
    process: Option<Child>,
}

impl Broker {
    /// The broker that `COUNTERPART_TEST_MOSQUITTO` names: a program to start, or `host:port`.
    pub async fn start() -> Option<Self> {
        let Ok(setting) = std::env::var("COUNTERPART_TEST_MOSQUITTO") else {
            eprintln!(
                "SKIPPED: set COUNTERPART_TEST_MOSQUITTO to mosquitto's path or to host:port"
            );
            return None;
        };
        let binary = PathBuf::from(&setting);
        if !binary.is_file() {
            let (_, port) = setting.rsplit_once(':').expect("a path or host:port");
            let port = port.parse().expect("a port");
            return Some(Self { url: format!("mqtt://{setting}"), port, own: None });
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display();
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        let config = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\n\
             persistence_location {path}/\nuser {user}\nmax_queued_messages 0\n"
        );
        std::fs::write(folder.path().join("mosquitto.conf"), config).unwrap();
        let mut broker = Self {
            url: format!("mqtt://127.0.0.1:{port}"),
            port,
            own: Some(Own { binary, folder, process: None }),
        };
        broker.run().await;
        Some(broker)
    }

    /// Whether the broker can be stopped and started.
    pub fn is_own(&self) -> bool {
        self.own.is_some()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub async fn run(&mut self) {
        let Some(own) = &mut self.own else { return };
        let process = Command::new(&own.binary)
            .arg("-c")
            .arg(own.folder.path().join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        own.process = Some(process.expect("mosquitto starts"));
        for _ in 0..100 {
            let connected = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await;
            if connected.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("mosquitto does not listen");
    }

    /// Stops the broker so that it keeps its sessions.
    pub fn stop(&mut self) {
        let Some(process) = self.own.as_mut().and_then(|own| own.process.as_mut()) else {
            return;
        };
        let id = process.id().to_string();
        drop(Command::new("kill").args(["-TERM", &id]).status());
        drop(process.wait());
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.stop();
    }
}
