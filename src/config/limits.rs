//! Limits of what is kept and queued, each with its unit. Other limits stand in their own sections.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::EngineOptions;

/// Limits, and the pace of the write path.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most streams (channels of devices) that are kept.
    pub streams: usize,
    /// Most requests that wait to be written.
    pub write_queue_requests: usize,
    /// How long a request waits for a place in that queue before it is told to come back, in milliseconds.
    pub write_queue_wait_ms: u64,
    /// Most readings that share one commit.
    pub commit_readings: usize,
    /// Latest values are kept in the store after this many readings, to make the next start quick.
    pub checkpoint_readings: usize,
    /// Most events that wait for one subscriber; beyond, it is served from the log.
    pub subscriber_events: usize,
    /// Largest body of `POST /import`, in bytes, and the most that its files may unpack to.
    pub import_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let engine = EngineOptions::default();
        Self {
            streams: 1_000_000,
            write_queue_requests: engine.queue_requests_max,
            write_queue_wait_ms: 2_000,
            commit_readings: engine.group_readings_max,
            checkpoint_readings: engine.checkpoint_readings,
            subscriber_events: 1_024,
            import_bytes: 64 * 1024 * 1024,
        }
    }
}

impl Limits {
    /// The engine's options by these limits.
    pub fn engine(&self) -> EngineOptions {
        EngineOptions {
            queue_requests_max: self.write_queue_requests.max(1),
            queue_wait: Duration::from_millis(self.write_queue_wait_ms),
            group_readings_max: self.commit_readings,
            checkpoint_readings: self.checkpoint_readings,
            ..EngineOptions::default()
        }
    }
}
