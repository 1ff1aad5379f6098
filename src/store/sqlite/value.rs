//! Values in SQLite: one column that takes any type, bound as what they are. Doubles never pass through
//! text, because SQLite does not read every text back to the same double.

use crate::domain::value::Value;
use crate::store::contract::StoreError;
use crate::store::relational::{
    BOOLEAN, Cell, Cells, DOUBLE, INTEGER, JSON, TEXT, boolean, unknown_kind,
};

pub(super) const COLUMNS: &[&str] = &["value"];

pub(super) fn cells(value: Option<&Value>) -> Vec<Cell<'_>> {
    vec![value.map_or(Cell::Int(None), cell)]
}

pub(super) fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Boolean(flag) => i64::from(*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Double(number) => (*number).into(),
        Value::Text(text) | Value::Json(text) => Cell::text(text),
    }
}

pub(super) fn value_at(row: &impl Cells, column: usize, kind: i64) -> Result<Value, StoreError> {
    match kind {
        BOOLEAN => boolean(row.int(column)?),
        INTEGER => Ok(Value::Integer(row.int(column)?)),
        DOUBLE => Ok(Value::Double(row.real(column)?)),
        TEXT => Ok(Value::Text(row.text(column)?.into())),
        JSON => Ok(Value::Json(row.text(column)?.into())),
        other => Err(unknown_kind(other)),
    }
}
