//! Master data in: our models, the demo plant, and files of every format, through the real engine.

mod brick;
mod csv;
mod engine;
mod expect;
mod import;
mod models;
mod native;
mod plant;

#[path = "../support/shared.rs"]
#[allow(dead_code, reason = "other test binaries use the rest")]
mod shared;
