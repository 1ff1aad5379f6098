//! Verdicts: that two records describe the same thing, or different things.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::id::ExternalId;

/// Two different records, in a fixed order, so that a pair said either way is one pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair {
    first: ExternalId,
    second: ExternalId,
}

impl Pair {
    /// The pair of two records; `None` when they are one.
    pub fn new(one: ExternalId, other: ExternalId) -> Option<Self> {
        match one.cmp(&other) {
            std::cmp::Ordering::Less => Some(Self { first: one, second: other }),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(Self { first: other, second: one }),
        }
    }

    /// The lesser of the two.
    pub fn first(&self) -> &ExternalId {
        &self.first
    }

    /// The greater of the two.
    pub fn second(&self) -> &ExternalId {
        &self.second
    }

    /// The other record of the pair.
    pub fn other(&self, record: &ExternalId) -> &ExternalId {
        if self.first == *record { &self.second } else { &self.first }
    }
}

/// What a verdict says of its pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Judgement {
    /// They describe the same thing (must-link).
    Same,
    /// They describe different things (cannot-link).
    Different,
}

/// What somebody decided about two records. It holds through every run of the matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The two records.
    pub pair: Pair,
    /// Same or different.
    pub judgement: Judgement,
    /// Why.
    pub reason: Arc<str>,
    /// Who decided: a person, a rule.
    pub decider: Arc<str>,
}
