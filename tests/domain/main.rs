//! The domain's laws, for any input.

mod commands;
mod doubts;
mod golden;
mod identity;
mod matching;
mod plant;
mod references;
mod register;
mod survive;
mod timeline;
