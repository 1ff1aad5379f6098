//! The domain: pure and synchronous. No I/O, no clock, no transport and no database in here.

pub mod apply;
pub mod batch;
pub mod change;
pub mod command;
pub mod crosswalk;
pub mod curation;
pub mod decide;
pub mod fact;
pub mod graph;
pub mod id;
pub mod impact;
pub mod log;
pub mod reading;
pub mod record;
pub mod rejection;
pub mod role;
pub mod state;
pub mod stream;
pub mod time;
pub mod timeline;
pub mod unit;
pub mod value;
pub mod view;
