//! Models join the catalogue.

use crate::domain::change::{Change, ModelsAdded};
use crate::domain::command::UploadModels;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::dtdl::{Catalogue, ModelUser, Upload, UseKind};

/// The upload was checked beside the write path; here only that nothing came between.
pub fn decide(state: &State, command: &UploadModels) -> Result<Vec<Change>, Rejection> {
    if command.upload.added.is_empty() {
        return Ok(Vec::new());
    }
    if !state.catalogue.is_same(&command.checked_against) {
        return Err(Rejection::ModelsMoved);
    }
    retired(&state.catalogue, &command.upload)?;
    Ok(vec![Change::ModelsAdded(ModelsAdded {
        documents: command.upload.added.iter().map(|i| i.source.clone()).collect(),
        upload: Some(command.upload.clone()),
    })])
}

/// A new model may not extend a decommissioned one, nor have it as a component: its twins would
/// be new twins of that model. Relationships may lead to it, because its twins are still there.
///
/// # Errors
/// The first that does.
pub fn retired(catalogue: &Catalogue, upload: &Upload) -> Result<(), Rejection> {
    for added in &upload.added {
        let mut uses = added.uses().filter(|(_, kind)| match kind {
            UseKind::Extends | UseKind::Component(_) => true,
            UseKind::Relationship(_) => false,
        });
        if let Some((used, kind)) = uses.find(|(used, _)| catalogue.is_decommissioned(used)) {
            let used = used.clone();
            let found = ModelUser { used: used.clone(), user: added.id.clone(), kind };
            return Err(Rejection::Decommissioned { model: used, user: Some(Box::new(found)) });
        }
    }
    Ok(())
}
