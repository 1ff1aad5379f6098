//! What can be matched.

use std::process::ExitCode;

use clap::Subcommand;

use super::feed::Feed;
use super::files::Files;
use super::probe::Probe;
use super::settle::Run;
use crate::cli::output::Failure;

/// Find the records that mean the same thing.
#[derive(Debug, Subcommand)]
pub enum Match {
    /// Match the records that mean nothing yet; imports do it by themselves.
    Run(Run),
    /// Find the twins that a thing may be, by what is known of it.
    Probe(Probe),
    /// Match the records of a file with each other, without a store.
    Files(Files),
    /// Follow a feed of changes of assets, and tell what each id meant, when.
    Feed(Feed),
}

impl Match {
    /// Matches.
    ///
    /// # Errors
    /// When a file or the data cannot be read or written, or the settings cannot be used.
    pub async fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Run(run) => run.run().await,
            Self::Probe(probe) => probe.run().await,
            Self::Files(files) => files.run(),
            Self::Feed(feed) => feed.run(),
        }
    }
}
