//! Shared by the black-box tests: the real program as a child process, and where test data are.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod server;
pub mod shared;
