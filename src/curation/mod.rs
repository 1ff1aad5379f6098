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
mod work;

pub use arrival::{Arrival, Rehearsed};
pub use curator::Curator;
pub use probe::{Match, Probe};
pub use rounds::Pace;
pub use settle::Deeds;
pub use staging::{
    Effects, STAGED_BYTES_MAX, STAGED_DAYS_MAX, STAGED_MAX, Staged, StagedId, StagedImport,
    StagingError, Told, Waiting,
};
pub use target::Curated;
pub use thresholds::Thresholds;
pub use work::{Stage, Step};
