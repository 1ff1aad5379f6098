//! `GET /progress`: how far imports and matching are.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::methods::only_get;
use crate::curation::{Curator, Step};
use crate::sources::import::Report;

/// What is under way.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Each import that runs.
    pub imports: Vec<ImportProgress>,
    /// How far matching is, if it works.
    pub matching: Option<Step>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct ImportProgress {
    /// How many things were found in its files.
    pub read: u64,
    /// What became of so many of them.
    pub done: u64,
}

impl ImportProgress {
    /// By a report so far.
    pub fn of(report: &Report) -> Self {
        let total = report.total();
        Self { read: total.read, done: total.changed + total.unchanged + total.rejected }
    }
}

/// The imports that run.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<BTreeMap<u64, ImportProgress>>>);

/// One of them, until it is dropped.
pub(super) struct Entry {
    running: Running,
    number: u64,
}

impl Running {
    /// An import begins.
    pub(super) fn begin(&self) -> Entry {
        let mut running = self.0.lock();
        let number = running.last_key_value().map_or(0, |(last, _)| last + 1);
        running.insert(number, ImportProgress::default());
        Entry { running: self.clone(), number }
    }
}

impl Entry {
    /// It is that far.
    pub(super) fn at(&self, report: &Report) {
        self.running.0.lock().insert(self.number, ImportProgress::of(report));
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.running.0.lock().remove(&self.number);
    }
}

/// The route.
pub(super) fn router(curator: Curator, running: Running) -> Router {
    Router::new()
        .route("/progress", get(progress).fallback(only_get))
        .with_state((curator, running))
}

async fn progress(State((curator, running)): State<(Curator, Running)>) -> Json<Progress> {
    let imports = running.0.lock().values().copied().collect();
    let matching = *curator.step().borrow();
    Json(Progress { imports, matching })
}
