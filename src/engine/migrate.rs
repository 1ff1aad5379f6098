//! Migration of twins to another model, in batches: looked at first, then done.

use std::ops::Bound;

use super::error::EngineError;
use super::handle::Engine;
use crate::domain::command::{Command, MigrateTwins};
use crate::domain::decide::migration_possible;
use crate::domain::id::{Position, TwinId};
use crate::domain::migration::{Migration, TwinPlan, plan, spans};
use crate::domain::state::State;

/// Twins looked at in one go; between two goes the writer gets its turn.
const LOOK_TWINS: usize = 500;

/// Part of a migration: looked at, or done.
#[derive(Debug, Default)]
pub struct MigrationPage {
    /// What becomes of each twin, in order of their ids.
    pub plans: Vec<(TwinId, TwinPlan)>,
    /// How many more twins have the older model, after those of this page.
    pub remaining: usize,
}

impl Engine {
    /// What would become of the next twins after `after`, at most `first` of them.
    ///
    /// # Errors
    /// When a model is not known, or gets no new twins.
    pub fn plan_migration(
        &self,
        migration: &Migration,
        after: Option<TwinId>,
        first: usize,
    ) -> Result<MigrationPage, EngineError> {
        self.read(|state| migration_possible(state, migration))?;
        let mut page = MigrationPage::default();
        let mut after = after;
        loop {
            let look = |state: &State| {
                let ids = state.graph.of_model(&migration.from);
                let start = after.map_or(Bound::Unbounded, Bound::Excluded);
                let ids = ids.into_iter().flat_map(|ids| ids.range((start, Bound::Unbounded)));
                let looked_at: Vec<TwinId> = ids.take(LOOK_TWINS).copied().collect();
                for twin in &looked_at {
                    if !migration.selects(*twin) || spans(state, migration, *twin).is_empty() {
                        continue;
                    }
                    if page.plans.len() < first {
                        page.plans.push((*twin, plan(state, migration, *twin)));
                    } else {
                        page.remaining += 1;
                    }
                }
                looked_at.last().copied()
            };
            match self.read(look) {
                Some(last) => after = Some(last),
                None => return Ok(page),
            }
        }
    }

    /// Migrates the twins of a page, all or none.
    ///
    /// # Errors
    /// When something would be lost without leave, or the engine could not take it.
    pub async fn migrate(
        &self,
        actor: &str,
        migration: Migration,
        page: &MigrationPage,
    ) -> Result<Position, EngineError> {
        let twins = page.plans.iter().map(|(twin, _)| *twin).collect();
        let command = Command::MigrateTwins(MigrateTwins { migration, twins });
        self.submit(actor, command).await.map(|(_, position)| position)
    }
}
