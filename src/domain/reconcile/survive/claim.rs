//! What one author says of a property, or of the properties of a group.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use smallvec::SmallVec;

use super::same::same_value;
use super::trust::Trust;
use crate::domain::fact::PropertyPath;
use crate::domain::id::{ExternalId, Position};
use crate::domain::reconcile::normalise::asset::alike::alike;
use crate::domain::time::{Interval, Timestamp};

/// Values by property, in order of the properties; one, unless they belong to a group.
pub type Values<'a> = SmallVec<[(&'a PropertyPath, &'a Value); 1]>;

/// What a thing is matched by.
pub type Identity = BTreeMap<Arc<str>, Arc<str>>;

/// Of what is not said in a record.
pub static UNIDENTIFIED: Identity = Identity::new();

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
    /// What the same record is matched by, by the names of identity fields.
    pub identity: &'a Identity,
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

    /// Whether another claim with another value of the same property says the same. Where both values are also what
    /// their records are matched by, they are the same as matching reads them: `Siemens AG` is `SIEMENS`.
    pub fn says_the_same(&self, value: &Value, (other, its): (&Claim<'_>, &Value)) -> bool {
        let (Some(text), Some(other_text)) = (value.as_str(), its.as_str()) else {
            return same_value(value, its);
        };
        let is_said = |said: &str, text: &str| said.trim() == text.trim();
        let mut fields = self.identity.iter().filter(|(_, said)| is_said(said, text));
        same_value(value, its)
            || fields.any(|(field, _)| {
                let held = other.identity.get(field);
                held.is_some_and(|said| is_said(said, other_text)) && alike(field, text, other_text)
            })
    }

    /// Whether it is a steward's override.
    pub fn is_override(&self) -> bool {
        self.author == Author::Steward
    }
}
