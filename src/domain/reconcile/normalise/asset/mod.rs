//! Normalisers of the asset world, a file a field.

pub mod alike;
pub mod day;
pub mod labels;
pub mod location;
pub mod mac;
pub mod name;
pub mod network;
pub mod reference;
pub mod serial;
pub mod tag;
pub mod words;
