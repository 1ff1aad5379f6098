//! The mutations: a file a group of commands.

mod common;

mod models;

mod twins;

mod relationships;

mod identity;

mod bindings;

mod records;

mod curation;

mod root;

pub use common::ACTOR;
pub use root::{inputs, root};
