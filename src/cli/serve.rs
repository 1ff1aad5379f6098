//! `counterpart serve`

use std::process::{Command, ExitCode};

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::bench::Target;
use super::common::{Common, Listen};
use super::output::{Failure, say, tell};
use crate::app::App;

/// Run the server.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    listen: Listen,
    /// MQTT broker to take readings from, `mqtt://host:port`
    #[arg(long, value_name = "URL")]
    mqtt: Option<String>,
}

impl Serve {
    /// Serves until SIGINT or SIGTERM; a second signal ends it at once.
    ///
    /// # Errors
    /// When the server cannot start.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        let mut config = self.common.config()?;
        if let Some(listen) = self.listen.listen {
            config.server.listen = listen;
        }
        if let Some(url) = self.mqtt {
            config.mqtt.url = Some(url);
        }
        let app = App::start(&config, Vec::new()).await?;
        let base = app.base_url();
        // A server serves on when nobody reads what it prints.
        drop(say(format_args!("Counterpart is ready.\n\n{}", urls(&base))));
        until_signal(app.stopper()).await;
        app.finish().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// The command that serves a measurement: this program, as a process of its own.
pub fn command(target: &Target) -> Command {
    let program = std::env::current_exe().unwrap_or_else(|_| "counterpart".into());
    let mut command = Command::new(program);
    command.arg("serve").arg("--listen").arg(target.listen.to_string());
    match &target.database {
        Some(url) => command.arg("--database").arg(url),
        None => command.arg("--data").arg(&target.data),
    };
    command.env("COUNTERPART_LOG", "warn");
    command
}

/// Where everything is.
pub fn urls(base: &str) -> String {
    format!(
        "  explorer   {base}/graphql   (in a browser)
  GraphQL    {base}/graphql   (HTTP, WebSocket, SSE)
  readings   {base}/ingest    (POST JSON or NDJSON)
  import     {base}/import    (POST files)
  health     {base}/livez  {base}/readyz
  metrics    {base}/metrics
"
    )
}

/// Waits for the first SIGINT or SIGTERM and passes it on; the second one ends the process.
pub async fn until_signal(stop: CancellationToken) {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        tracing::error!("signals cannot be received; end the process from outside");
        return stop.cancelled().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = stop.cancelled() => {}
    }
    tell("Stopping; once more to stop at once.");
    stop.cancel();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(130);
    });
}
