//! `counterpart sources`

mod check;
mod command;

pub use command::Sources;
