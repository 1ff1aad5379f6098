//! An import into an engine of this process.

use std::sync::Arc;

use async_trait::async_trait;

use super::target::{ImportTarget, ModelsReport, Outcome, model_problems};
use crate::domain::command::Command;
use crate::domain::fact::JsonMap;
use crate::domain::rejection::Rejection;
use crate::domain::time::Timestamp;
use crate::dtdl::Catalogue;
use crate::engine::{Engine, EngineError};
use crate::sources::declaration::Declaration;
use crate::sources::problem::{Origin, Problem};

/// An engine, and in whose name the import is done.
pub struct Here {
    /// Where the import goes.
    pub engine: Engine,
    /// Who is told in the log to have asked.
    pub actor: String,
}

/// The declarations that an engine keeps, of those that name their files.
pub fn kept_in(engine: &Engine) -> Vec<Arc<Declaration>> {
    let kept: Vec<Arc<JsonMap>> =
        engine.read(|state| state.sources.iter().map(|(_, json)| json.clone()).collect());
    // One that an older version took and this one does not is only of no use here.
    let read = kept.iter().filter_map(|json| Declaration::from_json(json).ok());
    read.filter(|declaration| declaration.declared.files.is_some()).map(Arc::new).collect()
}

#[async_trait]
impl ImportTarget for Here {
    fn catalogue(&self) -> Catalogue {
        self.engine.catalogue()
    }

    fn now(&self) -> Timestamp {
        self.engine.now()
    }

    fn kept(&self) -> Vec<Arc<Declaration>> {
        kept_in(&self.engine)
    }

    async fn upload_models(
        &self,
        files: Vec<(String, String)>,
    ) -> Result<ModelsReport, Vec<Problem>> {
        match self.engine.upload_models(&self.actor, files).await {
            Ok((planned, _)) => {
                let upload = planned.upload;
                Ok(ModelsReport { added: upload.added.len(), unchanged: upload.unchanged.len() })
            }
            Err(EngineError::Rejected(Rejection::InvalidModels(errors))) => {
                Err(model_problems(&errors))
            }
            Err(error) => {
                let code = match &error {
                    EngineError::Rejected(rejection) => rejection.code(),
                    _ => "NOT_TAKEN",
                };
                let origin = Origin::file(&"models".into());
                Err(vec![Problem::error(origin, code, error.to_string())])
            }
        }
    }

    async fn submit_all(
        &self,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Outcome, Rejection>>, String> {
        let receipt = self.engine.submit_all(&self.actor, commands).await;
        let receipt = receipt.map_err(|error| error.to_string())?;
        let mut outcomes = Vec::with_capacity(receipt.outcomes.len());
        for outcome in receipt.outcomes {
            outcomes.push(outcome.map(|o| Outcome { changes: o.changes }));
        }
        Ok(outcomes)
    }
}
