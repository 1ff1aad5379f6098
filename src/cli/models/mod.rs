//! `counterpart models`

mod check;
mod command;
mod files;
mod repository;
mod show;

pub use command::Models;
