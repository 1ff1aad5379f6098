//! Commands of one entry, decided and applied one after the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::RwLock;

use super::work::Outcome;
use crate::domain::apply::apply;
use crate::domain::change::Change;
use crate::domain::command::Command;
use crate::domain::curation::{DecisionId, DecisionKind, Subject};
use crate::domain::decide::{Context, IdSource, decide};
use crate::domain::fact::FactKey;
use crate::domain::id::{Position, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Timestamp;

/// Decides the commands of one entry; each sees what those before it did.
pub(super) struct Decider<'a> {
    state: &'a RwLock<State>,
    ids: &'a mut dyn IdSource,
    position: Position,
    now: Timestamp,
    actor: &'a Arc<str>,
    /// How many decisions about identity there were.
    decisions: u32,
    /// What they changed.
    pub(super) changes: Vec<Change>,
    /// The timelines that they touched.
    pub(super) touched: BTreeSet<FactKey>,
}

impl<'a> Decider<'a> {
    pub(super) fn new(
        state: &'a RwLock<State>,
        ids: &'a mut dyn IdSource,
        position: Position,
        now: Timestamp,
        actor: &'a Arc<str>,
    ) -> Self {
        let (changes, touched) = (Vec::new(), BTreeSet::new());
        Self { state, ids, position, now, actor, decisions: 0, changes, touched }
    }

    /// Decides a command, and applies what it changes at the position.
    pub(super) fn decide(&mut self, command: &Command) -> Result<Outcome, Rejection> {
        let mut context = Context { now: self.now, actor: self.actor.clone(), ids: &mut *self.ids };
        let decided = decide(&self.state.read(), command, &mut context)?;
        self.apply(&decided)?;
        let mut outcome = Outcome {
            changes: decided.len(),
            twin: self.twin_of(command, &decided),
            ..Outcome::default()
        };
        if let Some(Change::Decided(mark)) = decided.first() {
            outcome.decision = Some(DecisionId { position: self.position, index: self.decisions });
            outcome.conflicts.clone_from(&mark.conflicts);
            self.decisions += 1;
        }
        self.changes.extend(decided);
        Ok(outcome)
    }

    fn apply(&mut self, changes: &[Change]) -> Result<(), Rejection> {
        let mut state = self.state.write();
        for change in changes {
            apply(&mut state, self.position, change, &mut self.touched)
                .map_err(Rejection::InvalidModels)?;
        }
        Ok(())
    }

    /// The twin that a command is about: what it made, or what its reference means.
    fn twin_of(&self, command: &Command, changes: &[Change]) -> Option<TwinId> {
        if let Some(Change::Decided(mark)) = changes.first()
            && let Some(twin) = told(mark.kind, &mark.subjects)
        {
            return Some(twin);
        }
        let made = changes.iter().find_map(|change| match change {
            Change::TwinAsserted { twin, .. }
            | Change::PropertyAsserted { twin, .. }
            | Change::PropertyRetracted { twin, .. }
            | Change::TwinRetracted { twin, .. } => Some(*twin),
            Change::Linked { link, .. } => Some(link.twin),
            _ => None,
        });
        made.or_else(|| {
            let Command::PutTwin(put) = command else {
                return None;
            };
            let state = self.state.read();
            let known = Position::LATEST_KNOWN;
            put.id.map(|id| state.curations.current(id, known)).or_else(|| {
                let moment = put.valid.from;
                let links = put.identifiers.iter();
                let mut links = links.filter_map(|id| state.crosswalks.at(id, moment, known));
                links.next().map(|link| link.value.twin)
            })
        })
    }
}

/// The twin that stays after a merge, or that a split made.
fn told(kind: DecisionKind, subjects: &[Subject]) -> Option<TwinId> {
    let mut twins = subjects.iter().filter_map(|subject| match subject {
        Subject::Twin(twin) => Some(*twin),
        _ => None,
    });
    match kind {
        DecisionKind::Merge => twins.next(),
        DecisionKind::Split => twins.nth(1),
        _ => None,
    }
}
