//! `counterpart review`

mod changes;
mod command;
mod decide;
mod decisions;
mod list;
mod name;
mod show;
mod twins;

pub use command::Review;
pub(super) use show::waterfall;
