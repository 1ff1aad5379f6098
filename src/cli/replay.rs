//! `counterpart replay`

use std::process::ExitCode;

use clap::Args;

use super::common::Common;
use super::data::must_exist;
use super::output::{Failure, print, say};
use crate::app::open_store;
use crate::engine::{Verification, verify};

/// Replay the log of a store that no server uses.
#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    common: Common,
    /// Compare what the log says with every table and reading, and the log with its own hashes
    #[arg(long, required = true)]
    verify: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Replay {
    /// Replays and compares; exit code 1 when anything differs.
    ///
    /// # Errors
    /// When the store cannot be read, or a server uses it.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        let config = self.common.config()?;
        must_exist(&config.database.location())?;
        let store = open_store(&config).await?;
        let found = verify(store.as_ref(), &config.rules()?).await?;
        store.close().await?;
        if self.json {
            print(json(&found))?
        } else {
            say(text(&found))?
        }
        let same = self.verify && found.difference_count == 0;
        Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn hex(found: &Verification) -> String {
    found.hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn json(found: &Verification) -> String {
    let report = serde_json::json!({
        "entries": found.entries,
        "readings": found.readings,
        "facts": found.facts,
        "position": found.position.0,
        "hash": hex(found),
        "differenceCount": found.difference_count,
        "differences": found.differences,
    });
    format!("{report:#}")
}

fn text(found: &Verification) -> String {
    let mut lines = vec![
        format!(
            "Replayed {} entries with {} readings up to position {}; compared {} facts.",
            found.entries, found.readings, found.position, found.facts
        ),
        format!("Hash of the last entry: {}", hex(found)),
    ];
    if found.difference_count == 0 {
        lines.push("Everything follows from the log.".to_owned());
        return lines.join("\n");
    }
    lines.push(format!("{} differences:", found.difference_count));
    lines.extend(found.differences.iter().map(|d| format!("  {d}")));
    let more = found.difference_count - found.differences.len();
    if more > 0 {
        lines.push(format!("  … and {more} more"));
    }
    lines.join("\n")
}
