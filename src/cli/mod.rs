//! The command line: a file a command.

mod args;
pub mod bench;
mod client;
mod common;
mod demo;
mod files;
mod import;
mod matching;
mod models;
mod output;
mod replay;
mod run;
mod serve;

pub use args::Cli;
pub use run::run;
