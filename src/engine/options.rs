//! Limits and pace of the write path.

use std::time::Duration;

/// Limits and pace of the write path.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Most requests that wait for the writer.
    pub queue_requests_max: usize,
    /// How long a request waits for a place in the queue before it is told to come back.
    pub queue_wait: Duration,
    /// Most requests that share one commit.
    pub group_requests_max: usize,
    /// Most readings that share one commit.
    pub group_readings_max: usize,
    /// After how many readings the latest values are kept in the store, to make the next start quick.
    pub checkpoint_readings: usize,
    /// Most registers that one transaction of a checkpoint writes.
    pub checkpoint_chunk: usize,
    /// Entries that a slow feed may fall behind before it is served from the log again.
    pub feed_entries_max: usize,
    /// How long to wait between attempts to reach a store that failed.
    pub recovery_pause: Duration,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            queue_requests_max: 1024,
            queue_wait: Duration::from_secs(2),
            group_requests_max: 64,
            group_readings_max: 20_000,
            checkpoint_readings: 500_000,
            checkpoint_chunk: 5_000,
            feed_entries_max: 1024,
            recovery_pause: Duration::from_millis(500),
        }
    }
}
