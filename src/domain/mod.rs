//! The domain: pure and synchronous. No I/O, no clock, no transport and no database in here.

pub mod apply;
pub mod batch;
pub mod change;
pub mod command;
pub mod coverage;
pub mod crosswalk;
pub mod decide;
pub mod fact;
pub mod golden;
pub mod graph;
pub mod id;
pub mod log;
pub mod reading;
pub mod reconcile;
pub mod record;
pub mod rejection;
pub mod role;
pub mod source;
pub mod state;
pub mod stream;
pub mod time;
pub mod timeline;
pub mod unit;
pub mod value;
pub mod view;
