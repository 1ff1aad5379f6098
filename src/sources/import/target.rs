//! What the import needs of the engine.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Serialize;

use super::settled::Settled;
use crate::domain::command::Command;
use crate::domain::rejection::Rejection;
use crate::domain::time::Timestamp;
use crate::dtdl::{Catalogue, ModelErrors};
use crate::sources::declaration::Declaration;
use crate::sources::problem::{Origin, Problem};

/// What a command did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// How many changes it made; 0 when all that it says was so already.
    pub changes: usize,
}

/// What became of uploaded models.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ModelsReport {
    /// Interfaces that are new.
    pub added: usize,
    /// Interfaces that were there already, the same.
    pub unchanged: usize,
}

/// Where an import goes: the engine, here or behind a server.
#[async_trait]
pub trait ImportTarget: Send + Sync {
    /// The models that there are now.
    fn catalogue(&self) -> Catalogue;

    /// The time now; all relative moments of an import count from its day.
    fn now(&self) -> Timestamp;

    /// Declarations of earlier imports: they read files that they name, too.
    fn kept(&self) -> Vec<Arc<Declaration>> {
        Vec::new()
    }

    /// Whether those of them by which files are read are declared once more, with their systems.
    fn declares_kept(&self) -> bool {
        true
    }

    /// Adds models, all or none: names and texts of DTDL files, with references in any order.
    async fn upload_models(
        &self,
        files: Vec<(String, String)>,
    ) -> Result<ModelsReport, Vec<Problem>>;

    /// Does commands in their order; each is done or rejected by itself. The error is why none of
    /// them, and none of what would follow, can be taken.
    async fn submit_all(
        &self,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Outcome, Rejection>>, String>;

    /// Decides what records mean that mean nothing yet; called when all records are in, before what refers to them.
    /// Nothing where records are only kept. The error is why nothing that would follow can be taken.
    async fn settle(&self) -> Result<Option<Settled>, String> {
        Ok(None)
    }
}

/// The errors of models as problems at their places.
pub fn model_problems(errors: &ModelErrors) -> Vec<Problem> {
    let problem = |error: &crate::dtdl::ModelError| {
        let file = error.file().into();
        let origin = Origin::column(&file, error.line() as u64, error.column() as u64);
        let message = format!("{} {}", error.message, error.mend);
        Problem::error(origin, "INVALID_MODELS", message)
    };
    errors.0.iter().map(problem).collect()
}
