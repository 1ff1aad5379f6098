//! Reading: from JSON to elements, with every fault that shows without looking elsewhere.

mod element;
mod identifier;
mod language;
mod literal;
mod objects;
mod properties;
mod reader;
mod types;

pub(crate) use reader::Reader;
