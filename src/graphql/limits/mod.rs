//! What a GraphQL request may ask for, checked in linear time before the executor sees it.
//!
//! The executor's own validation expands fragments again and again, at a cost that a document of
//! one kilobyte can drive to seconds. So a document is first scanned as text (nothing nests deeper
//! than the parser can stand), then parsed, then measured with each fragment counted once.

mod config;
mod document;
mod measure;
mod scan;

pub use config::GraphqlLimits;
pub use document::{CheckedDocument, check_document};
pub(crate) use scan::{is_inexact_integer, vanishes};
