//! The command line: a file a command.

mod args;
pub mod bench;
mod client;
mod common;
mod data;
mod declarations;
mod demo;
mod files;
mod import;
mod matching;
mod models;
mod output;
mod progress;
mod replay;
mod review;
mod run;
mod serve;
mod sources;
mod staging;
mod table;

pub use args::Cli;
pub use run::run;
