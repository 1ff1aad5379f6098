//! Models join the catalogue.

use crate::domain::change::{Change, ModelsAdded};
use crate::domain::command::UploadModels;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// The upload was checked beside the write path; here only that nothing came between.
pub fn decide(state: &State, command: &UploadModels) -> Result<Vec<Change>, Rejection> {
    if command.upload.added.is_empty() {
        return Ok(Vec::new());
    }
    if state.catalogue.len() != command.checked_against {
        return Err(Rejection::ModelsMoved);
    }
    Ok(vec![Change::ModelsAdded(ModelsAdded {
        documents: command.upload.added.iter().map(|i| i.source.clone()).collect(),
        upload: Some(command.upload.clone()),
    })])
}
