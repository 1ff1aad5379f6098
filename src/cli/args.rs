//! What the command line looks like.

use clap::{Parser, Subcommand};

use super::{bench, demo, import, matching, models, replay, review, serve, sources};
use crate::observe::LogFormat;

/// A digital twin and master-data reconciliation server.
///
/// Which asset, under which of its many names, does this reading belong to, now and at any moment
/// in the past, and what is that asset's state?
#[derive(Debug, Parser)]
#[command(name = "counterpart", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What log lines on standard error look like. What is logged: COUNTERPART_LOG, default `info`.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a sample plant with live telemetry in a temporary folder, and print where to look.
    Demo(demo::Demo),
    /// Run the server.
    Serve(serve::Serve),
    /// Check DTDL models, or add them to the catalogue.
    #[command(subcommand)]
    Models(models::Models),
    /// Load twins, relationships, source records, ids and bindings (and models) from files.
    ///
    /// In any order. Files may be our own JSON or NDJSON, DTDL, Brick Turtle, exports of Azure Digital
    /// Twins, and, with a --source that declares them, CSV, workbooks, JSON and XML of other systems; .gz
    /// is seen by itself. Importing the same files again changes nothing. When a server uses the data
    /// directory, the import goes through that server; with --stage, it only tells what the import would
    /// do, and keeps it until it is committed or discarded.
    Import(import::Import),
    /// Check the declaration of a source on its files, or show those that are in use.
    #[command(subcommand)]
    Sources(sources::Sources),
    /// Find the records that mean the same thing.
    #[command(subcommand)]
    Match(matching::Match),
    /// Decide doubtful pairs, merge and split twins, take decisions back.
    #[command(subcommand)]
    Review(review::Review),
    /// Replay the log, and prove that tables and readings follow from it.
    Replay(replay::Replay),
    /// Measure this program on this machine.
    #[command(subcommand)]
    Bench(bench::BenchCommand),
}
