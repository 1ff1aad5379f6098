//! The facts that decisions about identity leave: one kind of timeline for all of them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decision::DecisionId;
use super::task::{Candidate, Task};
use super::verdict::Verdict;
use crate::domain::id::{ExternalId, TwinId, id_of_parts};

/// That a twin was found to be another one: its id goes on resolving.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redirect {
    /// The twin that is no more.
    pub from: TwinId,
    /// The twin that it is.
    pub to: TwinId,
    /// Why.
    pub reason: Arc<str>,
    /// Who decided.
    pub decider: Arc<str>,
}

/// That a decision was taken back, by the entry that states this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undone {
    /// The decision.
    pub decision: DecisionId,
    /// Why.
    pub reason: Arc<str>,
    /// Who took it back.
    pub decider: Arc<str>,
}

/// One fact of curation. The JSON form is what the log and the stores keep: extend it, never change it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum Curation {
    /// See [`Verdict`].
    Verdict(Box<Verdict>),
    /// See [`Redirect`].
    Redirect(Redirect),
    /// See [`Task`].
    Task(Box<Task>),
    /// See [`Undone`].
    Undone(Undone),
}

/// The kinds of facts of curation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CurationKind {
    /// See [`Verdict`].
    Verdict,
    /// See [`Redirect`].
    Redirect,
    /// See [`Task`].
    Task,
    /// See [`Undone`].
    Undone,
}

impl CurationKind {
    /// Its name in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verdict => "verdict",
            Self::Redirect => "redirect",
            Self::Task => "task",
            Self::Undone => "undone",
        }
    }
}

/// Names one timeline of curation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CurationKey {
    /// The kind.
    pub kind: CurationKind,
    /// Derived from what the fact is about, so that a thing said twice is one thing.
    pub id: Uuid,
}

/// Namespace of the ids of verdicts.
const VERDICTS: Uuid = Uuid::from_u128(0x2d41_9f04_9c1e_4b2f_8a6d_3e0b_51f7_7a10);
/// Namespace of the ids of decisions.
const DECISIONS: Uuid = Uuid::from_u128(0x81c5_02b7_64aa_4d3c_b1f9_a7d8_13e2_0c46);

impl CurationKey {
    /// The timeline of the verdict on a pair.
    pub fn verdict(pair: &super::Pair) -> Self {
        let id = id_of_parts(
            &VERDICTS,
            [pair.first(), pair.second()].into_iter().flat_map(|id| id.parts()),
        );
        Self { kind: CurationKind::Verdict, id }
    }

    /// The timeline of where a twin's id leads.
    pub fn redirect(from: TwinId) -> Self {
        Self { kind: CurationKind::Redirect, id: from.0 }
    }

    /// The timeline of a task.
    pub fn task(id: crate::domain::id::TaskId) -> Self {
        Self { kind: CurationKind::Task, id: id.0 }
    }

    /// The timeline of whether a decision is undone.
    pub fn undone(decision: DecisionId) -> Self {
        let name = decision.to_string();
        Self { kind: CurationKind::Undone, id: id_of_parts(&DECISIONS, [name.as_str()]) }
    }
}

impl Curation {
    /// The timeline that the fact is on.
    pub fn key(&self) -> CurationKey {
        match self {
            Self::Verdict(verdict) => CurationKey::verdict(&verdict.pair),
            Self::Redirect(redirect) => CurationKey::redirect(redirect.from),
            Self::Task(task) => CurationKey::task(task.id()),
            Self::Undone(undone) => CurationKey::undone(undone.decision),
        }
    }

    /// The records that it is about.
    pub(super) fn records(&self) -> impl Iterator<Item = &ExternalId> {
        let (one, other) = match self {
            Self::Verdict(verdict) => (Some(verdict.pair.first()), Some(verdict.pair.second())),
            Self::Task(task) => match &task.candidate {
                Candidate::Record(record) => (Some(&task.record), Some(record)),
                Candidate::Twin(_) => (Some(&task.record), None),
            },
            Self::Redirect(_) | Self::Undone(_) => (None, None),
        };
        one.into_iter().chain(other)
    }

    /// The twin that it is about: a task's candidate, or where a redirect leads.
    pub(super) fn twin(&self) -> Option<TwinId> {
        match self {
            Self::Redirect(redirect) => Some(redirect.to),
            Self::Task(task) => match task.candidate {
                Candidate::Twin(twin) => Some(twin),
                Candidate::Record(_) => None,
            },
            Self::Verdict(_) | Self::Undone(_) => None,
        }
    }
}
