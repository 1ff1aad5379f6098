//! `counterpart models`

mod check;
mod command;
mod compare;
mod files;
mod migrate;
mod remote;
mod repository;
mod retire;
mod show;
mod upload;

pub use command::Models;
