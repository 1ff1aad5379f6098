//! Comparisons of the asset world, a file each.

pub mod days;
pub mod mac;
pub mod place;
pub mod serial;
