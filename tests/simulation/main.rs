//! The real engine on a failing store, against an oracle that keeps everything the simple way.
//!
//! Every run is a function of its seed; a failure prints it. `COUNTERPART_SEED` runs one seed alone.

mod oracle;
mod random;
mod run;
