//! Records that mean no twin yet are decided: joined to a twin, made a new one, or put before a person.

mod commands;
mod matching;
mod past;
mod plan;
mod run;

pub use commands::Deeds;
