//! Records that mean no twin yet are decided: joined to a twin, made a new one, or put before a person.

mod commands;
mod devices;
mod matching;
mod past;
mod plan;
mod run;

pub use commands::Deeds;

pub(super) use matching::{events, kinds, source_of, texts_of, weights};
pub(super) use past::{Past, Version, pasts, pasts_of};
