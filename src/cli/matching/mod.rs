//! `counterpart match`

mod assets;
mod command;
mod feed;
mod files;
mod probe;
mod records;
mod report;
mod settle;
mod truth;

pub use command::Match;
