//! `counterpart sources …`

use std::process::ExitCode;

use clap::Subcommand;

use super::check::Check;
use super::show::{List, Show};
use crate::cli::output::Failure;

/// What can be done with declarations of sources.
#[derive(Debug, Subcommand)]
pub enum Sources {
    /// Show how files would be read by a declaration, and what is wrong with them; nothing is imported.
    Check(Check),
    /// List the sources that were declared.
    List(List),
    /// Show the declaration of a source, as it was stated last.
    Show(Show),
}

impl Sources {
    /// Does it.
    ///
    /// # Errors
    /// When a file or the data cannot be read, or the declaration cannot be used.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Check(check) => check.run(),
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
        }
    }
}
