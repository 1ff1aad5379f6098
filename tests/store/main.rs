//! The promises of `store::contract`, as sentences that every store must make true.
//!
//! `suite` holds the sentences, `memory`, `sqlite` and `postgres` only say how a store is opened; each also
//! has a few sentences about its own way of being opened.

#[macro_use]
mod harness;
mod build;
mod suite;

mod memory;
mod postgres;
mod sqlite;
