//! Files become rows: a file a format.

mod b2mml;
mod csv;
mod debezium;
mod header;
mod json;
mod metered;
mod open;
mod row;
mod shapes;
mod sheet;
mod xlsx;

pub use json::{elements, lines};
pub use open::{extension, extensions, open};
pub use row::{Event, Place, Row, Rows};
pub use sheet::Sheet;
pub use xlsx::{Sheets, rows as workbook};
