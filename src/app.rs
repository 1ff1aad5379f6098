//! Builds everything from the configuration: the only place that knows all parts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::{SystemClock, SystemIds};
use crate::config::{Config, ConfigError};
use crate::curation::{Curator, Pace};
use crate::engine::Engine;
use crate::feed::Feed;
use crate::graphql::{ExampleOperation, SchemaFailed, SchemaService, TransportOptions};
use crate::http::{Guard, Routes, ServerOptions, listen, router, serve};
use crate::ingest::Intake;
use crate::ingest::mqtt::MqttService;
use crate::observe::count_coverage;
use crate::store::{Location, Store, StoreError};

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store cannot be opened or read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {error}; is another server running there? --listen chooses another"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The schema cannot be built from the models.
    #[error(transparent)]
    Schema(#[from] SchemaFailed),
    /// The broker's settings cannot be used.
    #[error("the MQTT settings cannot be used: {0}")]
    Mqtt(String),
}

/// Opens the configured store, for this process alone.
///
/// # Errors
/// When it cannot be reached, is damaged, or another process uses it.
pub async fn open_store(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    crate::store::open(&config.database.location()).await
}

/// Opens the store and starts the engine on it.
///
/// # Errors
/// When the store cannot be opened or read, or the rules are not valid.
pub async fn start_engine(config: &Config) -> Result<Engine, StartError> {
    let rules = config.rules()?;
    let store = open_store(config).await?;
    let (clock, ids) = (Arc::new(SystemClock), Box::new(SystemIds));
    Ok(Engine::start(store, rules, clock, ids, config.limits.engine()).await?)
}

/// The typed schema on an engine, without a server around it, and who matches for it.
///
/// # Errors
/// When the schema cannot be built from the models.
pub async fn start_graphql(
    config: &Config,
    engine: &Engine,
) -> Result<(Curator, Arc<SchemaService>), StartError> {
    let feed = Feed::start(engine, config.limits.subscriber_events);
    let curator = start_curator(config, engine, &feed).await;
    let service = SchemaService::start(curator.clone(), feed, config.reads.clone())?;
    Ok((curator, service))
}

async fn start_curator(config: &Config, engine: &Engine, feed: &Feed) -> Curator {
    Curator::start(engine.clone(), Some(feed.clone()), config.matching.thresholds()).await
}

/// A running server.
pub struct App {
    engine: Engine,
    curator: Curator,
    address: SocketAddr,
    /// First `/readyz` says no; then, after the drain, everything stops.
    leaving: CancellationToken,
    drain: Duration,
    stop: CancellationToken,
    server: JoinHandle<()>,
    mqtt: Option<JoinHandle<()>>,
    coverage: Option<JoinHandle<()>>,
    matching: JoinHandle<()>,
    note: Option<Note>,
}

impl App {
    /// Starts everything; when this returns, requests are answered.
    ///
    /// # Errors
    /// The part that could not start, and why.
    pub async fn start(
        config: &Config,
        examples: Vec<ExampleOperation>,
    ) -> Result<Self, StartError> {
        // First of all: what counts before its recorder is there is never seen.
        let metrics = crate::observe::start_metrics();
        let started = Instant::now();
        // Then the address, so that a start that fails here has taken nothing that the next one needs.
        let address = config.server.listen;
        let listener = listen(address).map_err(|error| StartError::Listen { address, error })?;
        let address = listener.local_addr().unwrap_or(address);
        let engine = start_engine(config).await?;
        let (leaving, stop) = (CancellationToken::new(), CancellationToken::new());
        let feed = Feed::start(&engine, config.limits.subscriber_events);
        let curator = start_curator(config, &engine, &feed).await;
        let reads = config.reads.clone();
        let graphql = SchemaService::start(curator.clone(), feed.clone(), reads)?;
        let intake = Intake::new(engine.clone(), config.ingest.intake());
        let mqtt = start_mqtt(config, &intake, &stop)?;
        let counting = config.coverage.count_every().filter(|_| metrics.is_some());
        let coverage =
            counting.map(|every| tokio::spawn(count_coverage(engine.clone(), every, stop.clone())));
        let matching = keep_decided(&curator, config.telemetry_identity.pace(), &stop);
        let routes = router(Routes {
            engine: engine.clone(),
            feed,
            curator: curator.clone(),
            graphql,
            transport: TransportOptions {
                limits: config.graphql.clone(),
                examples,
                shutdown: stop.clone(),
                allowed_origins: config.server.allowed_origins.clone(),
            },
            intake,
            ingest: config.ingest.http(),
            metrics,
            import_bytes_max: config.limits.import_bytes,
            guard: Guard::new(
                &config.server.allowed_origins,
                &config.server.allowed_hosts,
                address,
            ),
            leaving: leaving.clone(),
        });
        let options = ServerOptions {
            connections_max: config.server.connections,
            header_timeout: Duration::from_millis(config.server.header_timeout_ms),
            grace: Duration::from_millis(config.server.grace_ms),
        };
        let server = tokio::spawn(serve(listener, routes, options, stop.clone()));
        let note = Note::leave(&config.database.location(), address);
        let (position, took_ms) = (engine.head().0, started.elapsed().as_millis());
        tracing::info!(%address, position, took_ms, "ready");
        Ok(Self {
            engine,
            curator,
            address,
            leaving,
            drain: Duration::from_millis(config.server.drain_ms),
            stop,
            server,
            mqtt,
            coverage,
            matching,
            note,
        })
    }

    /// `http://address:port`
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Reads and writes.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Names, matching and what is to be decided.
    pub fn curator(&self) -> &Curator {
        &self.curator
    }

    /// Stops the server when it is cancelled.
    pub fn stopper(&self) -> CancellationToken {
        self.leaving.clone()
    }

    /// Stops, in order: no new requests, those under way finish, the store is written out and let go.
    pub async fn finish(self) {
        self.leaving.cancel();
        tokio::time::sleep(self.drain).await;
        self.stop.cancel();
        let tasks = [self.server, self.matching].into_iter().chain(self.mqtt).chain(self.coverage);
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the server did not end well");
            }
        }
        self.engine.stop().await;
        tracing::info!("stopped");
        drop(self.note);
    }
}

fn start_mqtt(
    config: &Config,
    intake: &Intake,
    stop: &CancellationToken,
) -> Result<Option<JoinHandle<()>>, StartError> {
    let options = config.mqtt.options().map_err(|e| StartError::Mqtt(e.to_string()))?;
    let Some(options) = options else {
        return Ok(None);
    };
    let service = MqttService::new(options, intake.clone());
    let service = service.map_err(|e| StartError::Mqtt(e.to_string()))?;
    Ok(Some(tokio::spawn(service.run(stop.clone()))))
}

fn keep_decided(curator: &Curator, pace: Option<Pace>, stop: &CancellationToken) -> JoinHandle<()> {
    let (work, stop) = (curator.clone().keep_decided(pace), stop.clone());
    tokio::spawn(async move {
        stop.run_until_cancelled(work).await;
    })
}

/// Tells other commands on this machine which server has the directory.
struct Note(PathBuf);

/// Name of the note's file.
const NOTE: &str = "server-url";

impl Note {
    fn leave(location: &Location, address: SocketAddr) -> Option<Self> {
        let Location::Directory(directory) = location else {
            return None;
        };
        let path = directory.join(NOTE);
        match std::fs::write(&path, format!("http://{address}\n")) {
            Ok(()) => Some(Self(path)),
            Err(error) => {
                tracing::warn!(%error, "commands on this machine will not find this server");
                None
            }
        }
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::debug!(%error, "the note of the server's address could not be removed");
        }
    }
}

/// The server that has a location's directory, if one left its address there.
pub fn server_of(location: &Location) -> Option<String> {
    let Location::Directory(directory) = location else {
        return None;
    };
    let url = std::fs::read_to_string(directory.join(NOTE)).ok()?;
    Some(url.trim().to_owned())
}
