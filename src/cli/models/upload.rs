//! `counterpart models upload`: an import of models, or a look at what it would do.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::compare::human as compatibility;
use super::files::{ModelFile, files_of};
use crate::cli::data::Where;
use crate::cli::import::Import;
use crate::cli::output::{Failure, Format, text};

/// Models that are listed by name; more are counted.
const LISTED_MAX: usize = 20;

/// Add models to the catalogue, all or none; the same as `import` with DTDL files.
#[derive(Debug, Args)]
pub struct Upload {
    /// Only check the models, and tell what would be new, and which twins and bindings newer versions touch
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Where,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Our base models: asset, unit, position, location, device and their kin
    #[arg(long, conflicts_with = "dry_run")]
    base: bool,
    /// Files, or folders to search for .json files
    #[arg(required_unless_present = "base", value_name = "FILE")]
    files: Vec<PathBuf>,
}

const DRY_RUN: &str = "mutation($documents: [ModelDocumentInput!]!) {
  uploadModels(documents: $documents, dryRun: true) {
    addedIds unchangedIds
    newerVersions {
      id olderIds heirIds holderIds
      compatibility { fromId toId impact changes { path impact reason mend } }
      twins { ...touched } heirTwins { ...touched } holderTwins { ...touched }
    }
  }
}
fragment touched on TouchedTwins { count ids bindingCount bindings { stream twinId path } }";

impl Upload {
    /// Uploads, or tells what that would do; exit code 1 when the models are not taken.
    ///
    /// # Errors
    /// When a file or the store cannot be read, or in a dry run the models are not valid.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        if !self.dry_run {
            return Import::of(self.place, self.base, self.files, self.json).run().await;
        }
        let files = files_of(&self.files)?;
        let documents = files.iter().map(ModelFile::document);
        let documents: Vec<Value> =
            documents.map(|d| json!({ "name": d.name, "text": d.text })).collect();
        let found = self.place.ask_once(DRY_RUN, json!({ "documents": documents })).await?;
        Format::of(self.json).tell(&found, human)
    }
}

fn human(found: &Value) -> String {
    let mut out = String::new();
    let added = list(&found["addedIds"]);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{} new, {} unchanged", added.len(), list(&found["unchangedIds"]).len());
    for id in added.iter().take(LISTED_MAX) {
        let _ = writeln!(out, "  new: {id}");
    }
    if added.len() > LISTED_MAX {
        let _ = writeln!(out, "  … and {} more", added.len() - LISTED_MAX);
    }
    for newer in found["newerVersions"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "\n{}", compatibility(&newer["compatibility"]));
        let of = list(&newer["olderIds"]).join(", ");
        touched(&mut out, &newer["twins"], &format!("instances of {of}"));
        let heirs = format!("of {} models that extend it", list(&newer["heirIds"]).len());
        touched(&mut out, &newer["heirTwins"], &heirs);
        let holders = format!("of {} models that have it inside", list(&newer["holderIds"]).len());
        touched(&mut out, &newer["holderTwins"], &holders);
    }
    out.push_str(
        "Nothing was changed; without --dry-run, the models are added, and twins stay as they are.",
    );
    out
}

fn touched(out: &mut String, touched: &Value, which: &str) {
    let (twins, bindings) = (&touched["count"], &touched["bindingCount"]);
    if *twins == 0 {
        return;
    }
    let _ = writeln!(out, "  twins: {twins} {which}, measured by {bindings} bindings");
    for id in list(&touched["ids"]).iter().take(LISTED_MAX) {
        let _ = writeln!(out, "    {id}");
    }
    for binding in touched["bindings"].as_array().into_iter().flatten().take(LISTED_MAX) {
        let (stream, path) = (text(&binding["stream"]), text(&binding["path"]));
        let _ = writeln!(out, "    {stream} measures {path} of {}", text(&binding["twinId"]));
    }
}

fn list(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(text).collect()
}
