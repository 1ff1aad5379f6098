//! `counterpart match run`

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::cli::data::Where;
use crate::cli::output::{Failure, Format, print, say};
use crate::sources::import::Settled;

/// Match the records that mean nothing yet: link them, make twins of them, or ask.
///
/// Imports do it by themselves. Doing it again changes nothing. Exit code 1 when a decision was refused.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

const SETTLE: &str = "mutation {
  settleRecords {
    records matched created merged changedMeaning doubtful raised withoutModel namedWithoutModel refused
  }
}";

impl Run {
    /// Matches, and says what came of it.
    ///
    /// # Errors
    /// When the data cannot be reached.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let mut data = self.place.open().await?;
        let done = data.ask_watching(SETTLE, json!({})).await;
        data.close().await;
        let done = done?;
        let is_complete = done["refused"].as_array().is_none_or(Vec::is_empty);
        match self.format {
            Format::Human => {
                let settled = serde_json::from_value::<Settled>(done);
                say(settled.map_err(|e| Failure::Other(e.to_string()))?)?;
            }
            Format::Json => print(format_args!("{done:#}"))?,
        }
        Ok(if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
