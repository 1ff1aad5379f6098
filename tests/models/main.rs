//! Models at the command line and over HTTP: the linter with its formats, and the repository
//! layout in both directions.

#[path = "../support/mod.rs"]
mod support;

mod check;
mod linter;
mod resolve;
mod serve;
mod sets;
mod versions;
