//! Records that mean no twin yet are decided: joined to a twin, made a new one, or put before a person.

mod commands;
mod matching;
mod near;
mod past;
mod plan;
mod run;

pub use commands::{ACTOR, Deeds};

pub(super) use matching::{events, source_of, weights};
pub(super) use past::{Past, past, pasts};
