//! Azure Digital Twins: graphs as its Explorer exports them (JSON), as its bulk import reads them
//! (NDJSON in sections), and as the Explorer imports them (a workbook). `$dtId` is the external id.

mod documents;
mod sheet;
mod twin;

pub use documents::{Ids, begins_like, models, read};
