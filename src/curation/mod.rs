//! Master data in good order: which record means which twin, what is doubtful, what is missing.

mod arrival;
mod curator;
mod follow;
mod learning;
mod matcher;
mod names;
mod probe;
mod rounds;
pub mod settle;
mod staging;
mod standing;
mod target;
mod telemetry;
mod thresholds;
mod unsettled;
mod words;

pub use arrival::{Arrival, Rehearsed};
pub use curator::Curator;
pub use probe::{Match, Probe};
pub use rounds::Pace;
pub use settle::Deeds;
pub use staging::{Staged, StagedId, StagedImport, StagingError};
pub use target::Curated;
pub use thresholds::Thresholds;
