//! The real engine on the memory store, as an import's target.

use std::sync::Arc;

use counterpart::clock::{Clock, SystemIds};
use counterpart::domain::state::Rules;
use counterpart::domain::time::Timestamp;
use counterpart::engine::{Engine, EngineOptions};
use counterpart::sources::declaration::Declaration;
use counterpart::sources::import::{Here, Report, import};
use counterpart::sources::text::Input;
use counterpart::store::MemoryStore;

/// It is always this moment.
pub const NOW: &str = "2026-03-08T15:04:05Z";

/// The moment of [`NOW`].
pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// An engine that files are imported into.
pub struct Target(pub Engine);

impl Target {
    /// An empty engine.
    pub async fn new() -> Self {
        let rules = Rules { streams_max: 100_000, ..Rules::default() };
        let store = Arc::new(MemoryStore::new());
        let options = EngineOptions::default();
        let started =
            Engine::start(store, rules, Arc::new(Stopped), Box::new(SystemIds), options).await;
        Self(started.unwrap())
    }

    /// Imports files of declared sources.
    pub async fn import(&self, inputs: &[Input], sources: &[Arc<Declaration>]) -> Report {
        let here = Here { engine: self.0.clone(), actor: "test".to_owned() };
        import(&here, inputs, sources, &mut |_| {}).await
    }
}
