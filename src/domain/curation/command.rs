//! Commands about identity.

use std::sync::Arc;

use super::decision::DecisionId;
use super::verdict::{Judgement, Pair};
use crate::domain::change::Change;
use crate::domain::command::TwinRef;
use crate::domain::id::{ExternalId, Position, RelationshipId, StreamKey, TaskId, TwinId};
use crate::domain::time::Interval;
use crate::dtdl::Dtmi;

/// Two twins are one thing.
#[derive(Debug, Clone)]
pub struct MergeTwins {
    /// The twin that stays; where both state something, this one's word stands.
    pub keep: TwinRef,
    /// The twin that is the other one.
    pub gone: TwinRef,
    /// Why.
    pub reason: Arc<str>,
    /// Withdraw verdicts that keep the two apart; without this, they are in the way.
    pub replace: bool,
}

/// Where the records of a split go.
#[derive(Debug, Clone, PartialEq)]
pub enum SplitInto {
    /// To a new twin, of this model, or of the model that the twin has.
    New(Option<Dtmi>),
    /// To a twin that exists, or that was merged into this one: then it exists again.
    Twin(TwinId),
}

/// One twin is two things.
#[derive(Debug, Clone)]
pub struct SplitTwin {
    /// The twin.
    pub twin: TwinRef,
    /// The ids that mean the other thing. Streams of these devices go with them.
    pub records: Vec<ExternalId>,
    /// What they mean.
    pub into: SplitInto,
    /// When they mean it.
    pub valid: Interval,
    /// Why.
    pub reason: Arc<str>,
    /// Streams that measure the other thing, besides those of the devices.
    pub streams: Vec<StreamKey>,
    /// Relationships that are the other thing's.
    pub relationships: Vec<RelationshipId>,
    /// State verdicts that keep the records that go from those that stay, so that the matching does
    /// not bring them together again.
    pub keep_apart: bool,
}

/// Two records describe the same thing, or different things.
#[derive(Debug, Clone)]
pub struct Judge {
    /// The records.
    pub pair: Pair,
    /// Same or different.
    pub judgement: Judgement,
    /// Why.
    pub reason: Arc<str>,
    /// When.
    pub valid: Interval,
}

/// A verdict holds no more.
#[derive(Debug, Clone)]
pub struct Withdraw {
    /// The records.
    pub pair: Pair,
    /// Why.
    pub reason: Arc<str>,
    /// When it does not hold.
    pub valid: Interval,
}

/// A task is no question any more.
#[derive(Debug, Clone)]
pub struct CloseTask {
    /// The task.
    pub task: TaskId,
}

/// A doubtful pair is the same thing.
#[derive(Debug, Clone)]
pub struct ApproveTask {
    /// The task.
    pub task: TaskId,
    /// Why.
    pub reason: Arc<str>,
    /// Since and until when a record that means nothing yet means the twin.
    pub valid: Interval,
}

/// A doubtful pair is two things.
#[derive(Debug, Clone)]
pub struct RejectTask {
    /// The task.
    pub task: TaskId,
    /// Why.
    pub reason: Arc<str>,
}

/// A decision is taken back.
#[derive(Debug, Clone)]
pub struct Undo {
    /// Its entry.
    pub position: Position,
    /// Its number in the entry; all that the entry did when there is none.
    pub index: Option<u32>,
    /// The changes of the entry, as the log has them.
    pub entry: Arc<Vec<Change>>,
    /// Why.
    pub reason: Arc<str>,
}

impl Undo {
    /// The decisions that are taken back. An entry in which nothing is marked is one decision.
    pub fn decisions(&self) -> Vec<DecisionId> {
        let indices = match self.index {
            Some(index) => vec![index],
            None => (0..super::decisions_of(&self.entry).count().max(1) as u32).collect(),
        };
        indices.into_iter().map(|index| DecisionId { position: self.position, index }).collect()
    }
}
