//! The catalogue that a command is about: of a server, or of the store in place.

use async_graphql::{Request, Variables};
use bytes::Bytes;
use clap::Args;
use serde_json::{Value, json};

use crate::app::{StartError, server_of, start_engine, start_graphql};
use crate::cli::client::{Client, JSON};
use crate::cli::common::Common;
use crate::cli::output::{Failure, tell};
use crate::config::Config;
use crate::engine::Engine;
use crate::graphql::{GraphqlService, SchemaService};
use crate::store::StoreError;

/// Where the catalogue is.
#[derive(Debug, Clone, Args)]
pub(super) struct Where {
    #[command(flatten)]
    pub(super) common: Common,
    /// The server at this URL; otherwise the store itself, or the server that uses its directory
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "database"])]
    pub(super) server: Option<String>,
}

/// A catalogue that answers GraphQL, wherever it is: so there is one way to ask for everything.
pub(super) enum Catalogues {
    /// In this process.
    Here(Engine, std::sync::Arc<SchemaService>),
    /// Behind a server.
    There(Client),
}

impl Where {
    /// Opens it.
    ///
    /// # Errors
    /// When the store cannot be opened, or nobody answers.
    pub(super) async fn open(&self) -> Result<Catalogues, Failure> {
        if let Some(url) = &self.server {
            return Ok(Catalogues::There(Client::connect(url).await?));
        }
        let config = self.common.config()?;
        match (start_engine(&config).await, server_of(&config.database.location())) {
            (Ok(engine), _) => here(&config, engine).await,
            (Err(StartError::Store(StoreError::Locked(_))), Some(url)) => {
                tell(format_args!("A server uses this directory; asking {url}."));
                Ok(Catalogues::There(Client::connect(&url).await?))
            }
            (Err(error), _) => Err(error.into()),
        }
    }
}

async fn here(config: &Config, engine: Engine) -> Result<Catalogues, Failure> {
    let service = start_graphql(config, &engine).await?;
    Ok(Catalogues::Here(engine, service))
}

impl Catalogues {
    /// Asks, and gives the value of the one root field.
    ///
    /// # Errors
    /// What the answer says is wrong.
    pub(super) async fn ask(&mut self, document: &str, variables: Value) -> Result<Value, Failure> {
        let answer = match self {
            Self::Here(_, service) => {
                let request = Request::new(document).variables(Variables::from_json(variables));
                let response = service.execute(request).await;
                serde_json::to_value(response).map_err(|e| Failure::Other(e.to_string()))?
            }
            Self::There(client) => {
                let body = json!({ "query": document, "variables": variables }).to_string();
                let answer = client.post("/graphql", JSON, JSON, Bytes::from(body)).await?;
                serde_json::from_slice(&answer.body).map_err(|_| {
                    let text = String::from_utf8_lossy(&answer.body).trim().to_owned();
                    Failure::Other(format!("the server answered {}: {text}", answer.status))
                })?
            }
        };
        if let Some(errors) = answer["errors"].as_array() {
            let messages = errors.iter().filter_map(|error| error["message"].as_str());
            return Err(Failure::Other(messages.collect::<Vec<_>>().join("\n")));
        }
        let root = answer["data"].as_object().and_then(|data| data.values().next());
        Ok(root.cloned().unwrap_or_default())
    }

    /// Lets go of it.
    pub(super) async fn close(self) {
        if let Self::Here(engine, _) = self {
            engine.stop().await;
        }
    }
}
