//! Readings as fast as some connections can send them; every one is accounted for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use indicatif::ProgressBar;
use serde::Deserialize;

use super::{BenchError, Latencies};
use crate::cli::client::{Client, JSON};
use crate::domain::id::StreamId;
use crate::domain::reading::{Quality, Reading};
use crate::domain::time::Timestamp;
use crate::domain::value::Value;

/// The first event time: 2023-11-14T22:13:20Z.
const FIRST_MILLIS: i64 = 1_700_000_000_000;
/// Where readings are sent.
const PATH: &str = "/ingest?system=bench&source=bench";
/// Channels of a device.
const CHANNELS: usize = 8;

/// What to send.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// How many readings.
    pub readings: usize,
    /// Readings in one request.
    pub batch: usize,
    /// Connections at the same time.
    pub connections: usize,
    /// Streams that the readings are spread over.
    pub streams: usize,
    /// Tells the devices of this run from those of others.
    pub run: String,
}

impl LoadOptions {
    /// The reading of a number: stream after stream, second after second.
    pub(super) fn reading(&self, number: usize) -> Reading {
        let streams = self.streams.max(1);
        let seconds = i64::try_from(number / streams).unwrap_or(0);
        Reading {
            stream: StreamId(u32::try_from(number % streams).unwrap_or(0)),
            time: Timestamp((FIRST_MILLIS + seconds * 1000) * 1_000_000),
            sequence: 0,
            value: Value::Double((number % 1000) as f64 / 10.0 + 0.05),
            quality: Quality::Good,
        }
    }

    /// The body of a request: readings from `first` on.
    fn body(&self, first: usize) -> (Vec<u8>, usize) {
        let last = (first + self.batch).min(self.readings);
        let mut body = String::with_capacity((last - first) * 128);
        for number in first..last {
            let reading = self.reading(number);
            let (device, channel) =
                (reading.stream.index() / CHANNELS, reading.stream.index() % CHANNELS);
            let separator = if number == first { '[' } else { ',' };
            let (run, time, value) = (&self.run, reading.time.0 / 1_000_000, reading.value);
            body.push_str(&format!(
                r#"{separator}{{"device":"{run}-{device}","channel":"ch{channel}","time":{time},"value":{value}}}"#
            ));
        }
        body.push(']');
        (body.into_bytes(), last - first)
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct LoadFigures {
    /// Readings that were acknowledged.
    pub readings: usize,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// How long requests took, without the waits that the server asked for.
    pub latencies: Latencies,
    /// How often the server asked to come back later.
    pub turned_away: usize,
}

/// What `POST /ingest` answers.
#[derive(Deserialize)]
struct Account {
    accepted: usize,
    duplicate: usize,
    quarantined: usize,
}

/// Sends the readings to the server at `http://host:port` and waits until all are acknowledged.
///
/// # Errors
/// When the server cannot be reached, or refuses readings that are good.
pub async fn load(
    base: &str,
    options: &LoadOptions,
    progress: &ProgressBar,
) -> Result<LoadFigures, BenchError> {
    let shared = Arc::new(Shared {
        options: options.clone(),
        next: AtomicUsize::new(0),
        turned_away: AtomicUsize::new(0),
        acknowledged: AtomicU64::new(0),
        progress: progress.clone(),
    });
    let mut senders = tokio::task::JoinSet::new();
    let started = Instant::now();
    for _ in 0..options.connections.max(1) {
        let client = Client::connect(base).await?;
        senders.spawn(send(shared.clone(), client));
    }
    let mut latencies = Vec::new();
    while let Some(sent) = senders.join_next().await {
        let sent = sent.map_err(|e| BenchError::Account(format!("a sender failed: {e}")))?;
        latencies.extend(sent?);
    }
    let elapsed = started.elapsed();
    let acknowledged = shared.acknowledged.load(Ordering::Relaxed) as usize;
    if acknowledged != options.readings {
        let sent = options.readings;
        let problem =
            format!("{sent} new readings were sent, but {acknowledged} acknowledged as new");
        return Err(BenchError::Account(problem));
    }
    Ok(LoadFigures {
        readings: acknowledged,
        elapsed,
        latencies: Latencies::new(latencies),
        turned_away: shared.turned_away.load(Ordering::Relaxed),
    })
}

struct Shared {
    options: LoadOptions,
    next: AtomicUsize,
    turned_away: AtomicUsize,
    acknowledged: AtomicU64,
    progress: ProgressBar,
}

async fn send(shared: Arc<Shared>, mut client: Client) -> Result<Vec<Duration>, BenchError> {
    let mut latencies = Vec::new();
    loop {
        let batch = shared.options.batch.max(1);
        let first = shared.next.fetch_add(batch, Ordering::Relaxed);
        if first >= shared.options.readings {
            return Ok(latencies);
        }
        let (body, count) = shared.options.body(first);
        let body = Bytes::from(body);
        let mut was_turned_away = false;
        let account: Account = loop {
            let started = Instant::now();
            let answer = client.post(PATH, JSON, JSON, body.clone()).await?;
            match answer.status.as_u16() {
                200 => {
                    latencies.push(started.elapsed());
                    break serde_json::from_slice(&answer.body)
                        .map_err(|_| BenchError::refused(&answer))?;
                }
                429 | 503 => {
                    was_turned_away = true;
                    shared.turned_away.fetch_add(1, Ordering::Relaxed);
                    let seconds = answer.retry_after_s.unwrap_or(1);
                    tokio::time::sleep(Duration::from_secs(seconds)).await;
                }
                _ => return Err(BenchError::refused(&answer)),
            }
        };
        let mut new = account.accepted + account.quarantined;
        if was_turned_away {
            // Part of it may have been kept before: then it is a duplicate now, and new all the same.
            new += account.duplicate;
        }
        shared.acknowledged.fetch_add(new as u64, Ordering::Relaxed);
        shared.progress.inc(count as u64);
    }
}
