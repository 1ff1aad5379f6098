//! The server under test: a process of its own, so that its CPU time is its own.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{BenchError, cpu};
use crate::cli::client::Client;

/// How long a server may take to become ready.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// Where a server shall listen and keep its data.
#[derive(Debug, Clone)]
pub struct Target {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The folder of an embedded store.
    pub data: PathBuf,
    /// The URL of a database, instead of the embedded store.
    pub database: Option<String>,
}

/// Makes the command that starts a server; it must answer `/readyz` when it is ready.
pub type Launch = fn(&Target) -> Command;

/// A server, ours or somebody's.
pub(super) struct Server {
    base: String,
    process: Option<Child>,
}

impl Server {
    /// A server that runs already.
    pub(super) fn at(base: &str) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), process: None }
    }

    /// Starts a server and waits until it is ready.
    pub(super) async fn start(
        launch: Launch,
        data: PathBuf,
        database: Option<String>,
    ) -> Result<Self, BenchError> {
        let failed = |e| BenchError::Io("the server cannot be started", e);
        // The port is free again when the listener is gone.
        let free = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let listen = free.local_addr().map_err(failed)?;
        drop(free);
        let target = Target { listen, data, database };
        let process = launch(&target).stdout(Stdio::null()).spawn().map_err(failed)?;
        let server = Self { base: format!("http://{listen}"), process: Some(process) };
        server.until_ready().await?;
        Ok(server)
    }

    async fn until_ready(&self) -> Result<(), BenchError> {
        let waiting = async {
            loop {
                if let Ok(mut client) = Client::connect(&self.base).await
                    && client.get("/readyz").await.is_ok_and(|answer| answer.status.is_success())
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(READY_WITHIN, waiting)
            .await
            .map_err(|_| BenchError::NotReady(READY_WITHIN.as_secs()))
    }

    /// `http://host:port`
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// CPU time that the server has used, when it is ours.
    pub(super) fn cpu(&self) -> Option<Duration> {
        cpu::used_by(self.process.as_ref()?.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            drop(process.kill());
            drop(process.wait());
        }
    }
}
