//! kill -9 under load: nothing acknowledged is lost, nothing is doubled, state equals the model's.

#[path = "../support/mod.rs"]
mod support;

mod databases;
mod ledger;
mod matching;
mod rounds;
