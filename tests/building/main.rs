//! A user's path on a real building: master data in, telemetry from two protocols at once, the
//! question that the building's operator asks, and kill -9 in the middle of it all.

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod files;
mod journey;
mod senders;
mod site;
mod telemetry;
