//! What one author says of a property, or of the properties of a group.

use std::sync::Arc;

use serde_json::Value;
use smallvec::SmallVec;

use super::trust::Trust;
use crate::domain::fact::PropertyPath;
use crate::domain::id::{ExternalId, Position};
use crate::domain::time::{Interval, Timestamp};

/// Values by property, in order of the properties; one, unless they belong to a group.
pub type Values<'a> = SmallVec<[(&'a PropertyPath, &'a Value); 1]>;

/// Who says so. The order among sources breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Author<'a> {
    /// A person or client, in so many words: a steward's override.
    Steward,
    /// A system.
    Source {
        /// Its name.
        system: &'a Arc<str>,
        /// The record of it that says so; `None` when the system stated the value of the twin itself.
        record: Option<&'a ExternalId>,
    },
}

/// What one author says.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// Who says so.
    pub author: Author<'a>,
    /// What.
    pub values: Values<'a>,
    /// When the author last touched it, as far as that is known.
    pub stated: Option<Timestamp>,
    /// How many properties the author gives in all.
    pub given: usize,
    /// How far the author is trusted.
    pub trust: &'a Trust,
    /// When it is so.
    pub valid: Interval,
    /// The entry from which on it was known.
    pub recorded_from: Position,
}

impl<'a> Claim<'a> {
    /// What it says of one property.
    pub fn value_of(&self, path: &str) -> Option<(&'a PropertyPath, &'a Value)> {
        self.values.iter().find(|(of, _)| &***of == path).copied()
    }

    /// Whether it is a steward's override.
    pub fn is_override(&self) -> bool {
        self.author == Author::Steward
    }
}
