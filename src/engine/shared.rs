//! What the writer and the readers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::RwLock;
use tokio::sync::broadcast;

use crate::clock::Clock;
use crate::domain::change::Change;
use crate::domain::id::Position;
use crate::domain::reading::Reading;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::store::Store;

/// An entry that is on disk and applied: what feeds are made of.
#[derive(Debug)]
pub struct Committed {
    /// Its position.
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Who asked for it.
    pub actor: Arc<str>,
    /// What changed.
    pub changes: Vec<Change>,
    /// The new readings.
    pub readings: Vec<Reading>,
}

/// What the writer and the readers share.
pub(crate) struct Shared {
    pub(crate) state: RwLock<State>,
    /// The last position that readers see; what is beyond is not on disk yet.
    head: AtomicU64,
    ready: AtomicBool,
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) commits: broadcast::Sender<Arc<Committed>>,
}

impl Shared {
    pub(super) fn new(
        state: State,
        head: Position,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        feed_entries_max: usize,
    ) -> Self {
        Self {
            state: RwLock::new(state),
            head: AtomicU64::new(head.0),
            ready: AtomicBool::new(true),
            store,
            clock,
            commits: broadcast::Sender::new(feed_entries_max),
        }
    }

    pub(crate) fn head(&self) -> Position {
        Position(self.head.load(Ordering::Acquire))
    }

    pub(super) fn advance(&self, head: Position) {
        self.head.store(head.0, Ordering::Release);
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub(super) fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Release);
    }
}
