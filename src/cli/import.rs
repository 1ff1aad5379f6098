//! `counterpart import`

use std::path::PathBuf;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use clap::Args;

use super::client::Client;
use super::data::Where;
use super::declarations::Declarations;
use super::demo::BASE_MODELS;
use super::files::found;
use super::output::{Failure, print, say, tell};
use super::progress::{Knows, Shown};
use super::staging::{self, Staging, accept, told};
use crate::app::{StartError, server_of, start_engine};
use crate::curation::{Curated, Curator};
use crate::graphql::transport::actor::CLI;
use crate::http::{BUNDLE_TYPE, Bundle, BundledFile, ImportProgress};
use crate::sources::import::{Report, import};
use crate::sources::text::Input;
use crate::store::StoreError;

/// Load twins, relationships, source records, ids and bindings, and models, from files.
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    place: Where,
    /// The declaration of a source: how its files are read (TOML); may be given several times
    #[arg(long = "source", value_name = "FILE")]
    sources: Vec<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Our base models, too: asset, unit, position, location, device and their kin
    #[arg(long)]
    base: bool,
    #[command(flatten)]
    staging: Staging,
    /// Files, or folders to search for .json files
    #[arg(required_unless_present_any = ["commit", "discard", "staged", "base"], value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Import {
    /// An import of files that need no declaration.
    pub(super) fn of(place: Where, base: bool, files: Vec<PathBuf>, json: bool) -> Self {
        Self { place, sources: Vec::new(), json, base, staging: Staging::default(), files }
    }

    /// Imports, prints the report; exit code 1 when something was rejected.
    ///
    /// # Errors
    /// When a file or the store cannot be read.
    pub async fn run(mut self) -> Result<ExitCode, Failure> {
        if let Some(done) = self.staging.run(&self.place, self.json).await {
            return done;
        }
        let sources = Declarations::read(&self.sources)?;
        self.files = found(&self.files)?;
        if self.staging.stage {
            let client = self.place.server(staging::WHY).await?;
            return self.remote(client, &sources).await;
        }
        if let Some(url) = &self.place.server {
            return self.remote(Client::connect(url).await?, &sources).await;
        }
        let config = self.place.common.config()?;
        let location = config.database.location();
        match (start_engine(&config).await, server_of(&location)) {
            (Ok(engine), _) => {
                let thresholds = config.matching.thresholds();
                let curator = Curator::start(engine, None, thresholds).await;
                self.here(&curator, &sources).await
            }
            (Err(StartError::Store(StoreError::Locked(_))), Some(url)) => {
                tell(format_args!("A server uses this directory; importing through {url}."));
                self.remote(Client::connect(&url).await?, &sources).await
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    /// The names and texts of our base models, if they are wanted.
    fn base_models(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        BASE_MODELS.iter().copied().filter({
            let wanted = self.base;
            move |_| wanted
        })
    }

    async fn here(&self, curator: &Curator, sources: &Declarations) -> Result<ExitCode, Failure> {
        let files = self.files.iter().map(|path| Input::file(path));
        let base = self.base_models().map(|(name, text)| Input::bytes(name, text.as_bytes()));
        let inputs: Vec<Input> = base.chain(files).collect();
        let target = Curated::new(curator, CLI);
        let shown = Shown::new();
        let mut count = |report: &Report| shown.import(ImportProgress::of(report));
        let work = import(&target, &inputs, &sources.parsed, &mut count);
        let report = shown.during(Knows::Here(curator.step()), work).await;
        drop(shown);
        curator.engine().stop().await;
        if self.json {
            let json = serde_json::to_string_pretty(&report);
            print(json.map_err(|e| Failure::Other(e.to_string()))?)?;
        } else {
            say(&report)?;
        }
        Ok(if report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn remote(
        &self,
        mut client: Client,
        sources: &Declarations,
    ) -> Result<ExitCode, Failure> {
        let base = self.base_models();
        let mut files: Vec<BundledFile> = base
            .map(|(name, text)| BundledFile { name: name.to_owned(), content: BASE64.encode(text) })
            .collect();
        for path in &self.files {
            let bytes = std::fs::read(path).map_err(|e| Failure::file(path, e))?;
            let name = path.display().to_string();
            files.push(BundledFile { name, content: BASE64.encode(bytes) });
        }
        let bundle = Bundle { files, sources: sources.bundled() };
        let body = serde_json::to_vec(&bundle).map_err(|e| Failure::Other(e.to_string()))?;
        let path = if self.staging.stage { "/import?stage=true" } else { "/import" };
        let knows = Knows::There(client.base().to_owned());
        let work = client.post(path, BUNDLE_TYPE, accept(self.json), Bytes::from(body));
        told(&Shown::new().during(knows, work).await?)
    }
}
