//! The data that a command is about: of a server, or of the store in place.

use std::sync::Arc;

use async_graphql::{Request, Variables};
use bytes::Bytes;
use clap::Args;
use serde_json::{Value, json};

use super::client::{Client, JSON};
use super::common::Common;
use super::output::{Failure, tell};
use super::progress::{Knows, Shown};
use crate::app::{StartError, server_of, start_engine, start_graphql};
use crate::config::Config;
use crate::curation::Curator;
use crate::engine::Engine;
use crate::graphql::transport::Caller;
use crate::graphql::transport::actor::of_cli;
use crate::graphql::{GraphqlService, SchemaService};
use crate::store::{Location, StoreError};

/// Where the data are.
#[derive(Debug, Clone, Args)]
pub struct Where {
    #[command(flatten)]
    pub common: Common,
    /// The server at this URL; otherwise the store itself, or the server that uses its directory
    #[arg(long, value_name = "URL", conflicts_with_all = ["data", "database"])]
    pub server: Option<String>,
}

/// Data that answer GraphQL, wherever they are: so there is one way to ask for everything.
pub enum Data {
    /// In this process.
    Here(Engine, Curator, Arc<SchemaService>),
    /// Behind a server.
    There(Client),
}

impl Where {
    /// Opens them.
    ///
    /// # Errors
    /// When the store cannot be opened, or nobody answers.
    pub async fn open(&self) -> Result<Data, Failure> {
        if let Some(url) = &self.server {
            return Ok(Data::There(Client::connect(url).await?));
        }
        let config = self.common.config()?;
        must_exist(&config.database.location())?;
        match (start_engine(&config).await, server_of(&config.database.location())) {
            (Ok(engine), _) => here(&config, engine).await,
            (Err(StartError::Store(StoreError::Locked(_))), Some(url)) => {
                tell(format_args!("A server uses this directory; asking {url}."));
                Ok(Data::There(Client::connect(&url).await?))
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    /// Opens them, asks one thing, and lets go of them.
    ///
    /// # Errors
    /// When they cannot be reached, or what the answer says is wrong.
    pub async fn ask_once(&self, document: &str, variables: Value) -> Result<Value, Failure> {
        let mut data = self.open().await?;
        let answer = data.ask(document, variables).await;
        data.close().await;
        answer
    }

    /// A connection to the server, for what only a server has.
    ///
    /// # Errors
    /// When no server is named and none uses the directory, or it does not answer.
    pub async fn server(&self, why: &str) -> Result<Client, Failure> {
        let url = match &self.server {
            Some(url) => url.clone(),
            None => server_of(&self.common.config()?.database.location()).ok_or_else(|| {
                Failure::Other(format!(
                    "{why}, and no server uses this directory; start `counterpart serve`, or name one with --server"
                ))
            })?,
        };
        Ok(Client::connect(&url).await?)
    }
}

/// Fails where there is no store: opening would make an empty one, and an empty answer would be believed.
///
/// # Errors
/// When the directory holds none.
pub fn must_exist(location: &Location) -> Result<(), Failure> {
    match location {
        Location::Directory(path) if !location.exists() => Err(Failure::Other(format!(
            "there is no store in `{}`; --data names another directory; `counterpart serve` and `counterpart import` make a new one",
            path.display()
        ))),
        Location::Directory(_) | Location::Url(_) => Ok(()),
    }
}

async fn here(config: &Config, engine: Engine) -> Result<Data, Failure> {
    let (curator, service) = start_graphql(config, &engine).await?;
    Ok(Data::Here(engine, curator, service))
}

impl Data {
    /// Asks, and gives the value of the one root field.
    ///
    /// # Errors
    /// What the answer says is wrong.
    pub async fn ask(&mut self, document: &str, variables: Value) -> Result<Value, Failure> {
        let answer = match self {
            Self::Here(_, _, service) => {
                let caller = Caller { headers: of_cli(), ..Caller::default() };
                let request = Request::new(document).variables(Variables::from_json(variables));
                let request = request.data(Arc::new(caller));
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

    /// The same for what takes long, showing how far the matching in it is.
    ///
    /// # Errors
    /// What the answer says is wrong.
    pub async fn ask_watching(
        &mut self,
        document: &str,
        variables: Value,
    ) -> Result<Value, Failure> {
        let knows = match self {
            Self::Here(_, curator, _) => Knows::Here(curator.step()),
            Self::There(client) => Knows::There(client.base().to_owned()),
        };
        Shown::new().during(knows, self.ask(document, variables)).await
    }

    /// Lets go of them.
    pub async fn close(self) {
        if let Self::Here(engine, ..) = self {
            engine.stop().await;
        }
    }
}
