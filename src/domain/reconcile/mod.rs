//! From many systems' records to one twin.

pub mod survive;
