//! Starts a server with the sample plant, and plays its telemetry into the server's own endpoint.

use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::examples::examples;
use super::plant::{BASE_MODELS, DEMO_MODELS, PLANT, TELEMETRY};
use super::telemetry::{Telemetry, seconds};
use crate::app::{App, StartError};
use crate::cli::client::{Client, JSON};
use crate::cli::common::Listen;
use crate::cli::output::{Failure, say};
use crate::cli::serve::{until_signal, urls};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::curation::Curated;
use crate::sources::import::import;
use crate::sources::text::Input;

/// Readings in one request.
const BATCH: usize = 1_000;

/// Run a sample plant with live telemetry in a temporary folder.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    listen: Listen,
}

impl Demo {
    /// Runs until a signal, then removes the folder.
    ///
    /// # Errors
    /// When the server cannot start.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        let folder = tempfile::Builder::new()
            .prefix("counterpart-demo-")
            .tempdir()
            .map_err(|e| Failure::Other(format!("no temporary folder can be made: {e}")))?;
        let mut config = crate::config::load(None)?;
        config.database.directory = Some(folder.path().to_owned());
        config.database.url = None;
        let app = self.start(&mut config).await?;
        load_plant(&app).await?;
        let base = app.base_url();
        let telemetry: Telemetry = serde_json::from_str(TELEMETRY)
            .map_err(|e| Failure::Other(format!("the sample telemetry is damaged: {e}")))?;
        let mut client = Client::connect(&base).await?;
        let now = seconds(app.engine().now().0);
        let history: Vec<Value> = telemetry.history.iter().flat_map(|s| s.past(now)).collect();
        for batch in history.chunks(BATCH) {
            post(&mut client, batch).await?;
        }
        introduce(&base, folder.path());
        let player = tokio::spawn(play(app.engine().clone(), base, telemetry, app.stopper()));
        until_signal(app.stopper()).await;
        app.finish().await;
        player.await.map_err(|e| Failure::Other(e.to_string()))??;
        Ok(ExitCode::SUCCESS)
    }

    /// Listens where asked, or on the usual port, or on a free one when that is taken.
    async fn start(&self, config: &mut Config) -> Result<App, Failure> {
        if let Some(listen) = self.listen.listen {
            config.server.listen = listen;
            return Ok(App::start(config, examples(SystemClock.now())).await?);
        }
        match App::start(config, examples(SystemClock.now())).await {
            Err(StartError::Listen { .. }) => {
                config.server.listen.set_port(0);
                Ok(App::start(config, examples(SystemClock.now())).await?)
            }
            started => Ok(started?),
        }
    }
}

async fn load_plant(app: &App) -> Result<(), Failure> {
    let files = BASE_MODELS.iter().chain(DEMO_MODELS).chain(PLANT);
    let files: Vec<Input> = files.map(|(name, text)| Input::bytes(name, text.as_bytes())).collect();
    let target = Curated::new(app.curator(), "demo");
    let report = import(&target, &files, &[], &mut |_| {}).await;
    if !report.is_complete() {
        return Err(Failure::Other(format!("the sample plant is damaged:\n{report}")));
    }
    Ok(())
}

/// Posts the readings of each second as it passes.
async fn play(
    engine: crate::engine::Engine,
    base: String,
    telemetry: Telemetry,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let mut client = Client::connect(&base).await?;
    let start = seconds(engine.now().0);
    let mut done = start;
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            _ = tick.tick() => {}
        }
        let now = seconds(engine.now().0);
        let due = |second| telemetry.signals.iter().filter_map(move |s| s.due(second, start));
        let batch: Vec<Value> = (done + 1..=now).flat_map(due).collect();
        done = now;
        if let Err(error) = post(&mut client, &batch).await
            && !stop.is_cancelled()
        {
            tracing::warn!(%error, "readings of this second were not taken");
            client = Client::connect(&base).await?;
        }
    }
}

async fn post(client: &mut Client, batch: &[Value]) -> Result<(), Failure> {
    if batch.is_empty() {
        return Ok(());
    }
    let body = serde_json::to_vec(batch).map_err(|e| Failure::Other(e.to_string()))?;
    let answer = client.post("/ingest", JSON, JSON, Bytes::from(body)).await?;
    if answer.status.is_success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&answer.body);
    Err(Failure::Other(format!("{}: {text}", answer.status)))
}

fn introduce(base: &str, folder: &std::path::Path) {
    let question = format!(
        "  curl -s {base}/graphql -H 'content-type: application/json' -d '{{\"query\":\"{{ resolve(system: \\\"mqtt\\\", id: \\\"MQTT-GW-4471\\\") {{ asset {{ displayName externalIds {{ system id }} locationPath {{ displayName }} state {{ path value unit eventTime }} }} }} }}\"}}'"
    );
    let lines = [
        "Plant 07 is running, with live telemetry.\n",
        &urls(base),
        "Which machine does gateway MQTT-GW-4471 measure, what do the others call it, how is it?\n",
        &question,
        "\nThe explorer lists more: the same from the asset's and the place's id, as it was before",
        "last week's device swap, and a subscription to watch it change.\n",
        &format!("Data are in {} until you press Ctrl-C.", folder.display()),
    ];
    // The plant runs on when nobody reads this.
    drop(say(lines.join("\n")));
}
