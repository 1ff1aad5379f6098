//! Settings that work without being asked for: a file each.
