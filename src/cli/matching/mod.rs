//! `counterpart match`

mod assets;
mod command;
mod feed;
mod files;
mod records;
mod report;
mod truth;

pub use command::Match;
