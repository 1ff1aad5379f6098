//! `counterpart sources`

mod check;
mod command;
mod show;

pub use command::Sources;
