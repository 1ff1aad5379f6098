//! What commands say: results on standard output, everything else on standard error.

use std::io::Write;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::Value;

use super::client::ClientError;
use crate::app::StartError;
use crate::config::ConfigError;
use crate::sources::text::{printable, printable_lines};
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
    /// Of a flag that asks for JSON.
    pub fn of(as_json: bool) -> Self {
        if as_json { Self::Json } else { Self::Human }
    }

    /// Prints an answer, as it is or as text by `human`, which gets nothing to see that a terminal would obey; the exit
    /// code of success.
    ///
    /// # Errors
    /// When the output is closed.
    pub fn tell(
        self,
        found: &Value,
        human: impl FnOnce(&Value) -> String,
    ) -> Result<ExitCode, Failure> {
        match self {
            Self::Human => say(human(&shown(found)))?,
            Self::Json => print(format_args!("{found:#}"))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// An answer for people: each of its texts is one [`printable`] line.
pub fn shown(found: &Value) -> Value {
    match found {
        Value::String(text) => printable(text).into(),
        Value::Array(all) => all.iter().map(shown).collect(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields.map(|(name, value)| (printable(name).into_owned(), shown(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => found.clone(),
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

/// Writes lines for people to standard output, with nothing in them that a terminal obeys.
///
/// # Errors
/// When they cannot be written.
pub fn say(lines: impl std::fmt::Display) -> Result<(), Failure> {
    print(printable_lines(&lines.to_string()))
}

/// Writes a text for programs to standard output as it is. Who reads it may have gone away, which is no reason to panic.
///
/// # Errors
/// When it cannot be written.
pub fn print(line: impl std::fmt::Display) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Failure::Output)
}

/// Writes lines for people to standard error, if it is there.
pub fn tell(lines: impl std::fmt::Display) {
    drop(writeln!(std::io::stderr().lock(), "{}", printable_lines(&lines.to_string())));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_values_of_an_answer_cannot_make_lines_of_their_own() {
        let found = json!({ "a\nb": ["x\u{1b}[2J", { "y": "\u{202e}z" }], "n": 1, "none": null });
        let expected =
            json!({ "a\\nb": ["x\\u001b[2J", { "y": "\\u202ez" }], "n": 1, "none": null });
        assert_eq!(shown(&found), expected);
    }
}
