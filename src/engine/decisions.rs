//! Decisions about identity, from the log: listed, and taken back.

use std::sync::Arc;

use super::error::EngineError;
use super::handle::Engine;
use super::work::Outcome;
use crate::domain::command::Command;
use crate::domain::curation::{Decided, DecisionId, Undo, decisions_of};
use crate::domain::id::Position;
use crate::domain::log::Entry;
use crate::domain::rejection::Rejection;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

/// Entries read at once.
const PAGE_ENTRIES: usize = 64;

/// A decision about identity.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Its entry, and its number there.
    pub id: DecisionId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who decided.
    pub actor: Arc<str>,
    /// What, about what, and why.
    pub decided: Decided,
}

impl Engine {
    /// Up to `limit` decisions before `before`, or all up to `known`; the last one first.
    ///
    /// # Errors
    /// When the store does not answer, or its log is damaged.
    pub async fn decisions(
        &self,
        known: Position,
        before: Option<DecisionId>,
        limit: usize,
    ) -> Result<Vec<Decision>, EngineError> {
        let mut end = before.map_or(known, |before| before.position.min(known)).next();
        let mut found = Vec::new();
        while found.len() < limit {
            let entries = self.store().decided(end, PAGE_ENTRIES).await?;
            let Some(last) = entries.last() else { break };
            end = last.position;
            for sealed in &entries {
                let entry = sealed.open().map_err(|e| StoreError::Damaged(e.to_string()))?;
                let mut decisions = of_entry(&entry);
                decisions.retain(|decision| before.is_none_or(|before| decision.id < before));
                found.extend(decisions.into_iter().rev());
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Takes back a decision, or with no `index` all that an entry did.
    ///
    /// # Errors
    /// When something later builds on it, or why the engine could not take it.
    pub async fn undo(
        &self,
        actor: &str,
        position: Position,
        index: Option<u32>,
        reason: Arc<str>,
    ) -> Result<(Outcome, Position), EngineError> {
        let command = self.undoing(position, index, reason).await?;
        self.submit(actor, command).await
    }

    /// The command that takes back a decision, with the changes of its entry as the log has them.
    ///
    /// # Errors
    /// When there is no such entry, or the store does not answer.
    pub async fn undoing(
        &self,
        position: Position,
        index: Option<u32>,
        reason: Arc<str>,
    ) -> Result<Command, EngineError> {
        let before = Position(position.0.saturating_sub(1));
        let entries = self.store().entries(before, 1).await?;
        let entry = entries.first().filter(|entry| entry.position == position);
        let Some(entry) = entry.filter(|_| position <= self.head()) else {
            let index = index.unwrap_or_default();
            return Err(Rejection::NothingToUndo { position, index }.into());
        };
        let entry = entry.open().map_err(|e| StoreError::Damaged(e.to_string()))?;
        Ok(Command::Undo(Undo { position, index, entry: Arc::new(entry.changes), reason }))
    }
}

fn of_entry(entry: &Entry) -> Vec<Decision> {
    let decision = |(index, decided, _): (u32, &Decided, _)| Decision {
        id: DecisionId { position: entry.position, index },
        recorded_at: entry.recorded_at,
        actor: entry.actor.clone(),
        decided: decided.clone(),
    };
    decisions_of(&entry.changes).map(|found: (u32, &Decided, &[_])| decision(found)).collect()
}
