//! What a steward does with doubtful pairs, and with decisions.

use std::process::ExitCode;

use clap::Subcommand;

use super::decide::{Approve, Reject, Undo};
use super::decisions::Decisions;
use super::list::List;
use super::show::Show;
use super::twins::{Merge, Split};
use crate::cli::output::Failure;

/// Decide what matching could not: look at doubtful pairs, approve or reject them, take decisions back.
#[derive(Debug, Subcommand)]
pub enum Review {
    /// List the review queue, what a decision is worth most first.
    List(List),
    /// Show a doubtful pair: both records, what speaks for and against, what an approval would change.
    Show(Show),
    /// Decide that a doubtful pair is the same thing.
    Approve(Approve),
    /// Decide that a doubtful pair is two things.
    Reject(Reject),
    /// State that two twins are one; the id of the second leads to the first.
    Merge(Merge),
    /// State that one twin is two; some of its ids mean the other one.
    Split(Split),
    /// List what was decided, the last decision first.
    Decisions(Decisions),
    /// Take a decision back; taking back an undo does the decision again.
    Undo(Undo),
}

impl Review {
    /// Does it.
    ///
    /// # Errors
    /// When the data cannot be reached, or the decision is refused.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
            Self::Approve(approve) => approve.run().await,
            Self::Reject(reject) => reject.run().await,
            Self::Merge(merge) => merge.run().await,
            Self::Split(split) => split.run().await,
            Self::Decisions(decisions) => decisions.run().await,
            Self::Undo(undo) => undo.run().await,
        }
    }
}
