//! Imports that wait: what they would do can be looked at before they are committed or discarded.

mod collect;
mod commit;
mod error;
mod look;
mod pack;
mod shelf;
mod show;

pub use error::StagingError;
pub use look::{Effects, Staged};
pub use pack::{STAGED_BYTES_MAX, Told};
pub use shelf::{STAGED_DAYS_MAX, STAGED_MAX, StagedId, StagedImport, Waiting};

pub(super) use shelf::Shelf;
