//! The plan of one twin.

use super::request::{Migration, TwinPlan};
use super::{bindings, relationships, values};
use crate::domain::change::Change;
use crate::domain::fact::Existence;
use crate::domain::id::{Position, TwinId};
use crate::domain::state::State;
use crate::domain::time::Interval;

/// Sees all that stands, whether committed already or decided a moment before.
pub(super) const KNOWN: Position = Position::LATEST_KNOWN;

/// The times in which a twin would get the new model: none if it has the older one no more.
pub fn spans(state: &State, migration: &Migration, twin: TwinId) -> Vec<Interval> {
    let Some(node) = state.graph.twin(twin) else {
        return Vec::new();
    };
    let facts = node.existence.spans(KNOWN).into_iter();
    let of_model = facts.filter(|fact| fact.value.model == migration.from);
    of_model.filter_map(|fact| since(fact.valid, migration)).collect()
}

/// What becomes of a twin: both models must be known.
pub fn plan(state: &State, migration: &Migration, twin: TwinId) -> TwinPlan {
    let mut plan = TwinPlan::default();
    for span in spans(state, migration, twin) {
        let existence = Existence { model: migration.to.clone() };
        plan.changes.push(Change::TwinAsserted { twin, valid: span, existence });
        values::plan(state, migration, twin, span, &mut plan);
        bindings::plan(state, migration, twin, span, &mut plan);
        relationships::plan(state, migration, twin, span, &mut plan);
    }
    plan
}

/// What of an interval lies after the migration.
fn since(valid: Interval, migration: &Migration) -> Option<Interval> {
    Interval::new(valid.from.max(migration.at), valid.to)
}

/// What two intervals share.
pub(super) fn shared(one: Interval, other: Interval) -> Option<Interval> {
    Interval::new(one.from.max(other.from), one.to.min(other.to))
}
