//! `counterpart bench`: how fast this machine takes readings and answers queries.

mod command;
mod cpu;
mod ingest;
mod load;
mod query;
mod raw;
mod server;
mod stats;

pub use command::{BenchCommand, BenchError, run};
pub use load::{LoadFigures, LoadOptions, load};
pub use raw::{RawFigures, raw_insert};
pub use server::{Launch, Target};
pub use stats::Latencies;
