//! `counterpart match`

mod command;
mod files;
mod probe;
mod records;
mod report;
mod settle;
mod truth;

pub use command::Match;
