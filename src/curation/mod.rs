//! Master data in good order: which record means which twin, what is doubtful, what is missing.

mod follow;
mod names;
mod probe;
mod service;
pub mod settle;

pub use probe::{Match, Probe, Weight};
pub use service::Curation;
