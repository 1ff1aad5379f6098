//! The domain's laws, for any input.

mod commands;
mod identity;
mod plant;
mod register;
mod survive;
mod timeline;
