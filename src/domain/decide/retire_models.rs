//! Models are decommissioned, taken into use again, and deleted.

use super::check;
use crate::domain::change::{Change, ModelStatus};
use crate::domain::command::{CommissionModel, DeleteModels};
use crate::domain::model_use::{USES_LISTED_MAX, uses};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// Lets a model have no new twins, or have them again. Twins that it has stay as they are.
pub fn commission(state: &State, command: &CommissionModel) -> Result<Vec<Change>, Rejection> {
    check::model(state, &command.model)?;
    if state.catalogue.is_decommissioned(&command.model) == command.decommissioned {
        return Ok(Vec::new());
    }
    let status = match command.decommissioned {
        true => ModelStatus::Decommissioned,
        false => ModelStatus::InUse,
    };
    Ok(vec![Change::ModelsMarked { models: vec![command.model.clone()], status }])
}

/// Takes models from the catalogue that no twin ever was an instance of, and no other model needs.
///
/// So nothing in the past means them either, and their identifiers may be given to other texts.
pub fn delete(state: &State, command: &DeleteModels) -> Result<Vec<Change>, Rejection> {
    for model in &command.models {
        check::model(state, model)?;
    }
    let mut models = command.models.clone();
    models.sort();
    models.dedup();
    let mut found = uses(state, &models).map(|found| found.to_string());
    let listed: Vec<String> = found.by_ref().take(USES_LISTED_MAX).collect();
    let more = found.count();
    if !listed.is_empty() {
        return Err(Rejection::ModelInUse { more, uses: listed });
    }
    if models.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Change::ModelsMarked { models, status: ModelStatus::Deleted }])
}
