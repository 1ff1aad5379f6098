//! Rows that tell of a machine and of the place where it stands.

mod changes;
mod declaring;
mod plant;
mod several;
mod swaps;
