//! Settings that work without being asked for: a file each.

mod asset;
mod blocking;
mod columns;
mod generic;
mod profile;
mod swaps;

pub use asset::{Assets, THRESHOLDS as ASSET_THRESHOLDS};
pub use generic::generic;
