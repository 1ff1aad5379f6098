//! Imports that wait: what they would do can be looked at before they are committed or discarded.

mod collect;
mod commit;
mod look;
mod shelf;
mod show;

pub use look::{Staged, StagingError};
pub use shelf::{StagedId, StagedImport};

pub(super) use shelf::Shelf;
