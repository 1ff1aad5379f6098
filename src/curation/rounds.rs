//! What is matched by itself, in the background: what an earlier process left, and devices that say what they are.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch::Receiver;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::curator::Curator;
use super::settle::Round;

/// A round is followed by a rest of so many times its length, but none longer than a device waits at most.
const REST_SHARE: u32 = 9;
/// When the first look after a start is tried again, if it failed.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// When devices that say something new of themselves are matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// When none has said anything new for so long, ...
    pub after: Duration,
    /// ... or when the first of them has waited for so long.
    pub within: Duration,
}

impl Curator {
    /// Decides what an earlier process left undecided, and keeps the matcher learnt from then on. With a pace, devices
    /// that say something new of themselves are matched, too, for as long as the engine runs; what was begun is brought to
    /// its end though this be dropped.
    pub async fn keep_decided(self, pace: Option<Pace>) {
        // First the ear, then the look.
        let mut bell = self.inner.spoken.bell();
        self.inner.keeps_learnt.store(true, Ordering::Relaxed);
        while let Err(error) = self.settle_new().await {
            tracing::warn!(%error, "records are left undecided for now");
            sleep(AGAIN_AFTER).await;
        }
        let Some(pace) = pace else { return };
        while bell.changed().await.is_ok() {
            is_quiet(&mut bell, pace).await;
            while !self.round(pace).await {
                sleep(pace.within).await;
            }
        }
    }

    /// Matches devices, and rests; whether it was done.
    async fn round(&self, pace: Pace) -> bool {
        let Round { devices, report, took } = match self.settle_devices().await {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(%error, "devices are not matched for now");
                return false;
            }
        };
        if devices > 0 {
            tracing::info!(
                devices,
                matched = report.matched,
                changed_meaning = report.changed_meaning,
                raised = report.raised,
                refused = report.refused.len(),
                took_ms = took.as_millis(),
                "matched devices by what they say of themselves"
            );
        }
        sleep(took.saturating_mul(REST_SHARE).min(pace.within)).await;
        true
    }
}

/// Waits until nobody has rung for a while, but not for ever.
async fn is_quiet(bell: &mut Receiver<u64>, pace: Pace) {
    let latest = Instant::now() + pace.within;
    let quiet = async {
        // A bell that is gone rings no more.
        while timeout(pace.after, bell.changed()).await.is_ok_and(|rung| rung.is_ok()) {}
    };
    tokio::select! {
        () = quiet => {}
        () = sleep_until(latest) => {}
    }
}
