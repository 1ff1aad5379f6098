//! `counterpart review merge` and `split`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::decide::How;
use super::name::{record_input, twin_input};
use crate::cli::output::Failure;

/// State that two twins are one.
#[derive(Debug, Args)]
pub struct Merge {
    /// The twin that stays, by its id or SYSTEM:ID; its word stands where both state something
    keep: String,
    /// The twin that is the other one
    gone: String,
    /// Withdraw verdicts that keep the two apart
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    how: How,
}

/// State that one twin is two.
#[derive(Debug, Args)]
pub struct Split {
    /// The twin, by its id or SYSTEM:ID
    twin: String,
    /// An id that means the other thing, as tables show it; may be given several times
    #[arg(long = "id", value_name = "SYSTEM:ID", required = true)]
    ids: Vec<String>,
    /// The id of the other twin: one that exists, or that was merged into this one [default: a new one]
    #[arg(long, value_name = "TWIN")]
    into: Option<String>,
    /// The model of a new twin [default: that of the twin]
    #[arg(long, value_name = "DTMI", conflicts_with = "into")]
    model: Option<String>,
    /// Since when they are two, in RFC 3339 [default: always]
    #[arg(long, value_name = "MOMENT")]
    from: Option<String>,
    #[command(flatten)]
    how: How,
}

impl Merge {
    /// Merges, or tells what that would change.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let input = json!({
            "keep": twin_input(&self.keep).map_err(Failure::Other)?,
            "gone": twin_input(&self.gone).map_err(Failure::Other)?,
            "replace": self.replace,
        });
        self.how.decide("mergeTwins", input).await
    }
}

impl Split {
    /// Splits, or tells what that would change.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let ids = self.ids.iter().map(|id| record_input(id));
        let ids: Vec<_> = ids.collect::<Result<_, _>>().map_err(Failure::Other)?;
        let input = json!({
            "twin": twin_input(&self.twin).map_err(Failure::Other)?,
            "ids": ids,
            "into": self.into,
            "model": self.model,
            "validFrom": self.from,
        });
        self.how.decide("splitTwin", input).await
    }
}
