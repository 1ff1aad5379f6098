//! From bytes to pieces of text: decompression, encodings, lines, JSON elements, strict JSON.

mod elements;
mod encoding;
mod json;
mod lines;
mod open;
mod printable;
mod scan;

pub use elements::{Element, Elements, pointer, tokens};
pub use json::{Fault, parse};
pub use lines::Lines;
pub use open::{Bytes, Input, ReadSeek, Text};
pub use printable::{printable, printable_lines};
