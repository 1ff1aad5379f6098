//! What was found in a file, where, and what is wrong with it.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::domain::command::Command;
use crate::sources::text::printable;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The file's name.
    pub file: Arc<str>,
    /// The line, counted from 1; 0 means the whole file.
    pub line: u64,
    /// The column, counted from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The sheet of a workbook; `line` is then its row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Arc<str>>,
    /// The JSON pointer of the element, inside one document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<Arc<str>>,
}

impl Origin {
    /// The whole of a file.
    pub fn file(name: &Arc<str>) -> Self {
        Self::line(name, 0)
    }

    /// A line of a file.
    pub fn line(name: &Arc<str>, line: u64) -> Self {
        Self { file: name.clone(), line, column: None, sheet: None, pointer: None }
    }

    /// A column of a line.
    pub fn column(name: &Arc<str>, line: u64, column: u64) -> Self {
        Self { column: Some(column), ..Self::line(name, line) }
    }

    /// A row of a sheet, counted from 1.
    pub fn row(name: &Arc<str>, sheet: &Arc<str>, row: u64) -> Self {
        Self { sheet: Some(sheet.clone()), ..Self::line(name, row) }
    }

    /// The same, told apart by its JSON pointer.
    pub fn at(self, pointer: &str) -> Self {
        Self { pointer: Some(pointer.into()), ..self }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, "[{sheet}]")?;
        }
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if let Some(column) = self.column {
            write!(f, ":{column}")?;
        }
        match &self.pointer {
            Some(pointer) => write!(f, "#{pointer}"),
            None => Ok(()),
        }
    }
}

/// The kinds of things that files state, in the order in which they are imported: each needs only
/// those before it, so that files may be given in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Systems of ids.
    System,
    /// How sources are read.
    Source,
    /// Twins with their properties.
    Twin,
    /// What systems say about things; then matching decides which twins they mean.
    Record,
    /// External ids of twins.
    Link,
    /// Relationships between twins.
    Relationship,
    /// What streams measure.
    Binding,
    /// Device swaps.
    Swap,
    /// Ends of twins.
    End,
}

impl Kind {
    /// All kinds, in the order in which they are imported.
    pub const ALL: [Kind; 9] = [
        Self::System,
        Self::Source,
        Self::Twin,
        Self::Record,
        Self::Link,
        Self::Relationship,
        Self::Binding,
        Self::Swap,
        Self::End,
    ];

    /// The kind of thing that a command states.
    pub fn of(command: &Command) -> Self {
        match command {
            Command::UploadModels(_)
            | Command::CommissionModel(_)
            | Command::DeleteModels(_)
            | Command::DeclareSystem(_) => Self::System,
            Command::DeclareSource(_) => Self::Source,
            Command::PutTwin(_) | Command::SetProperties(_) | Command::MigrateTwins(_) => {
                Self::Twin
            }
            Command::DeleteTwin(_) => Self::End,
            Command::LinkId(_)
            | Command::UnlinkId(_)
            | Command::MergeTwins(_)
            | Command::SplitTwin(_)
            | Command::Judge(_)
            | Command::Withdraw(_)
            | Command::RaiseTasks(_)
            | Command::CloseTask(_)
            | Command::ApproveTask(_)
            | Command::RejectTask(_)
            | Command::Undo(_) => Self::Link,
            Command::Relate(_) | Command::Refer(_) | Command::Unrelate(_) => Self::Relationship,
            Command::Bind(_) | Command::Unbind(_) => Self::Binding,
            Command::PutRecord(_) | Command::RetractRecord(_) => Self::Record,
            Command::SwapDevice(_) => Self::Swap,
        }
    }

    /// Its name for people, in the plural.
    pub fn plural(self) -> &'static str {
        match self {
            Self::System => "systems",
            Self::Source => "sources",
            Self::Twin => "twins",
            Self::Link => "links",
            Self::Relationship => "relationships",
            Self::Binding => "bindings",
            Self::Record => "records",
            Self::Swap => "swaps",
            Self::End => "ends",
        }
    }
}

/// One thing that a file states.
#[derive(Debug, Clone)]
pub struct Item {
    /// Where it stands.
    pub origin: Origin,
    /// What it asks for.
    pub command: Command,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// The thing was not imported.
    Error,
    /// The thing was imported, but the reader should know how.
    Note,
}

/// Something that could not be imported, or only in a way that should be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where.
    pub origin: Origin,
    /// A stable name for programs, such as `INVALID_JSON`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The kind of thing that is lost, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Problem {
    /// Something that could not be imported.
    pub fn error(origin: Origin, code: &'static str, message: impl Into<String>) -> Self {
        Self { origin, code, severity: Severity::Error, kind: None, message: message.into() }
    }

    /// Something that was imported in a way that should be known.
    pub fn note(origin: Origin, code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(origin, code, message) }
    }

    /// The same, telling which kind of thing it is about.
    pub fn about(self, kind: Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }
}

/// Something to say about a thing whose place is told elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// How bad it is: an error when a part of the thing is lost.
    pub severity: Severity,
    /// A stable name for programs.
    pub code: &'static str,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Remark {
    /// A part of the thing is lost.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into() }
    }

    /// How the thing was read should be known.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, message) }
    }

    /// The same, with its place.
    pub fn at(self, origin: &Origin) -> Problem {
        let Self { severity, code, message } = self;
        Problem { origin: origin.clone(), code, severity, kind: None, message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "",
            Severity::Note => "note: ",
        };
        let origin = self.origin.to_string();
        let (origin, message) = (printable(&origin), printable(&self.message));
        write!(f, "{origin}: {word}{message} [{}]", self.code)
    }
}
