//! `counterpart demo`

mod command;
mod examples;
mod plant;
mod telemetry;

pub use command::Demo;
pub(in crate::cli) use plant::BASE_MODELS;
