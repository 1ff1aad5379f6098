//! `counterpart import`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use clap::Args;
use http::StatusCode;
use indicatif::{ProgressBar, ProgressStyle};

use super::client::Client;
use super::common::Common;
use super::declarations::Declarations;
use super::files::found;
use super::output::{Failure, say, tell};
use crate::app::{StartError, server_of, start_engine};
use crate::curation::{Curated, Curator};
use crate::http::{BUNDLE_TYPE, Bundle, BundledFile};
use crate::sources::import::{Report, import};
use crate::sources::text::Input;
use crate::store::StoreError;

/// Load twins, relationships, source records, ids and bindings, and models, from files in any order.
///
/// Files may be our own JSON or NDJSON, DTDL, Brick Turtle, exports of Azure Digital Twins, and, with a
/// --source that declares them, CSV, workbooks, JSON and XML of other systems; .gz is seen by itself. Importing the same files again changes nothing. When a server uses the data directory, the
/// import goes through that server.
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    pub(super) common: Common,
    /// Import into the server at this URL instead
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "database"])]
    pub(super) server: Option<String>,
    /// The declaration of a source: how its files are read (TOML); may be given several times
    #[arg(long = "source", value_name = "FILE")]
    sources: Vec<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Files, or folders to search for .json files
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
}

impl Import {
    /// Imports, prints the report; exit code 1 when something was rejected.
    ///
    /// # Errors
    /// When a file or the store cannot be read.
    pub async fn run(mut self) -> Result<ExitCode, Failure> {
        let sources = Declarations::read(&self.sources)?;
        self.files = found(&self.files)?;
        if let Some(url) = &self.server {
            return self.remote(url, &sources).await;
        }
        let config = self.common.config()?;
        let location = config.database.location();
        match (start_engine(&config).await, server_of(&location)) {
            (Ok(engine), _) => {
                let thresholds = config.matching.thresholds();
                let curator = Curator::start(engine, None, thresholds).await;
                self.here(&curator, &sources).await
            }
            (Err(StartError::Store(StoreError::Locked(_))), Some(url)) => {
                tell(format_args!("A server uses this directory; importing through {url}."));
                self.remote(&url, &sources).await
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    async fn here(&self, curator: &Curator, sources: &Declarations) -> Result<ExitCode, Failure> {
        let inputs: Vec<Input> = self.files.iter().map(|path| Input::file(path)).collect();
        let target = Curated::new(curator, "import");
        let bar = progress_bar();
        let mut show = |report: &Report| {
            let total = report.total();
            let done = total.changed + total.unchanged + total.rejected;
            bar.set_message(format!("{done} of {} done", total.read));
        };
        let report = import(&target, &inputs, &sources.parsed, &mut show).await;
        bar.finish_and_clear();
        curator.engine().stop().await;
        if self.json {
            let json = serde_json::to_string_pretty(&report);
            say(json.map_err(|e| Failure::Other(e.to_string()))?)?;
        } else {
            say(&report)?;
        }
        Ok(if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn remote(&self, url: &str, sources: &Declarations) -> Result<ExitCode, Failure> {
        let mut files = Vec::new();
        for path in &self.files {
            let bytes = std::fs::read(path).map_err(|e| Failure::file(path, e))?;
            let name = path.display().to_string();
            files.push(BundledFile { name, content: BASE64.encode(bytes) });
        }
        let bundle = Bundle { files, sources: sources.bundled() };
        let body = serde_json::to_vec(&bundle).map_err(|e| Failure::Other(e.to_string()))?;
        let accept = if self.json { "application/json" } else { "text/plain" };
        let mut client = Client::connect(url).await?;
        let answer = client.post("/import", BUNDLE_TYPE, accept, Bytes::from(body)).await?;
        say(String::from_utf8_lossy(&answer.body).trim_end())?;
        Ok(if answer.status == StatusCode::OK { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// A spinner on standard error; invisible when that is no terminal.
pub(super) fn progress_bar() -> ProgressBar {
    const TICK: Duration = Duration::from_millis(100);
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}
