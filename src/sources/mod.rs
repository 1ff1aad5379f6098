//! Master data in: files of several formats become commands.

pub mod brick;
pub mod csv;
pub mod format;
pub mod import;
pub mod limits;
pub mod mapping;
pub mod moment;
pub mod native;
pub mod problem;
pub mod text;
