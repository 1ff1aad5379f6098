//! What changes for twins and clients when one interface takes the place of another.

mod change;
mod contents;
mod numbers;
mod schemas;

pub use change::{Change, Compatibility, Impact};
