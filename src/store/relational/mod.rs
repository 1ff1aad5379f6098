//! What SQLite and PostgreSQL have in common: nearly all of it. A backend adds how it connects, how it
//! keeps a value, and how it inserts readings in bulk.

mod append;
mod cell;
mod connection;
mod facts;
mod log;
mod migrations;
mod model_event;
mod readings;
mod snapshot;
mod staged;
mod store;
mod table;
mod value;

pub(super) use cell::{Cell, Cells, bind};
pub(super) use connection::{Backend, Connection, Take};
pub(super) use migrations::{Migrations, migrate};
pub use store::Relational;
pub(super) use table::{assembled, chunk_rows};
pub(super) use value::{BOOLEAN, DOUBLE, INTEGER, JSON, TEXT, boolean, unknown_kind};
