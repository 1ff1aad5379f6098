//! Staged imports while the store is slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use counterpart::clock::{Clock, SystemIds};
use counterpart::curation::{Curator, STAGED_DAYS_MAX, StagedId, StagingError, Thresholds};
use counterpart::domain::decide::IdSource;
use counterpart::domain::state::Rules;
use counterpart::domain::time::Timestamp;
use counterpart::engine::{Engine, EngineOptions};
use counterpart::sources::text::Input;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::gate::{Gate, GatedStore};

const DAY_NANOS: i64 = 86_400_000_000_000;
/// How long is waited for what must come.
const WITHIN: Duration = Duration::from_secs(30);
/// How long is waited for what cannot come.
const SHORT: Duration = Duration::from_millis(50);

struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// One import waits; the gate is closed.
struct Slow {
    curator: Curator,
    gate: Gate,
    clock: Arc<Moved>,
    id: StagedId,
}

impl Slow {
    async fn new() -> Self {
        let (store, gate) = GatedStore::new();
        let clock = Arc::new(Moved(AtomicI64::new(20_000 * DAY_NANOS)));
        let (rules, ids, options) =
            (Rules::default(), Box::new(SystemIds), EngineOptions::default());
        let engine = Engine::start(store, rules, clock.clone(), ids, options).await.unwrap();
        let curator = Curator::start(engine, None, Thresholds::default()).await;
        let line = r#"{"system": {"name": "lims", "title": "LIMS"}}"#;
        let input = Input::bytes("systems.ndjson", line.as_bytes());
        let staged = curator.stage(&[input], &[], &CancellationToken::new()).await.unwrap();
        gate.close();
        Self { curator, gate, clock, id: staged.id }
    }

    /// The imports, each with whether it is in work.
    async fn listed(&self) -> Vec<(StagedId, bool)> {
        let waiting = self.curator.staged().await.unwrap();
        waiting.into_iter().map(|import| (import.id, import.in_work)).collect()
    }

    async fn comes_to(&self, wanted: &[(StagedId, bool)]) {
        let comes = async {
            while self.listed().await != wanted {
                sleep(SHORT / 10).await;
            }
        };
        timeout(WITHIN, comes).await.expect("it comes to that");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_discarded_goes_though_who_asked_hangs_up() {
    let slow = Slow::new().await;
    timeout(SHORT, slow.curator.discard(slow.id)).await.expect_err("the gate is closed");
    assert_eq!(slow.listed().await, [(slow.id, true)]);
    slow.gate.open();
    slow.comes_to(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_work_is_listed_so_and_never_too_old() {
    let slow = Slow::new().await;
    assert_eq!(slow.listed().await, [(slow.id, false)]);
    let (curator, id) = (slow.curator.clone(), slow.id);
    let commit = tokio::spawn(async move { curator.commit(id, "test").await });
    slow.comes_to(&[(id, true)]).await;
    slow.clock.0.fetch_add((STAGED_DAYS_MAX + 1) * DAY_NANOS, Ordering::Relaxed);
    assert_eq!(slow.listed().await, [(id, true)]);
    slow.gate.open();
    assert!(commit.await.unwrap().unwrap().is_complete());
    assert_eq!(slow.listed().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_names_none_that_there_is_waits_for_no_other_commit() {
    let slow = Slow::new().await;
    let (curator, id) = (slow.curator.clone(), slow.id);
    let commit = tokio::spawn(async move { curator.commit(id, "test").await });
    slow.comes_to(&[(id, true)]).await;
    let unknown = slow.curator.commit(SystemIds.next(), "test");
    let refused = timeout(WITHIN, unknown).await.expect("an answer").unwrap_err();
    assert!(matches!(refused, StagingError::Unknown(_)), "{refused}");
    assert!(!commit.is_finished());
    slow.gate.open();
    assert!(commit.await.unwrap().unwrap().is_complete());
}
