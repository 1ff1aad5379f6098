//! What many commands would do: they are done on a state of their own, read from the store as at a start.
//!
//! The writer does not wait for them, nor do they for it.

use std::sync::Arc;

use parking_lot::RwLock;
use tokio::runtime::Handle;

use super::decide::Decider;
use super::error::EngineError;
use super::handle::Engine;
use super::recovery::restore;
use super::work::Preview;
use crate::clock::SystemIds;
use crate::domain::command::Command;
use crate::domain::impact::impact;
use crate::domain::state::Rules;
use crate::domain::time::Timestamp;
use crate::store::Store;

/// What is asked, and of what.
struct Apart {
    store: Arc<dyn Store>,
    rules: Rules,
    now: Timestamp,
    actor: Arc<str>,
    commands: Vec<Command>,
}

impl Engine {
    /// Does the commands on a state of their own; one such preview at a time.
    ///
    /// No command asks for a latest reading, so that state is without them.
    pub(super) async fn preview_apart(
        &self,
        actor: &str,
        commands: Vec<Command>,
    ) -> Result<Preview, EngineError> {
        let alone = self.apart.clone().lock_owned().await;
        let apart = Apart {
            store: self.store().clone(),
            rules: self.read(|state| state.rules.clone()),
            now: self.now(),
            actor: actor.into(),
            commands,
        };
        // Work of seconds has a thread of its own; it keeps its turn though who asked hangs up.
        let work = tokio::task::spawn_blocking(move || {
            let _alone = alone;
            apart.look()
        });
        work.await.map_err(|error| {
            EngineError::Unavailable(format!("the preview broke off: {error}; nothing was changed"))
        })?
    }
}

impl Apart {
    fn look(self) -> Result<Preview, EngineError> {
        let snapshot = Handle::current().block_on(self.store.masters())?;
        let head = snapshot.head;
        let (state, _) = restore(snapshot, &self.rules)?;
        let state = RwLock::new(state);
        let (position, now) = (head.position.next(), self.now.max(head.recorded_at));
        let ids = &mut SystemIds;
        let mut decider = Decider::new(&state, ids, position, now, &self.actor);
        let mut outcomes = Vec::with_capacity(self.commands.len());
        for command in self.commands {
            outcomes.push(decider.decide(&command));
            // What it changed is in the state, and goes nowhere else.
            decider.changes.clear();
        }
        let touched = decider.touched;
        let impact = impact(&state.read(), position, &touched);
        Ok(Preview { outcomes, impact, position: head.position })
    }
}
