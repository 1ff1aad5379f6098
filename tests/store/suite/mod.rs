//! The sentences.

pub mod facts;
pub mod identity;
pub mod lasting;
pub mod log;
pub mod readings;
pub mod snapshot;
pub mod staged;

mod history;
