//! CSV tables with a header: a row is a twin, with its relationships.

mod columns;
mod read;
mod row;
mod value;

pub use read::read;
