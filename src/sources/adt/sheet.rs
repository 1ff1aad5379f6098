//! The workbook that the Explorer imports: a row is a twin, or one more relationship of one.

use std::sync::Arc;

use serde_json::Value;

use super::twin::{Reader, Stated, cell, joined};
use crate::domain::fact::JsonMap;
use crate::sources::problem::{Item, Kind, Problem};
use crate::sources::rows::{Row, Sheets, workbook};
use crate::sources::text::{self, Bytes};

const MODEL: &str = "ModelID";
const ID: &str = "ID (must be unique)";
const FROM: &str = "Relationship (From)";
const NAME: &str = "Relationship Name";
const DATA: &str = "Init Data";

/// The items of a workbook's first sheet.
pub fn read<'a>(
    file: &Arc<str>,
    bytes: Bytes,
    reader: Reader<'a>,
) -> impl Iterator<Item = Result<Item, Problem>> + Send + use<'a> {
    let rows = workbook(file, bytes, Sheets::One(None, Box::default()));
    rows.flat_map(move |row| match row {
        Ok(row) => items(&reader, row),
        Err(problem) => vec![Err(problem)],
    })
}

fn items(reader: &Reader<'_>, row: Row) -> Vec<Result<Item, Problem>> {
    let mut found: Vec<_> = row.remarks.into_iter().map(|r| Err(r.at(&row.origin))).collect();
    let wrong =
        |kind, message| Err(Problem::error(row.origin.clone(), "INVALID_ROW", message).about(kind));
    let Some(id) = cell(&row.fields, ID) else {
        found.push(wrong(Kind::Twin, format!("the row has no `{ID}`")));
        return found;
    };
    let id = match reader.external(id) {
        Ok(id) => id,
        Err(message) => {
            found.push(wrong(Kind::Twin, message));
            return found;
        }
    };
    if let Some(model) = cell(&row.fields, MODEL) {
        let stated = data(&row.fields)
            .and_then(|object| reader.twin_of(&row.origin, id.clone(), model, object));
        match stated {
            Ok(stated) => found.extend(Stated::items(Ok(stated))),
            Err(message) => found.push(wrong(Kind::Twin, message)),
        }
    }
    if let (Some(from), Some(name)) = (cell(&row.fields, FROM), cell(&row.fields, NAME)) {
        let command = reader.external(from).and_then(|from| joined(from, name, id));
        match command {
            Ok(command) => found.extend(Stated::items(Ok(Stated::only(&row.origin, command)))),
            Err(message) => found.push(wrong(Kind::Relationship, message)),
        }
    }
    found
}

/// The properties, as JSON in a cell.
fn data(row: &JsonMap) -> Result<JsonMap, String> {
    let Some(cell) = cell(row, DATA) else {
        return Ok(JsonMap::new());
    };
    match text::parse(cell) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(format!("`{DATA}` is no JSON object")),
        Err(fault) => Err(format!("`{DATA}` is no JSON: {}", fault.message)),
    }
}
