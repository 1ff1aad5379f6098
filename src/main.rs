//! The `counterpart` program.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    counterpart::cli::run(counterpart::cli::Cli::parse())
}
