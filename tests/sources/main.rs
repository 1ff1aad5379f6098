//! Master data in: our models, the demo plant, and files of every format, through the real engine.

mod adt;
mod b2mml;
mod brick;
mod circles;
mod cobie;
mod csv;
mod debezium;
mod declaration;
mod engine;
mod expect;
mod exports;
mod hostile;
mod import;
mod json;
mod models;
mod native;
mod plant;
mod positions;
mod sap;
mod systems;
mod workbook;
mod xlsx;

#[path = "../support/shared.rs"]
#[allow(dead_code, reason = "other test binaries use the rest")]
mod shared;
