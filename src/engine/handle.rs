//! The handle by which the rest of the program reads and writes.

use std::sync::Arc;

use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::error::EngineError;
use super::options::EngineOptions;
use super::recovery::{Recovered, recover};
use super::shared::{Committed, Shared};
use super::work::{Outcome, Receipt, Work};
use super::writer::Writer;
use crate::clock::Clock;
use crate::domain::batch::{Acknowledged, ReadingBatch};
use crate::domain::command::Command;
use crate::domain::decide::IdSource;
use crate::domain::id::Position;
use crate::domain::state::{Rules, State};
use crate::domain::time::Timestamp;
use crate::domain::view::Scope;
use crate::dtdl::Catalogue;
use crate::store::{Store, StoreError};

/// The engine. Cloning it is cheap; the writer stops when [`Engine::stop`] is called.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    work: mpsc::Sender<Work>,
    options: Arc<EngineOptions>,
    writer: Arc<parking_lot::Mutex<Option<JoinHandle<()>>>>,
    /// Held by who looks at what many commands would do: so memory holds one more state at most.
    pub(super) apart: Arc<tokio::sync::Mutex<()>>,
    stop: tokio_util::sync::CancellationToken,
}

impl Engine {
    /// Recovers the state from the store and starts the writer.
    ///
    /// # Errors
    /// When the store cannot be read or its content is damaged.
    pub async fn start(
        store: Arc<dyn Store>,
        rules: Rules,
        clock: Arc<dyn Clock>,
        ids: Box<dyn IdSource>,
        options: EngineOptions,
    ) -> Result<Self, StoreError> {
        let Recovered { state, head, unkept } = recover(store.as_ref(), &rules).await?;
        let feed_max = options.feed_entries_max;
        let shared = Arc::new(Shared::new(state, head.position, store, clock, feed_max));
        let (work, queue) = mpsc::channel(options.queue_requests_max);
        let stop = tokio_util::sync::CancellationToken::new();
        let options = Arc::new(options);
        let recorded_at = head.recorded_at;
        let writer = Writer::new(shared.clone(), rules, ids, options.clone(), recorded_at, unkept);
        let writer = tokio::spawn(writer.run(queue, stop.clone()));
        Ok(Self {
            shared,
            work,
            options,
            writer: Arc::new(parking_lot::Mutex::new(Some(writer))),
            apart: Arc::default(),
            stop,
        })
    }

    /// Does one command.
    ///
    /// # Errors
    /// Its rejection, or why the engine could not take it.
    pub async fn submit(
        &self,
        actor: &str,
        command: Command,
    ) -> Result<(Outcome, Position), EngineError> {
        let receipt = self.submit_all(actor, vec![command]).await?;
        let outcome = receipt.outcomes.into_iter().next().unwrap_or_else(|| Ok(Outcome::default()));
        Ok((outcome?, receipt.position))
    }

    /// Does commands in order, as one entry of the log; each is done or rejected by itself.
    ///
    /// # Errors
    /// Why the engine could not take them.
    pub async fn submit_all(
        &self,
        actor: &str,
        commands: Vec<Command>,
    ) -> Result<Receipt, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.send(Work::Commands { actor: actor.into(), commands, reply }).await?;
        answer.await.map_err(|_| EngineError::Stopping)?
    }

    /// Keeps a batch of readings; when this returns they are on disk.
    ///
    /// # Errors
    /// Why the engine could not take them.
    pub async fn ingest(
        &self,
        actor: &Arc<str>,
        batch: ReadingBatch,
    ) -> Result<Acknowledged, EngineError> {
        let (reply, answer) = oneshot::channel();
        self.send(Work::Readings { actor: actor.clone(), batch, reply }).await?;
        answer.await.map_err(|_| EngineError::Stopping)?
    }

    /// Looks at the state. Keep it short, and bounded by a limit: the writer waits meanwhile.
    pub fn read<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.shared.state.read())
    }

    /// The models as they are now.
    pub fn catalogue(&self) -> Catalogue {
        self.read(|state| state.catalogue.clone())
    }

    /// The last position that can be read.
    pub fn head(&self) -> Position {
        self.shared.head()
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// A scope for one request: at `as_of` or now, as known at `known` or now.
    pub fn scope(&self, as_of: Option<Timestamp>, known: Option<Position>) -> Scope {
        let head = self.head();
        Scope {
            moment: as_of.unwrap_or_else(|| self.now()),
            past: as_of.is_some(),
            known: known.map_or(head, |known| known.min(head)),
        }
    }

    /// Entries as they are committed, from now on.
    pub fn commits(&self) -> broadcast::Receiver<Arc<Committed>> {
        self.shared.commits.subscribe()
    }

    /// The store, for history and the log.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.shared.store
    }

    /// Whether writes are taken: false while a failed store is being recovered.
    pub fn is_ready(&self) -> bool {
        self.shared.is_ready() && !self.stop.is_cancelled()
    }

    /// How many requests wait for the writer.
    pub fn waiting(&self) -> usize {
        self.work.max_capacity() - self.work.capacity()
    }

    /// Finishes what waits, keeps a checkpoint, and lets go of the store.
    pub async fn stop(&self) {
        self.stop.cancel();
        let writer = self.writer.lock().take();
        if let Some(writer) = writer
            && let Err(error) = writer.await
        {
            tracing::error!(%error, "the writer did not end well");
        }
    }

    pub(super) async fn send(&self, work: Work) -> Result<(), EngineError> {
        if self.stop.is_cancelled() {
            return Err(EngineError::Stopping);
        }
        if !self.shared.is_ready() {
            return Err(EngineError::Unavailable("it is being recovered".to_owned()));
        }
        self.work.send_timeout(work, self.options.queue_wait).await.map_err(|error| match error {
            SendTimeoutError::Timeout(_) => {
                EngineError::Busy { waiting: self.waiting(), retry_after_s: 1 }
            }
            SendTimeoutError::Closed(_) => EngineError::Stopping,
        })
    }
}
