//! House rules as tests: which way imports run, what the domain may use, how long things may be.

mod imports;
mod sizes;
mod sources;
