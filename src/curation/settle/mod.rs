//! Records that mean no twin yet are decided: joined to a twin, made a new one, or put before a person.

mod commands;
mod devices;
mod judged;
mod kinds;
mod matching;
mod near;
mod news;
mod past;
mod plan;
mod run;
mod sets;

pub use commands::{ACTOR, Deeds};

pub(super) use kinds::{Profile, best_of, kinds};
pub(super) use matching::{events, source_of, weights};
pub(super) use news::Round;
pub(super) use past::{Past, RECORDS_A_LOOK, Version, pasts, pasts_of};
pub(super) use run::{PROPOSALS_A_REQUEST, full};
