//! Where staged imports wait. In memory: what a restart forgets was never acknowledged as imported.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::look::Staged;
use crate::domain::command::Command;
use crate::domain::time::Timestamp;

/// Most imports that wait at once; the oldest is forgotten for a new one.
const STAGED_MAX: usize = 16;

/// Names a staged import.
pub type StagedId = Uuid;

/// An import that waits.
#[derive(Debug)]
pub struct StagedImport {
    /// Its name.
    pub id: StagedId,
    /// When it was staged.
    pub at: Timestamp,
    /// The files.
    pub files: Vec<String>,
    /// What it would do.
    pub staged: Staged,
    /// What is to be done.
    pub(in crate::curation) commands: Vec<Command>,
}

/// All that wait.
#[derive(Debug, Default)]
pub struct Shelf {
    imports: BTreeMap<StagedId, Arc<StagedImport>>,
}

impl Shelf {
    /// Puts one in.
    pub fn put(&mut self, import: Arc<StagedImport>) {
        // Ids are in the order of time.
        if self.imports.len() >= STAGED_MAX {
            self.imports.pop_first();
        }
        self.imports.insert(import.id, import);
    }

    /// Takes one out.
    pub fn take(&mut self, id: StagedId) -> Option<Arc<StagedImport>> {
        self.imports.remove(&id)
    }

    /// All of them, the last one first.
    pub fn all(&self) -> Vec<Arc<StagedImport>> {
        self.imports.values().rev().cloned().collect()
    }
}
