//! `counterpart demo`

mod command;
mod examples;
mod plant;
mod telemetry;

pub use command::Demo;
