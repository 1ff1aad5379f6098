//! What the writer is asked to do, and what it answers.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::error::EngineError;
use crate::domain::batch::{Acknowledged, ReadingBatch};
use crate::domain::command::Command;
use crate::domain::id::{Position, TwinId};
use crate::domain::rejection::Rejection;

/// What a command did.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// How many changes it made; none when all that it says was so already.
    pub changes: usize,
    /// The twin that it made or touched, when it is about one.
    pub twin: Option<TwinId>,
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
            Self::Commands { commands, .. } => commands.len(),
            Self::Readings { batch, .. } => batch.len(),
        }
    }

    /// Tells that the request was not taken.
    pub(super) fn fail(self, reason: &str) {
        let error = EngineError::Unavailable(reason.to_owned());
        match self {
            Self::Commands { reply, .. } => drop(reply.send(Err(error))),
            Self::Readings { reply, .. } => drop(reply.send(Err(error))),
        }
    }
}
