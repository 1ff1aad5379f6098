//! Rows become statements, by a source's declaration.

mod circles;
mod events;
mod known;
mod library;
mod reader;
mod row_reader;
mod seconds;
mod statement;
mod statements;
mod times;
mod value;

pub use known::{Known, RowId};
pub use reader::key_text;
pub use row_reader::{RowReader, Told};
pub use statement::{Reference, Statement};
pub use statements::{Source, Statements, statements};
pub use times::Times;
pub use value::{converted, typed};
