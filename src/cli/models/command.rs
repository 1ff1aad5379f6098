//! What can be done with models.

use std::process::ExitCode;

use clap::Subcommand;

use super::check::Check;
use super::compare::Compare;
use super::migrate::Migrate;
use super::retire::{Delete, One};
use super::upload::Upload;
use crate::cli::output::Failure;

/// Work with DTDL models.
#[derive(Debug, Subcommand)]
pub enum Models {
    /// Check models by themselves, without a store; exit code 1 when they are not valid.
    Check(Check),
    /// Compare two models, most often two versions of one.
    Compare(Compare),
    /// Add models to the catalogue, all or none; the same as `import` with DTDL files.
    Upload(Upload),
    /// Give twins of one model another: tell what would become of them, then do it.
    Migrate(Migrate),
    /// Let a model have no new twins. Those that it has stay.
    Decommission(One),
    /// Take a decommissioned model into use again.
    Recommission(One),
    /// Take models from the catalogue that nothing ever used.
    Delete(Delete),
}

impl Models {
    /// Does it.
    ///
    /// # Errors
    /// When a file cannot be read, or the catalogue refuses.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Check(check) => check.run(),
            Self::Compare(compare) => compare.run().await,
            Self::Upload(upload) => upload.run().await,
            Self::Migrate(migrate) => migrate.run().await,
            Self::Decommission(one) => one.run(true).await,
            Self::Recommission(one) => one.run(false).await,
            Self::Delete(delete) => delete.run().await,
        }
    }
}
