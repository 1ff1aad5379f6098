//! The domain's laws, for any input.

mod commands;
mod matching;
mod plant;
mod register;
mod timeline;
