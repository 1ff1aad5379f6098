//! The domain's laws, for any input.

mod commands;
mod plant;
mod register;
mod survive;
mod timeline;
