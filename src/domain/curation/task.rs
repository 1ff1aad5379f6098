//! Tasks: doubtful pairs that wait for a person.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::id::{ExternalId, TaskId, TwinId};
use crate::domain::time::{Interval, Timestamp};

/// What a record may be the same as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Candidate {
    /// What a twin is.
    Twin(TwinId),
    /// What another record describes.
    Record(ExternalId),
}

/// What one comparison says for or against the pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weight {
    /// The comparison, for example `serial`.
    pub comparison: Arc<str>,
    /// What it found, for example `same`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Arc<str>>,
    /// What the record says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Arc<str>>,
    /// What the candidate says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<Arc<str>>,
    /// Logarithm to base 2 of the Bayes factor: above 0 for, below 0 against.
    pub weight: f64,
}

/// Another candidate for the same record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// The candidate.
    pub candidate: Candidate,
    /// How probable it is, from 0 to 1.
    pub probability: f64,
}

/// A doubtful pair as the matching raises it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// The record.
    pub record: ExternalId,
    /// What it may be the same as.
    pub candidate: Candidate,
    /// How probable that is, from 0 to 1.
    pub probability: f64,
    /// Why, comparison by comparison.
    pub weights: Vec<Weight>,
    /// What else it may be the same as.
    pub alternatives: Vec<Alternative>,
    /// When: while both describe what they are compared by.
    pub valid: Interval,
}

/// A doubtful pair in the review queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The record.
    pub record: ExternalId,
    /// What it may be the same as.
    pub candidate: Candidate,
    /// How probable that is, from 0 to 1.
    pub probability: f64,
    /// Why, comparison by comparison.
    pub weights: Vec<Weight>,
    /// What else it may be the same as.
    pub alternatives: Vec<Alternative>,
    /// What a decision is worth: 1 for an even chance about a thing that nothing measures, more
    /// where streams hang on it.
    pub worth: f64,
    /// When it was raised.
    pub raised: Timestamp,
    /// When both describe what they were compared by: the question is about that time, and so is its answer.
    #[serde(default = "always", skip_serializing_if = "is_always")]
    pub valid: Interval,
}

fn always() -> Interval {
    Interval::ALWAYS
}

fn is_always(valid: &Interval) -> bool {
    *valid == Interval::ALWAYS
}

impl Task {
    /// Its id, the same for the same pair in either order.
    pub fn id(&self) -> TaskId {
        TaskId::of(&self.record, &self.candidate)
    }
}

impl Proposal {
    /// The same with the lesser of two records first, so that a pair said either way is one task.
    pub fn normalised(mut self) -> Self {
        if let Candidate::Record(other) = &mut self.candidate
            && *other < self.record
        {
            std::mem::swap(other, &mut self.record);
            for weight in &mut self.weights {
                std::mem::swap(&mut weight.left, &mut weight.right);
            }
        }
        self
    }
}
