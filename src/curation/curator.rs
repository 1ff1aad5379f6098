//! The handle: indexes that follow the engine, and what is asked of them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use super::follow;
use super::learning::Learning;
use super::names::Names;
use super::staging::Shelf;
use super::standing::Standing;
use super::telemetry::Spoken;
use super::thresholds::Thresholds;
use super::unsettled::Unsettled;
use super::work::Step;
use crate::domain::id::{Position, TwinId};
use crate::engine::Engine;
use crate::feed::Feed;

/// How long a reader waits for the indexes.
const FOLLOWS_WITHIN: Duration = Duration::from_secs(2);

/// Master data in good order. Cloning it is cheap.
#[derive(Clone)]
pub struct Curator {
    pub(super) inner: Arc<Inner>,
}

/// The indexes, and how far they have followed.
pub(super) struct Inner {
    pub(super) engine: Engine,
    pub(super) names: RwLock<Names>,
    /// Everything up to here is in the indexes.
    pub(super) followed: watch::Sender<Position>,
    /// Held by who decides: two runs at once would each make a twin of the same record.
    pub(super) settling: tokio::sync::Mutex<()>,
    /// Records that nobody has decided since they came or changed.
    pub(super) unsettled: Mutex<Unsettled>,
    /// Devices that say something new of themselves.
    pub(super) spoken: Spoken,
    /// Whether another run over all records could find anything.
    pub(super) standing: Mutex<Standing>,
    /// What answers who a described thing may be.
    pub(super) learning: Arc<Learning>,
    /// Whether it is learnt before somebody asks.
    pub(super) keeps_learnt: AtomicBool,
    /// Imports that wait to be committed.
    pub(super) shelf: Mutex<Shelf>,
    /// Held by who commits one.
    pub(super) committing: tokio::sync::Mutex<()>,
    /// Held by who adds one.
    pub(super) adding: tokio::sync::Mutex<()>,
    /// How far matching is.
    pub(super) step: watch::Sender<Option<Step>>,
    pub(super) feed: Option<Feed>,
    pub(super) thresholds: Thresholds,
}

impl Curator {
    /// Indexes what there is, and follows what the engine commits from then on.
    ///
    /// With a feed, previews tell how many subscribers would hear of them.
    pub async fn start(engine: Engine, feed: Option<Feed>, thresholds: Thresholds) -> Self {
        let inner = Arc::new(Inner {
            engine,
            names: RwLock::new(Names::default()),
            followed: watch::Sender::new(Position::START),
            settling: tokio::sync::Mutex::new(()),
            unsettled: Mutex::default(),
            spoken: Spoken::default(),
            standing: Mutex::default(),
            learning: Arc::default(),
            keeps_learnt: AtomicBool::default(),
            shelf: Mutex::default(),
            committing: tokio::sync::Mutex::new(()),
            adding: tokio::sync::Mutex::new(()),
            step: watch::Sender::default(),
            feed,
            thresholds,
        });
        follow::start(&inner).await;
        Self { inner }
    }

    /// The engine whose data this is.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Waits until everything up to the position is in the indexes, but not for ever: under a
    /// flood of changes an answer that is a little old is better than none.
    pub async fn caught_up(&self, position: Position) {
        let mut followed = self.inner.followed.subscribe();
        let there = followed.wait_for(|followed| *followed >= position);
        // It fails only when the follower is gone, and then so is the engine.
        drop(tokio::time::timeout(FOLLOWS_WITHIN, there).await);
    }

    /// The twins that someone calls exactly so, whatever the case.
    pub fn named(&self, text: &str) -> Vec<TwinId> {
        self.inner.names.read().exactly(text).to_vec()
    }

    /// Twins with names that share words with the text, and how much of both is shared, from 0 to 1; the most first.
    pub fn named_alike(&self, text: &str, limit: usize) -> Vec<(TwinId, f64)> {
        self.inner.names.read().alike(text, limit)
    }

    /// The twins with a name or an id that begins so, in order of the names.
    pub fn named_like(&self, text: &str, limit: usize) -> Vec<TwinId> {
        self.inner.names.read().beginning(text, limit)
    }
}
