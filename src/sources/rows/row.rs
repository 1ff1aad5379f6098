//! A row of a source's file, as its format gives it.

use std::sync::Arc;

use crate::domain::fact::JsonMap;
use crate::domain::time::Timestamp;
use crate::sources::problem::{Origin, Problem, Remark};

/// The rows of a file, with the problems among them.
pub type Rows = Box<dyn Iterator<Item = Result<Row, Problem>> + Send>;

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it stands.
    pub origin: Origin,
    /// The table that it belongs to, where a file has several.
    pub table: Option<Arc<str>>,
    /// What it says: text, numbers and truth values by the names of its fields; nothing empty.
    pub fields: JsonMap,
    /// What should be known about how it was read.
    pub remarks: Vec<Remark>,
    /// What happened, in a stream of changes.
    pub event: Option<Event>,
}

/// A change of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Its place in the order of changes.
    pub place: Place,
    /// When it happened; none for a row that was there already.
    pub at: Option<Timestamp>,
    /// Whether the row is gone.
    pub gone: bool,
}

/// A place in a database's log.
pub type Place = (u128, u64);

impl Row {
    /// A row that is there.
    pub fn new(origin: Origin, fields: JsonMap) -> Self {
        Self { origin, table: None, fields, remarks: Vec::new(), event: None }
    }
}
