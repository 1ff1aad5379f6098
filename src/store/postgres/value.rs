//! Values in PostgreSQL: a column for whole numbers, one for doubles, and one for the bytes of texts, which
//! may hold U+0000 where PostgreSQL's own texts may not.

use crate::domain::value::Value;
use crate::store::contract::StoreError;
use crate::store::relational::{
    BOOLEAN, Cell, Cells, DOUBLE, INTEGER, JSON, TEXT, boolean, unknown_kind,
};

pub(super) const COLUMNS: &[&str] = &["whole", "number", "bytes"];

/// A value in its three columns, of which one is filled.
#[derive(Default)]
pub(super) struct Columns<'a> {
    pub whole: Option<i64>,
    pub number: Option<f64>,
    pub bytes: Option<&'a [u8]>,
}

impl<'a> From<&'a Value> for Columns<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Boolean(flag) => Self { whole: Some(i64::from(*flag)), ..Self::default() },
            Value::Integer(number) => Self { whole: Some(*number), ..Self::default() },
            Value::Double(number) => Self { number: Some(*number), ..Self::default() },
            Value::Text(text) | Value::Json(text) => {
                Self { bytes: Some(text.as_bytes()), ..Self::default() }
            }
        }
    }
}

pub(super) fn cells(value: Option<&Value>) -> Vec<Cell<'_>> {
    let Columns { whole, number, bytes } = value.map(Columns::from).unwrap_or_default();
    vec![Cell::Int(whole), Cell::Real(number), bytes.map_or(Cell::Bytes(None), Cell::bytes)]
}

pub(super) fn value_at(row: &impl Cells, column: usize, kind: i64) -> Result<Value, StoreError> {
    match kind {
        BOOLEAN => boolean(row.int(column)?),
        INTEGER => Ok(Value::Integer(row.int(column)?)),
        DOUBLE => Ok(Value::Double(row.real(column + 1)?)),
        TEXT => Ok(Value::Text(text(row.bytes(column + 2)?)?.into())),
        JSON => Ok(Value::Json(text(row.bytes(column + 2)?)?.into())),
        other => Err(unknown_kind(other)),
    }
}

fn text(bytes: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(bytes)
        .map_err(|error| StoreError::Damaged(format!("a reading's text is not UTF-8: {error}")))
}
