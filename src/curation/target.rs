//! An import into an engine of this process, after which records are matched.

use std::sync::Arc;

use async_trait::async_trait;

use super::curator::Curator;
use crate::domain::command::Command;
use crate::domain::rejection::Rejection;
use crate::domain::time::Timestamp;
use crate::dtdl::Catalogue;
use crate::sources::declaration::Declaration;
use crate::sources::import::{Here, ImportTarget, ModelsReport, Outcome, Settled};
use crate::sources::problem::Problem;

/// Where an import goes, and who decides what its records mean.
pub struct Curated {
    here: Here,
    curator: Curator,
}

impl Curated {
    /// An import in the name of `actor`.
    pub fn new(curator: &Curator, actor: &str) -> Self {
        let here = Here { engine: curator.engine().clone(), actor: actor.to_owned() };
        Self { here, curator: curator.clone() }
    }
}

#[async_trait]
impl ImportTarget for Curated {
    fn catalogue(&self) -> Catalogue {
        self.here.catalogue()
    }

    fn now(&self) -> Timestamp {
        self.here.now()
    }

    fn kept(&self) -> Vec<Arc<Declaration>> {
        self.here.kept()
    }

    async fn upload_models(
        &self,
        files: Vec<(String, String)>,
    ) -> Result<ModelsReport, Vec<Problem>> {
        self.here.upload_models(files).await
    }

    async fn submit_all(
        &self,
        commands: Vec<Command>,
    ) -> Result<Vec<Result<Outcome, Rejection>>, String> {
        self.here.submit_all(commands).await
    }

    async fn settle(&self) -> Result<Option<Settled>, String> {
        self.curator.settle_new().await.map(Some).map_err(|error| error.to_string())
    }
}
