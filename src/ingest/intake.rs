//! The path that all protocols share: decoded readings → streams → the engine → an account.

use std::sync::Arc;

use super::envelope::Decoded;
use super::item::Item;
use super::limits::DecodeLimits;
use super::problem::{Code, Fault, FieldFault, Problems};
use super::source::{Source, Sources};
use crate::domain::batch::{Account, ReadingBatch, UnknownReading};
use crate::domain::id::{ExternalId, InvalidId, Position, StreamId, StreamKey, StreamKeyRef};
use crate::domain::reading::Reading;
use crate::domain::time::Timestamp;
use crate::engine::{Engine, EngineError};

/// Limits and defaults of what comes in.
#[derive(Debug, Clone)]
pub struct IntakeOptions {
    /// Limits on the content of one message.
    pub limits: DecodeLimits,
    /// Most readings that one commit takes from one message; a longer message is kept in several.
    ///
    /// Live readings get their turn in between, so a backfill does not hold them up.
    pub batch_readings_max: usize,
    /// The system of devices whose reading names none; without it, each reading must.
    pub default_system: Option<Arc<str>>,
    /// Most sources with metrics of their own; further ones are counted together as `other`.
    pub sources_max: usize,
}

impl Default for IntakeOptions {
    fn default() -> Self {
        Self {
            limits: DecodeLimits::default(),
            batch_readings_max: 5_000,
            default_system: None,
            sources_max: 64,
        }
    }
}

/// What became of a message (invariant I4): received = accepted + duplicate + quarantined + rejected.
#[derive(Debug, Clone)]
pub struct Report {
    /// How many readings the message held.
    pub received: usize,
    /// What became of them.
    pub account: Account,
    /// Why readings were rejected.
    pub problems: Problems,
    /// The position at which all that was kept can be read.
    pub position: Position,
}

/// A message that the engine did not take to its end.
///
/// What `kept` counts is on disk; sending the message again finds it as duplicates.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct IntakeError {
    /// Why.
    #[source]
    pub error: EngineError,
    /// How many readings were kept before.
    pub kept: usize,
    /// How many good readings were not; they are not counted yet, see [`Intake::turn_away`].
    pub left: usize,
}

/// The way in. Cloning it is cheap.
#[derive(Clone)]
pub struct Intake {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    options: IntakeOptions,
    sources: Sources,
}

impl Intake {
    /// The way in to an engine.
    pub fn new(engine: Engine, options: IntakeOptions) -> Self {
        let sources = Sources::new(options.sources_max);
        Self { inner: Arc::new(Inner { engine, options, sources }) }
    }

    /// The options.
    pub fn options(&self) -> &IntakeOptions {
        &self.inner.options
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.inner.engine.now()
    }

    /// The source of a name: what metrics and the audit trail call a sender.
    ///
    /// # Errors
    /// When the name is empty, too long, or holds control characters.
    pub fn source(&self, name: &str) -> Result<Source, InvalidId> {
        self.inner.sources.get(name)
    }

    /// Counts a message of which nothing could be kept, as one rejected reading.
    pub fn refuse(&self, source: &Source, code: Code) {
        source.count_rejected(code, 1);
    }

    /// Counts readings that the engine did not take and that their sender must send again.
    pub fn turn_away(&self, source: &Source, readings: usize) {
        source.count_rejected(Code::Unavailable, readings);
    }

    /// Keeps the readings of a message; when this returns, they are on disk.
    ///
    /// # Errors
    /// When the engine does not take them all; those left may be tried again, or turned away.
    pub async fn accept(
        &self,
        source: &Source,
        decoded: Decoded<'_>,
    ) -> Result<Report, IntakeError> {
        let received = decoded.received();
        let Decoded { items, mut problems } = decoded;
        for (code, count) in problems.counts() {
            source.count_rejected(*code, *count);
        }
        let mut account = Account::default();
        let mut position = self.inner.engine.head();
        let mut items = items.into_iter();
        while items.len() > 0 {
            let chunk: Vec<_> =
                items.by_ref().take(self.inner.options.batch_readings_max.max(1)).collect();
            let (batch, refused) = self.resolve(chunk);
            for (code, count) in refused.counts() {
                source.count_rejected(*code, *count);
            }
            problems.merge(refused);
            if batch.is_empty() {
                continue;
            }
            let in_batch = batch.len();
            let acknowledged = match self.inner.engine.ingest(source.name(), batch).await {
                Ok(acknowledged) => acknowledged,
                Err(error) => {
                    let kept = account.accepted + account.quarantined + account.duplicate;
                    let left = in_batch + items.len();
                    return Err(IntakeError { error, kept, left });
                }
            };
            let found = acknowledged.account;
            if found.rejected > 0 {
                let why = acknowledged.rejection.map(|r| r.to_string());
                let why = why.unwrap_or_else(|| "a limit of the server was reached".to_owned());
                problems.add(None, None, found.rejected, Fault::new(Code::LimitReached, why));
            }
            source.count(&found);
            account.accepted += found.accepted;
            account.duplicate += found.duplicate;
            account.quarantined += found.quarantined;
            position = position.max(acknowledged.position);
        }
        account.rejected = problems.readings();
        Ok(Report { received, account, problems, position })
    }

    /// Finds the streams of readings; the state is looked at once, and only for that.
    fn resolve(&self, items: Vec<Item<'_>>) -> (ReadingBatch, Problems) {
        let known = self.inner.engine.head();
        let streams: Vec<Option<StreamId>> = self.inner.engine.read(|state| {
            let find = |item| state.streams.find_known(key_of(item), known);
            items.iter().map(find).collect()
        });
        let mut problems = Problems::new(self.inner.options.limits.problems_max);
        let mut batch =
            ReadingBatch { known: Vec::with_capacity(items.len()), unknown: Vec::new() };
        for (item, stream) in items.into_iter().zip(streams) {
            match stream {
                Some(stream) => batch.known.push(Reading {
                    stream,
                    time: item.time,
                    sequence: item.sequence,
                    value: item.value,
                    quality: item.quality,
                }),
                None => match unknown(&item) {
                    Ok(key) => batch.unknown.push(UnknownReading {
                        key,
                        time: item.time,
                        sequence: item.sequence,
                        value: item.value,
                        quality: item.quality,
                    }),
                    Err(invalid) => problems.add(Some(item.place), None, 1, fault_of(&invalid)),
                },
            }
        }
        (batch, problems)
    }
}

fn key_of<'a>(item: &'a Item<'_>) -> StreamKeyRef<'a> {
    StreamKeyRef {
        system: &item.system,
        scope: &item.scope,
        device: &item.device,
        channel: &item.channel,
    }
}

/// The key of a stream that was never heard of: only now are the names checked.
fn unknown(item: &Item<'_>) -> Result<StreamKey, InvalidId> {
    let device = ExternalId::new(&item.system, &item.scope, &item.device)?;
    StreamKey::new(device, &item.channel)
}

fn fault_of(invalid: &InvalidId) -> FieldFault {
    let field = match invalid.what {
        "the system" => "system",
        "the scope" => "scope",
        "the channel" => "channel",
        _ => "device",
    };
    Fault::new(Code::InvalidId, &invalid.problem).at(field)
}
