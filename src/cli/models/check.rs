//! `counterpart models check`: a linter, for people and for pipelines.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::files::{ModelFile, files_of};
use super::repository::Repositories;
use super::show::{Checked, human, json, sarif};
use crate::cli::output::{Failure, print, say};
use crate::dtdl::{Catalogue, Document, Policy, SourceText, lint};

/// Check models.
#[derive(Debug, Args)]
pub struct Check {
    /// Files, or folders to search for .json and .json.gz files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// End with exit code 1 also when there are only warnings: what is valid, but not recommended
    #[arg(long)]
    deny_warnings: bool,
    /// A device models repository to read what is missing from: a folder, or a server at an http://
    /// URL, in which `dtmi:com:example:Thermostat;1` is `dtmi/com/example/thermostat-1.json`. May be
    /// given several times; the first that has a model counts
    #[arg(long, value_name = "DIR|URL")]
    resolve: Vec<String>,
}

/// What the result of a check looks like.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Text, with the line at fault marked.
    Human,
    /// A JSON object with all that is known of each error.
    Json,
    /// A SARIF 2.1.0 log, for code scanning.
    Sarif,
}

impl Check {
    /// Checks, and says what is wrong.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let files = files_of(&self.paths)?;
        let documents: Vec<Document<'_>> = files.iter().map(ModelFile::document).collect();
        let mut repositories = Repositories::open(&self.resolve, &documents)?;
        let plan =
            Catalogue::empty().plan_resolved(&documents, &Policy::default(), &mut |missing| {
                repositories.fetch(missing)
            });
        let fetched = repositories.fetched()?;
        let own = files.iter().map(ModelFile::source);
        let found = fetched
            .iter()
            .map(|document| SourceText { name: &document.name, text: &document.text });
        let checked = Checked {
            files: files.len(),
            fetched: fetched.len(),
            interfaces: plan.as_ref().map_or(0, |upload| upload.added.len()),
            errors: plan.err().unwrap_or_default(),
            warnings: lint(&documents),
            sources: own.chain(found).collect(),
        };
        match self.format {
            Format::Human => say(human(&checked))?,
            Format::Json => print(json(&checked))?,
            Format::Sarif => print(sarif(&checked))?,
        }
        let denied = self.deny_warnings && !checked.warnings.is_empty();
        let is_good = checked.errors.0.is_empty() && !denied;
        Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
