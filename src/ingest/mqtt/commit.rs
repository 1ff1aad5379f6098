//! The loop that keeps messages, many in one commit, and acknowledges them when they are on disk.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::link::{Acked, Acks, Message};
use super::options::MqttOptions;
use super::status::MqttStatus;
use crate::domain::id::abridged;
use crate::engine::EngineError;
use crate::ingest::mapping::explain;
use crate::ingest::{
    Code, Context, Decoded, Fault, Format, Intake, ItemProblem, Problems, Source, decode,
};

/// How long acknowledgements wait for room on the connection before the next try.
const ACK_RETRY: Duration = Duration::from_millis(5);
/// At most one problem is logged in this time; the others are counted.
const LOG_EVERY: Duration = Duration::from_secs(10);

/// The loop that keeps messages.
pub(super) struct Committer {
    options: Arc<MqttOptions>,
    intake: Intake,
    source: Source,
    acks: Arc<Acks>,
    messages: mpsc::Receiver<Message>,
    status: MqttStatus,
    /// Kept, but not acknowledged yet.
    kept: VecDeque<Message>,
    complaints: Complaints,
}

impl Committer {
    pub(super) fn new(
        options: Arc<MqttOptions>,
        intake: Intake,
        source: Source,
        acks: Arc<Acks>,
        messages: mpsc::Receiver<Message>,
        status: MqttStatus,
    ) -> Self {
        Self {
            options,
            intake,
            source,
            acks,
            messages,
            status,
            kept: VecDeque::new(),
            complaints: Complaints::default(),
        }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        while let Some(batch) = stop.run_until_cancelled(self.gather()).await {
            if batch.is_empty() && self.messages.is_closed() {
                break;
            }
            // A batch under way is finished or given up whole: nothing is acknowledged half way.
            if stop.run_until_cancelled(self.keep(batch)).await.is_none() {
                break;
            }
        }
    }

    /// Takes what waits, up to one batch; where there is little, waits a moment for more.
    async fn gather(&mut self) -> Vec<Message> {
        let mut batch = Vec::new();
        let max = self.options.batch_messages_max;
        while batch.is_empty() {
            self.acknowledge();
            if self.kept.is_empty() {
                self.messages.recv_many(&mut batch, max).await;
                break;
            }
            let more = self.messages.recv_many(&mut batch, max);
            drop(tokio::time::timeout(ACK_RETRY, more).await);
        }
        let until = Instant::now() + self.options.batch_wait;
        while batch.len() < max && !batch.is_empty() {
            let room = max - batch.len();
            let more = self.messages.recv_many(&mut batch, room);
            match tokio::time::timeout_at(until, more).await {
                Ok(taken) if taken > 0 => {}
                _ => break,
            }
        }
        self.status.set_waiting(self.messages.len());
        batch
    }

    /// Keeps a batch however long it takes, then acknowledges it.
    async fn keep(&mut self, batch: Vec<Message>) {
        let mut decoded = self.decode(&batch);
        for problem in decoded.problems.listed() {
            self.complaints.note(&batch, problem);
        }
        let (min, max) = (self.options.retry_wait_min, self.options.retry_wait_max);
        let mut backoff = Backoff::new(min, max);
        loop {
            // Problems are counted once; what is tried again is only what was good.
            let problems = std::mem::replace(&mut decoded.problems, Problems::new(0));
            let attempt = Decoded { items: decoded.items.clone(), problems };
            match self.intake.accept(&self.source, attempt).await {
                Ok(report) => {
                    for problem in
                        report.problems.listed().iter().filter(|p| p.code == Code::LimitReached)
                    {
                        self.complaints.note(&batch, problem);
                    }
                    break;
                }
                Err(error) if matches!(error.error, EngineError::Stopping) => return,
                Err(error) => {
                    let wait = backoff.next();
                    tracing::warn!(%error, ?wait, messages = batch.len(), "MQTT messages could not be kept; trying again");
                    tokio::time::sleep(wait).await;
                }
            }
        }
        self.kept.extend(batch);
        self.acknowledge();
    }

    /// All readings of a batch; a problem's index is that of its message.
    fn decode<'a>(&'a self, batch: &'a [Message]) -> Decoded<'a> {
        let limits = &self.intake.options().limits;
        let mut all = Decoded {
            items: Vec::with_capacity(batch.len()),
            problems: Problems::new(limits.problems_max),
        };
        for (nth, message) in batch.iter().enumerate() {
            let place =
                crate::ingest::Place { index: u32::try_from(nth).unwrap_or(u32::MAX), line: 0 };
            match self.decode_one(message) {
                Ok(one) => {
                    all.problems.merge_as(one.problems, place);
                    all.items.extend(one.items);
                }
                Err(fault) => all.problems.add(Some(place), None, 1, fault),
            }
        }
        all
    }

    fn decode_one<'a>(&'a self, message: &'a Message) -> Result<Decoded<'a>, Fault> {
        let publish = &message.publish;
        let topic = std::str::from_utf8(&publish.topic)
            .map_err(|_| Fault::new(Code::UnmappedTopic, "the topic is not UTF-8"))?;
        let Some((mapping, ids)) = explain(&self.options.subscriptions, topic) else {
            return Err(Fault::new(
                Code::UnmappedTopic,
                "no mapping explains the topic; add one, or end the subscription at the broker",
            ));
        };
        let context = Context {
            system: Some(mapping.system()),
            scope: ids.scope,
            device: ids.device,
            channel: ids.channel,
            retained: publish.retain,
            ..Context::new(&self.intake.options().limits, message.received_at)
        };
        decode(&publish.payload, Format::Json, &context).map_err(|body| body.fault)
    }

    fn acknowledge(&mut self) {
        while let Some(message) = self.kept.front() {
            if self.acks.send(message) == Acked::Later {
                return;
            }
            self.kept.pop_front();
        }
    }
}

/// Problems in the log, not more than a person can read.
#[derive(Debug, Default)]
struct Complaints(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    last: Option<Instant>,
    silent: usize,
}

impl Complaints {
    fn note(&self, batch: &[Message], problem: &ItemProblem) {
        let mut noted = self.0.lock();
        if noted.last.is_some_and(|last| last.elapsed() < LOG_EVERY) {
            noted.silent += 1;
            return;
        }
        noted.last = Some(Instant::now());
        let message = problem.index.and_then(|index| batch.get(index as usize));
        let topic = message.map(|m| abridged(&String::from_utf8_lossy(&m.publish.topic)));
        tracing::warn!(
            topic,
            code = problem.code.as_str(),
            field = problem.field,
            problem = problem.detail,
            silent = noted.silent,
            "readings of an MQTT message were not kept"
        );
        noted.silent = 0;
    }
}
