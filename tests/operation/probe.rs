//! Another client, who asks small things all the time and must not suffer.

use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::server::Server;

/// How long the other client may wait for a small answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks until it is stopped.
pub struct Probe {
    stop: CancellationToken,
    worst: JoinHandle<Duration>,
}

impl Probe {
    /// Begins to ask.
    pub fn start(server: &Server) -> Self {
        let stop = CancellationToken::new();
        let url = format!("{}/graphql?query=%7B__typename%7D", server.url);
        let worst = tokio::spawn(ask(url, stop.clone()));
        Self { stop, worst }
    }

    /// Stops, and fails when one answer took too long.
    pub async fn assert_unharmed(self) {
        self.stop.cancel();
        let worst = self.worst.await.expect("every question is answered");
        assert!(worst < PATIENCE, "another client waited {worst:?}");
    }
}

async fn ask(url: String, stop: CancellationToken) -> Duration {
    let client = reqwest::Client::new();
    let mut worst = Duration::ZERO;
    while !stop.is_cancelled() {
        let asked = Instant::now();
        let answer = client.get(&url).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        worst = worst.max(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    worst
}
