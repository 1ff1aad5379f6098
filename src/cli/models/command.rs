//! What can be done with models.

use std::process::ExitCode;

use clap::Subcommand;

use super::check::Check;
use crate::cli::import::Import;
use crate::cli::output::Failure;

/// Work with DTDL models.
#[derive(Debug, Subcommand)]
pub enum Models {
    /// Check models by themselves, without a store; exit code 1 when they are not valid.
    Check(Check),
    /// Add models to the catalogue, all or none; the same as `import` with DTDL files.
    Upload(Import),
}

impl Models {
    /// Checks or uploads.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Check(check) => check.run(),
            Self::Upload(import) => import.run().await,
        }
    }
}
