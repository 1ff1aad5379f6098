//! Requests → entries: decided and applied in memory, beyond the position that readers see.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::oneshot;

use super::decide::Decider;
use super::error::EngineError;
use super::shared::Shared;
use super::work::{Outcome, Receipt, Work};
use crate::domain::batch::{Account, Acknowledged, ReadingBatch};
use crate::domain::change::Change;
use crate::domain::command::Command;
use crate::domain::decide::{IdSource, open_streams};
use crate::domain::fact::FactKey;
use crate::domain::id::Position;
use crate::domain::log::Entry;
use crate::domain::reading::Reading;
use crate::domain::rejection::Rejection;
use crate::domain::time::Timestamp;
use crate::store::Append;

/// How to answer when the entry is on disk.
pub(super) enum Answer {
    Commands {
        outcomes: Vec<Result<Outcome, Rejection>>,
        reply: oneshot::Sender<Result<Receipt, EngineError>>,
    },
    Readings {
        account: Account,
        rejection: Option<Rejection>,
        reply: oneshot::Sender<Result<Acknowledged, EngineError>>,
    },
}

impl Answer {
    /// Tells that the request failed.
    pub(super) fn fail(self, reason: &str) {
        let error = EngineError::Unavailable(reason.to_owned());
        match self {
            Self::Commands { reply, .. } => drop(reply.send(Err(error))),
            Self::Readings { reply, .. } => drop(reply.send(Err(error))),
        }
    }
}

/// A request that is decided and applied, and waits for the disk.
pub(super) struct Prepared {
    pub(super) append: Append,
    pub(super) touched: BTreeSet<FactKey>,
    pub(super) answer: Answer,
}

/// Decides requests one after the other.
pub(super) struct Preparer<'a> {
    pub(super) shared: &'a Shared,
    pub(super) ids: &'a mut dyn IdSource,
    pub(super) position: Position,
    pub(super) now: Timestamp,
}

impl Preparer<'_> {
    /// Decides a request and applies its changes at the position; a preview is answered, and leaves nothing.
    pub(super) fn prepare(&mut self, work: Work) -> Option<Prepared> {
        Some(match work {
            Work::Preview { actor, commands, reply } => {
                drop(reply.send(Ok(self.preview(&actor, &commands))));
                return None;
            }
            Work::Commands { actor, commands, reply } => {
                let (append, touched, outcomes) = self.commands(actor, &commands);
                Prepared { append, touched, answer: Answer::Commands { outcomes, reply } }
            }
            Work::Readings { actor, batch, reply } => {
                let (append, account, rejection) = self.readings(actor, batch);
                let answer = Answer::Readings { account, rejection, reply };
                Prepared { append, touched: BTreeSet::new(), answer }
            }
        })
    }

    fn commands(
        &mut self,
        actor: Arc<str>,
        commands: &[Command],
    ) -> (Append, BTreeSet<FactKey>, Vec<Result<Outcome, Rejection>>) {
        let mut decider =
            Decider::new(&self.shared.state, self.ids, self.position, self.now, &actor);
        let outcomes = commands.iter().map(|command| decider.decide(command)).collect();
        let Decider { changes, touched, .. } = decider;
        let edits = self.shared.state.read().edits(self.position, &touched);
        (self.append(actor, changes, Vec::new(), edits), touched, outcomes)
    }

    fn readings(
        &mut self,
        actor: Arc<str>,
        batch: ReadingBatch,
    ) -> (Append, Account, Option<Rejection>) {
        let ReadingBatch { known: mut readings, unknown } = batch;
        let mut account = Account::default();
        let opened = {
            let state = self.shared.state.read();
            open_streams(&state, unknown.iter().map(|r| &r.key))
        };
        let (opened, rejection) = match opened {
            Ok(opened) => (opened, None),
            Err(rejection) => (Default::default(), Some(rejection)),
        };
        for reading in unknown {
            let Some(stream) = opened.number(&reading.key) else {
                account.rejected += 1;
                continue;
            };
            let (time, sequence) = (reading.time, reading.sequence);
            let (value, quality) = (reading.value, reading.quality);
            readings.push(Reading { stream, time, sequence, value, quality });
        }
        let mut state = self.shared.state.write();
        for change in &opened.changes {
            if let Change::StreamOpened { stream, key } = change {
                state.streams.open(*stream, key, self.position);
            }
        }
        drop(state);
        (self.append(actor, opened.changes, readings, Vec::new()), account, rejection)
    }

    fn append(
        &self,
        actor: Arc<str>,
        changes: Vec<Change>,
        readings: Vec<Reading>,
        edits: Vec<crate::domain::fact::FactRow>,
    ) -> Append {
        let entry =
            Entry { position: self.position, recorded_at: self.now, actor, changes, readings };
        Append { entry, edits }
    }
}
