//! The files that are to be checked, and their texts.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::cli::files::found;
use crate::cli::output::Failure;
use crate::dtdl::{Document, SourceText};
use crate::sources::text::Input;

/// A file that was read.
pub(super) struct ModelFile {
    name: String,
    text: String,
}

impl ModelFile {
    /// The file as a document to check.
    pub(super) fn document(&self) -> Document<'_> {
        let Self { name, text } = self;
        Document { name, text }
    }

    /// The file as a text to show lines of.
    pub(super) fn source(&self) -> SourceText<'_> {
        let Self { name, text } = self;
        SourceText { name, text }
    }
}

/// Reads the files, and the model files below the folders, each once and in order.
///
/// # Errors
/// When one cannot be read, or there is none: a pipeline that checks nothing is set up wrongly.
pub(super) fn files_of(paths: &[PathBuf]) -> Result<Vec<ModelFile>, Failure> {
    let read = |path: &PathBuf| {
        Ok(ModelFile {
            // Code scanning knows files by their path from where the check runs.
            name: path.strip_prefix(".").unwrap_or(path).display().to_string(),
            text: text_of(path).map_err(|error| Failure::file(path, error))?,
        })
    };
    found(paths)?.iter().map(read).collect()
}

/// The text of a file, unpacked if need be.
pub(super) fn text_of(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    Input::file(path).open()?.read_to_end(&mut bytes)?;
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
        let message = format!("line {line}, column {column} is not UTF-8; save it as UTF-8");
        std::io::Error::new(std::io::ErrorKind::InvalidData, message)
    })
}
