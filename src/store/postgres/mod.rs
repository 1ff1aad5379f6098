//! The store on a PostgreSQL server, in a schema that one process writes to.

mod connection;
mod error;
mod lock;
mod open;
mod readings;
mod value;

pub use open::{PostgresOptions, PostgresStore};
