//! `counterpart sources …`

use std::process::ExitCode;

use clap::Subcommand;

use super::check::Check;
use crate::cli::output::Failure;

/// What can be done with declarations of sources.
#[derive(Debug, Subcommand)]
pub enum Sources {
    /// Show how files would be read by a declaration, and what is wrong with them; nothing is imported.
    Check(Check),
}

impl Sources {
    /// Does it.
    ///
    /// # Errors
    /// When a file cannot be read, or the declaration cannot be used.
    pub fn run(&self) -> Result<ExitCode, Failure> {
        match self {
            Self::Check(check) => check.run(),
        }
    }
}
