//! The embedded store: one SQLite file in a folder that belongs to one process.

mod connection;
mod error;
mod lock;
mod open;
mod readings;
mod value;

pub use open::{SqliteOptions, SqliteStore};
