//! Master data in: files of several formats become commands.
//!
//! A file of a declared source becomes rows (`rows/`, a file a format), rows become statements by its
//! declaration (`declaration/`, `reading/`), and statements become commands. Formats that say by
//! themselves what they mean (`native/`, `brick/`, `adt/`) become commands at once.

pub mod adt;
pub mod brick;
pub mod declaration;
pub mod format;
pub mod import;
pub mod limits;
pub mod moment;
pub mod native;
pub mod problem;
pub mod reading;
pub mod rows;
pub mod text;
