//! Master data in good order: which record means which twin, what is doubtful, what is missing.

mod curator;
mod follow;
mod names;
mod probe;
pub mod settle;
mod thresholds;

pub use curator::Curator;
pub use probe::{Match, Probe, Weight};
pub use settle::{Deeds, Settled};
pub use thresholds::Thresholds;
