//! The domain's laws, for any input.

mod commands;
mod golden;
mod plant;
mod register;
mod survive;
mod timeline;
