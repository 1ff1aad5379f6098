//! Settings that work without being asked for: a file each.

mod blocking;
mod columns;
mod generic;
mod profile;
mod swaps;

pub use generic::generic;
pub use profile::in_sample;
