//! `counterpart match`

mod command;
mod files;
mod records;
mod report;
mod truth;

pub use command::Match;
