//! Rows become statements, by a source's declaration.

mod circles;
mod events;
mod known;
mod library;
mod reader;
mod statement;
mod statements;
mod times;
mod value;

pub use known::{Known, RowId};
pub use reader::{RowReader, key_text};
pub use statement::{Reference, Statement};
pub use statements::{Source, Statements, statements};
pub use times::Times;
pub use value::typed;
