//! The command, and why a measurement could not be made.

use super::ingest::{IngestArgs, bench_ingest};
use super::query::{QueryArgs, bench_query};
use super::server::Launch;
use crate::cli::client::{Answer, ClientError};

/// What to measure.
#[derive(Debug, clap::Subcommand)]
pub enum BenchCommand {
    /// Acknowledged readings per second, beside the raw insert rate of the same rows.
    Ingest(IngestArgs),
    /// GraphQL requests per second, and per CPU-second of the server.
    Query(QueryArgs),
}

/// Why a measurement could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The server cannot be reached, or hangs up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server answers what it should not.
    #[error("the server answered {status}: {body}")]
    Answer {
        /// The HTTP status.
        status: u16,
        /// The beginning of the body.
        body: String,
    },
    /// What was sent is not what was counted.
    #[error("{0}")]
    Account(String),
    /// A file, or the server's process.
    #[error("{0}: {1}")]
    Io(&'static str, std::io::Error),
    /// SQLite, for the comparison.
    #[error("the raw insert failed: {0}")]
    Sqlite(#[from] sqlx::Error),
    /// The server did not become ready.
    #[error("the server was not ready within {0} s; start it by hand to see why")]
    NotReady(u64),
}

impl BenchError {
    /// An answer that should have been another.
    pub(super) fn refused(answer: &Answer) -> Self {
        let body = String::from_utf8_lossy(&answer.body);
        Self::Answer { status: answer.status.as_u16(), body: body.chars().take(500).collect() }
    }
}

/// Runs a measurement and prints its figures; `launch` makes the command that starts a server.
///
/// # Errors
/// Why it could not be made.
pub async fn run(command: BenchCommand, launch: Launch) -> Result<(), BenchError> {
    match command {
        BenchCommand::Ingest(args) => println!("{}", bench_ingest(&args, launch).await?),
        BenchCommand::Query(args) => println!("{}", bench_query(&args, launch).await?),
    }
    Ok(())
}
