//! The handle: indexes that follow the engine, and what is asked of them.

use std::sync::Arc;

use parking_lot::RwLock;
use tokio::sync::watch;

use super::follow;
use super::names::Names;
use crate::domain::id::{Position, TwinId};
use crate::engine::Engine;

/// Master data in good order. Cloning it is cheap.
#[derive(Clone)]
pub struct Curation {
    pub(super) inner: Arc<Inner>,
}

/// The indexes, and how far they have followed.
pub(super) struct Inner {
    pub(super) engine: Engine,
    pub(super) names: RwLock<Names>,
    /// Everything up to here is in the indexes.
    pub(super) followed: watch::Sender<Position>,
}

impl Curation {
    /// Indexes what there is, and follows what the engine commits from then on.
    pub async fn start(engine: Engine) -> Self {
        let inner = Arc::new(Inner {
            engine,
            names: RwLock::new(Names::default()),
            followed: watch::Sender::new(Position::START),
        });
        follow::start(&inner).await;
        Self { inner }
    }

    /// The engine whose data this is.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Waits until everything up to the position is in the indexes.
    pub async fn caught_up(&self, position: Position) {
        let mut followed = self.inner.followed.subscribe();
        // It fails only when the follower is gone, and then so is the engine.
        drop(followed.wait_for(|followed| *followed >= position).await);
    }

    /// The twins that someone calls exactly so, whatever the case.
    pub fn named(&self, text: &str) -> Vec<TwinId> {
        self.inner.names.read().exactly(text).to_vec()
    }

    /// The twins with a name or an id that begins so, in order of the names.
    pub fn named_like(&self, text: &str, limit: usize) -> Vec<TwinId> {
        self.inner.names.read().beginning(text, limit)
    }
}
