//! What can be matched.

use std::process::ExitCode;

use clap::Subcommand;

use super::files::Files;
use crate::cli::output::Failure;

/// Find the records that mean the same thing.
#[derive(Debug, Subcommand)]
pub enum Match {
    /// Match the records of a file with each other, without a store.
    Files(Files),
}

impl Match {
    /// Matches.
    ///
    /// # Errors
    /// When a file cannot be read or written, or the settings cannot be used.
    pub fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Files(files) => files.run(),
        }
    }
}
