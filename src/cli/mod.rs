//! The command line: a file a command.

mod args;
pub mod bench;
mod client;
mod common;
mod declarations;
mod demo;
mod files;
mod import;
mod matching;
mod models;
mod output;
mod replay;
mod run;
mod serve;
mod sources;

pub use args::Cli;
pub use run::run;
