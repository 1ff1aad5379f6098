//! Tables that others look things up in: COBie's components take the manufacturer and the model
//! number of their type, and its floors are part of the one facility of the workbook.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::fact::JsonMap;
use crate::sources::limits::LOOKED_UP_MAX;
use crate::sources::rows::Row;

/// What was read of such tables.
#[derive(Default)]
pub struct Library {
    types: HashMap<String, JsonMap>,
    facility: Option<String>,
}

impl Library {
    /// Adds what the row looks up; answers `None` for a row that is only looked up.
    pub fn looked_up(&mut self, mut row: Row) -> Option<Row> {
        let text = |row: &Row, name: &str| {
            row.fields.get(name).and_then(Value::as_str).map(|text| text.trim().to_owned())
        };
        match row.table.as_deref() {
            Some("Type") => {
                if let Some(name) = text(&row, "Name").filter(|_| self.types.len() < LOOKED_UP_MAX)
                {
                    self.types.entry(name).or_insert(row.fields);
                }
                return None;
            }
            Some("Facility") => self.facility = self.facility.take().or(text(&row, "Name")),
            Some("Floor") => {
                if let Some(name) = &self.facility {
                    let facility = JsonMap::from_iter([("Name".to_owned(), name.as_str().into())]);
                    row.fields.insert("Facility".to_owned(), Value::Object(facility));
                }
            }
            Some("Component") => {
                let found = text(&row, "TypeName").and_then(|name| self.types.get(&name));
                if let Some(found) = found {
                    row.fields.insert("Type".to_owned(), Value::Object(found.clone()));
                }
            }
            Some(_) | None => {}
        }
        Some(row)
    }
}
