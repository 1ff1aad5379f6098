//! Whether matching all records once more could find anything that the last run did not.

use super::settle::ACTOR;
use crate::domain::change::Change;
use crate::domain::curation::{Curation, CurationKind};
use crate::domain::id::Position;
use crate::engine::Committed;

/// When all records were decided, and when something that decides them changed.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// What a complete run of this process knew, and how many records it read.
    settled: Option<(Position, usize)>,
    /// The last entry of somebody else that changed what matching reads.
    changed: Position,
}

impl Standing {
    /// Notes an entry. What the matching itself does follows from what it read, and changes nothing of it; what devices
    /// say of themselves is noted when it turns out to be new.
    pub(super) fn note(&mut self, committed: &Committed) {
        let is_of_others = *committed.actor != *ACTOR;
        if is_of_others && committed.changes.iter().any(is_read) {
            self.lost_count(committed.position);
        }
    }

    /// Notes that entries up to this one may have changed something.
    pub(super) fn lost_count(&mut self, position: Position) {
        self.changed = self.changed.max(position);
    }

    /// Notes that all records were decided as known at a position.
    pub(super) fn settled(&mut self, known: Position, records: usize) {
        self.settled = Some((known, records));
    }

    /// How many records stand as they were decided; nothing when some may not.
    pub(super) fn records(&self) -> Option<usize> {
        let (_, records) = self.settled.filter(|(known, _)| self.changed <= *known)?;
        Some(records)
    }
}

/// Whether matching reads what a change changes.
fn is_read(change: &Change) -> bool {
    match change {
        Change::RecordStored { .. }
        | Change::RecordRetracted { .. }
        | Change::Linked { .. }
        | Change::Unlinked { .. }
        | Change::ModelsAdded(_)
        | Change::ModelsMarked { .. } => true,
        Change::Curated { fact, .. } => {
            matches!(fact, Curation::Verdict(_) | Curation::Redirect(_) | Curation::Task(_))
        }
        Change::Uncurated { key, .. } => {
            matches!(key.kind, CurationKind::Verdict | CurationKind::Redirect)
        }
        Change::TwinAsserted { .. }
        | Change::TwinRetracted { .. }
        | Change::PropertyAsserted { .. }
        | Change::PropertyRetracted { .. }
        | Change::RelationshipAsserted { .. }
        | Change::RelationshipRetracted { .. }
        | Change::SystemDeclared { .. }
        | Change::SourceDeclared { .. }
        | Change::StreamOpened { .. }
        | Change::Bound { .. }
        | Change::Unbound { .. }
        | Change::Decided(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(position: u64, actor: &str, changes: Vec<Change>) -> Committed {
        let recorded_at = crate::domain::time::Timestamp(0);
        let (actor, readings) = (actor.into(), Vec::new());
        Committed { position: Position(position), recorded_at, actor, changes, readings }
    }

    #[test]
    fn records_stand_until_somebody_else_changes_what_matching_reads() {
        let unlinked = || {
            let external = crate::domain::id::ExternalId::new("erp", "", "1").unwrap();
            vec![Change::Unlinked { external, valid: crate::domain::time::Interval::ALWAYS }]
        };
        let mut standing = Standing::default();
        assert_eq!(standing.records(), None, "at first nobody knows");
        standing.settled(Position(5), 3);
        standing.note(&entry(6, ACTOR, unlinked()));
        standing.note(&entry(7, "somebody", Vec::new()));
        assert_eq!(standing.records(), Some(3));
        standing.note(&entry(8, "somebody", unlinked()));
        assert_eq!(standing.records(), None);
        standing.settled(Position(8), 4);
        assert_eq!(standing.records(), Some(4));
        standing.lost_count(Position(9));
        assert_eq!(standing.records(), None);
    }
}
