//! JSON with positions: the texts that models are written in, parsed into a flat tree whose
//! every node knows where it stands, so that each complaint can point at its line and column.

#[cfg(test)]
mod agreement;
mod scan;
mod tree;
mod write;

pub(crate) use scan::SyntaxError;
pub(crate) use tree::{Kind, Tree, Value, line_starts};
pub(crate) use write::quote;
