//! `counterpart models compare`: what a newer version asks of those who hold data of the older one.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::files::{ModelFile, files_of};
use crate::cli::data::Where;
use crate::cli::output::{Failure, Format, text};
use crate::dtdl::{Catalogue, Document, Dtmi, Impact, render};

/// Compare two models, most often two versions of one: for each difference that matters to data and
/// clients, whether it is safe, needs a migration, or breaks them. Exit code 1 when something breaks.
#[derive(Debug, Args)]
pub struct Compare {
    /// The DTMI of the model that twins have
    old: String,
    /// The DTMI of the model that they would get
    new: String,
    /// Compare models of these files and folders, instead of the catalogue's; may be given several times
    #[arg(long, value_name = "PATH", conflicts_with_all = ["server", "data", "database"])]
    dir: Vec<PathBuf>,
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

const QUERY: &str = "query($from: ID!, $to: ID!) {
  modelCompatibility(from: $from, to: $to) {
    fromId toId impact changes { path impact reason mend }
  }
}";

impl Compare {
    /// Compares, and says what differs.
    ///
    /// # Errors
    /// When the models cannot be read, or one is not known.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let report = match self.dir.is_empty() {
            true => self.stored().await?,
            false => self.in_files()?,
        };
        if report.is_null() {
            let (old, new) = (&self.old, &self.new);
            let message = format!("`{old}` or `{new}` is not there; check the DTMIs");
            return Err(Failure::Other(message));
        }
        self.format.tell(&report, human)?;
        Ok(if report["impact"] == "BREAKS" { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    async fn stored(&self) -> Result<Value, Failure> {
        let mut catalogue = self.place.open().await?;
        let report = catalogue.ask(QUERY, json!({ "from": self.old, "to": self.new })).await;
        catalogue.close().await;
        report
    }

    fn in_files(&self) -> Result<Value, Failure> {
        let files = files_of(&self.dir)?;
        let documents: Vec<Document<'_>> = files.iter().map(ModelFile::document).collect();
        let empty = Catalogue::empty();
        let upload = empty.plan(&documents).map_err(|errors| {
            let sources: Vec<_> = files.iter().map(ModelFile::source).collect();
            let shown = render(&errors, &sources);
            Failure::Other(format!("the models are not valid\n{}", shown.trim_end()))
        })?;
        let id =
            |text: &str| text.parse::<Dtmi>().map_err(|error| Failure::Other(error.to_string()));
        let (old, new) = (id(&self.old)?, id(&self.new)?);
        let Some(report) = empty.with(&upload).compatibility(&old, &new) else {
            return Ok(Value::Null);
        };
        let changes = report.changes.iter().map(|change| {
            let mend = Some(&change.mend).filter(|mend| !mend.is_empty());
            let (path, reason) = (&change.element, &change.message);
            json!({ "path": path, "impact": word(change.impact), "reason": reason, "mend": mend })
        });
        Ok(json!({
            "fromId": old,
            "toId": new,
            "impact": word(report.impact()),
            "changes": changes.collect::<Vec<_>>(),
        }))
    }
}

fn word(impact: Impact) -> &'static str {
    match impact {
        Impact::Safe => "SAFE",
        Impact::NeedsMigration => "NEEDS_MIGRATION",
        Impact::Breaks => "BREAKS",
    }
}

/// A report as text: a line a difference, and the summary.
pub(super) fn human(report: &Value) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    for change in report["changes"].as_array().into_iter().flatten() {
        let path = match text(&change["path"]) {
            "" => "(the model)",
            path => path,
        };
        let (word, reason) = (told(&change["impact"]), text(&change["reason"]));
        let _ = write!(out, "{word:<16} {path}: {reason}");
        let _ = match text(&change["mend"]) {
            "" => writeln!(out),
            mend => writeln!(out, " To mend it: {mend}."),
        };
    }
    let count = report["changes"].as_array().map_or(0, Vec::len);
    let (from, to) = (text(&report["fromId"]), text(&report["toId"]));
    let summary = match text(&report["impact"]) {
        "BREAKS" => "breaks data or clients",
        "NEEDS_MIGRATION" => "needs a migration",
        _ => "is safe",
    };
    let differences = if count == 1 { "1 difference" } else { &format!("{count} differences") };
    let _ = write!(out, "From {from} to {to}: {differences}; it {summary}.");
    out
}

fn told(impact: &Value) -> &'static str {
    match text(impact) {
        "BREAKS" => "breaks",
        "NEEDS_MIGRATION" => "needs migration",
        _ => "safe",
    }
}
