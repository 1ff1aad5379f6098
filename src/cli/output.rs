//! What commands say: results on standard output, everything else on standard error.

use std::io::Write;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::Value;

use super::client::ClientError;
use crate::app::StartError;
use crate::config::ConfigError;
use crate::store::StoreError;

/// What the result of a command looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text.
    Human,
    /// A JSON object.
    Json,
}

impl Format {
    /// Prints an answer, as text by `human`; the exit code of success.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn tell(
        self,
        found: &Value,
        human: impl FnOnce(&Value) -> String,
    ) -> Result<ExitCode, Failure> {
        say(match self {
            Self::Human => human(found),
            Self::Json => format!("{found:#}"),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A text of an answer, or nothing.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A list of an answer, or nothing.
pub fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A moment to the second; the rest is in the JSON.
pub fn second(moment: &str) -> String {
    moment.split_once('.').map_or_else(|| moment.to_owned(), |(whole, _)| format!("{whole}Z"))
}

/// Why a command could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The server could not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A server does not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A file.
    #[error("`{path}` cannot be read: {error}")]
    File {
        /// Which.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// Standard output.
    #[error("the result cannot be written: {0}")]
    Output(std::io::Error),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// A failure to read a file.
    pub fn file(path: &std::path::Path, error: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), error }
    }
}

/// Writes a line to standard output. Who reads it may have gone away, which is no reason to panic.
///
/// # Errors
/// When it cannot be written.
pub fn say(line: impl std::fmt::Display) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Failure::Output)
}

/// Writes a line to standard error, if it is there.
pub fn tell(line: impl std::fmt::Display) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}
