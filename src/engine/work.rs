//! What the writer is asked to do, and what it answers.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::error::EngineError;
use crate::domain::batch::{Acknowledged, ReadingBatch};
use crate::domain::command::Command;
use crate::domain::curation::{Conflict, DecisionId};
use crate::domain::id::{Position, TwinId};
use crate::domain::impact::Impact;
use crate::domain::rejection::Rejection;

/// What a command did.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How many changes it made; none when all that it says was so already.
    pub changes: usize,
    /// The twin that it made or touched, when it is about one.
    pub twin: Option<TwinId>,
    /// The decision that it was, when it was one about identity.
    pub decision: Option<DecisionId>,
    /// What the twins of a merge stated differently.
    pub conflicts: Vec<Conflict>,
}

/// What commands would do. Nothing of it was done.
#[derive(Debug)]
pub struct Preview {
    /// What would become of each command.
    pub outcomes: Vec<Result<Outcome, Rejection>>,
    /// What all of them together would change.
    pub impact: Impact,
    /// The position at which they were tried.
    pub position: Position,
}

/// Acknowledged commands, in their order.
#[derive(Debug)]
pub struct Receipt {
    /// What became of each command.
    pub outcomes: Vec<Result<Outcome, Rejection>>,
    /// The position at which all of this can be read.
    pub position: Position,
}

/// What the writer is asked to do.
pub(super) enum Work {
    Commands {
        actor: Arc<str>,
        commands: Vec<Command>,
        reply: oneshot::Sender<Result<Receipt, EngineError>>,
    },
    Preview {
        actor: Arc<str>,
        commands: Vec<Command>,
        reply: oneshot::Sender<Result<Preview, EngineError>>,
    },
    Readings {
        actor: Arc<str>,
        batch: ReadingBatch,
        reply: oneshot::Sender<Result<Acknowledged, EngineError>>,
    },
}

impl Work {
    /// How many commands or readings it is about.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Commands { commands, .. } | Self::Preview { commands, .. } => commands.len(),
            Self::Readings { batch, .. } => batch.len(),
        }
    }

    /// Tells that the request was not taken.
    pub(super) fn fail(self, reason: &str) {
        let error = EngineError::Unavailable(reason.to_owned());
        match self {
            Self::Commands { reply, .. } => drop(reply.send(Err(error))),
            Self::Preview { reply, .. } => drop(reply.send(Err(error))),
            Self::Readings { reply, .. } => drop(reply.send(Err(error))),
        }
    }
}
