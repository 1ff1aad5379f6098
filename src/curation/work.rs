//! What is under way, for those who wait for it.

use std::fmt;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::curator::Curator;

/// What matching is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Records are read with their past.
    Reading,
    /// Records are compared with each other.
    Comparing,
    /// What was decided is done: twins are made, ids are linked.
    Linking,
    /// Doubtful pairs are put before a person.
    Asking,
}

/// How far matching is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is doing.
    pub stage: Stage,
    /// How many records or decisions of this stage are done.
    pub done: usize,
    /// Of how many.
    pub total: usize,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stage, done, total } = self;
        match stage {
            Stage::Reading => write!(f, "matching: reading, {done} of {total} records"),
            // Kinds of things are compared one after the other; there may be only one.
            Stage::Comparing if *done == 0 => write!(f, "matching: comparing {total} records"),
            Stage::Comparing => write!(f, "matching: comparing, {done} of {total} records"),
            Stage::Linking => write!(f, "matching: linking, {done} of {total} decisions"),
            Stage::Asking => write!(f, "matching: asking, {done} of {total} doubtful pairs"),
        }
    }
}

/// Tells how far work is, and at its end, however it ends, that there is none.
pub(super) struct Telling(watch::Sender<Option<Step>>);

impl Telling {
    /// It is that far now.
    pub(super) fn at(&self, stage: Stage, done: usize, total: usize) {
        self.0.send_replace(Some(Step { stage, done, total }));
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.send_replace(None);
    }
}

impl Curator {
    /// How far matching is, while it works. Who looks seldom sees only the latest.
    pub fn step(&self) -> watch::Receiver<Option<Step>> {
        self.inner.step.subscribe()
    }

    /// Tells of work that begins.
    pub(super) fn telling(&self) -> Telling {
        Telling(self.inner.step.clone())
    }
}
