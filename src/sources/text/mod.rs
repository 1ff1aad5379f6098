//! From bytes to pieces of text: decompression, lines, JSON elements, strict JSON.

mod elements;
mod json;
mod lines;
mod open;

pub use elements::Elements;
pub use json::{Fault, parse};
pub use lines::Lines;
pub use open::{Input, Text, open};
