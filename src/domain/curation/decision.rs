//! Decisions as the log keeps them: which changes of an entry one decision made, of what kind, and why.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::change::Change;
use crate::domain::id::{ExternalId, InvalidId, Position, StreamKey, TaskId, TwinId, abridged};
use crate::domain::time::Interval;

/// Names a decision: its entry, and its number among the decisions of that entry.
///
/// One request may decide several things in one entry, and each must be undone by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DecisionId {
    /// The entry.
    pub position: Position,
    /// Its number in the entry, from 0.
    pub index: u32,
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.position, self.index)
    }
}

impl FromStr for DecisionId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId {
            what: "the decision",
            problem: format!("`{}` is not valid; write `position.number`", abridged(text)),
        };
        let (position, index) = text.split_once('.').ok_or_else(invalid)?;
        let position = position.parse().map_err(|_| invalid())?;
        Ok(Self { position, index: index.parse().map_err(|_| invalid())? })
    }
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DecisionKind {
    /// An id means a twin.
    Link,
    /// An id means nothing.
    Unlink,
    /// A stream measures a property.
    Bind,
    /// A stream measures nothing.
    Unbind,
    /// A device replaces another.
    Swap,
    /// Two twins are one.
    Merge,
    /// One twin is two.
    Split,
    /// Two records describe the same thing.
    JudgeSame,
    /// Two records describe different things.
    JudgeDifferent,
    /// A verdict holds no more.
    Withdraw,
    /// A doubtful pair is the same thing.
    Approve,
    /// A doubtful pair is two things.
    Reject,
    /// A decision is taken back.
    Undo,
}

/// What a decision is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// A twin.
    Twin(TwinId),
    /// An id of another system, and the record of that key.
    Id(ExternalId),
    /// A stream.
    Stream(StreamKey),
    /// A task.
    Task(TaskId),
    /// An earlier decision.
    Decision(DecisionId),
}

/// What both twins of a merge stated, differently: the kept twin's stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The property, or the relationship.
    pub path: Arc<str>,
    /// When.
    pub valid: Interval,
    /// What stays.
    pub kept: serde_json::Value,
    /// What is let go.
    pub lost: serde_json::Value,
}

/// Stands before the changes that a decision made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// What was decided.
    pub kind: DecisionKind,
    /// Why, as its author said.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub reason: Arc<str>,
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// What was stated differently by the twins of a merge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// How many of the changes that follow it made.
    pub changes: usize,
}

impl Decided {
    /// A decision of that kind, whose changes are not counted yet.
    pub fn new(kind: DecisionKind, reason: &Arc<str>, subjects: Vec<Subject>) -> Self {
        Self { kind, reason: reason.clone(), subjects, conflicts: Vec::new(), changes: 0 }
    }
}

/// The decisions of an entry, in order, each with its changes.
pub fn decisions_of(changes: &[Change]) -> impl Iterator<Item = (u32, &Decided, &[Change])> {
    let marked = changes.iter().enumerate().filter_map(move |(at, change)| {
        let Change::Decided(decided) = change else {
            return None;
        };
        let rest = &changes[at + 1..];
        Some((&**decided, &rest[..decided.changes.min(rest.len())]))
    });
    (0..).zip(marked).map(|(index, (decided, changes))| (index, decided, changes))
}
