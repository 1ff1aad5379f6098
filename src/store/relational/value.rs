//! The number that stands for the kind of a value, and readings as columns.

use super::cell::{Cell, Cells};
use super::connection::Connection;
use crate::domain::id::{Position, StreamId};
use crate::domain::reading::{Quality, Reading, Recorded};
use crate::domain::time::Timestamp;
use crate::domain::value::Value;
use crate::store::contract::StoreError;

/// [`Value::kind`] of booleans.
pub(crate) const BOOLEAN: i64 = 0;
/// [`Value::kind`] of integers.
pub(crate) const INTEGER: i64 = 1;
/// [`Value::kind`] of doubles.
pub(crate) const DOUBLE: i64 = 2;
/// [`Value::kind`] of texts.
pub(crate) const TEXT: i64 = 3;
/// [`Value::kind`] of JSON texts.
pub(crate) const JSON: i64 = 4;

/// A stored value whose kind nobody knows.
pub(crate) fn unknown_kind(kind: i64) -> StoreError {
    StoreError::Damaged(format!("a reading's value is of the unknown kind {kind}"))
}

/// The columns of a recorded reading besides its stream: time, sequence, position, kind, quality, value.
pub(super) fn columns<C: Connection>() -> String {
    format!("time, sequence, position, kind, quality, {}", C::VALUE_COLUMNS.join(", "))
}

/// The same columns, as they are read: numbers are `bigint` wherever they are narrower in the table.
pub(super) fn selected<C: Connection>() -> String {
    columns::<C>().replace(
        "kind, quality",
        "CAST(kind AS bigint) AS kind, CAST(quality AS bigint) AS quality",
    )
}

/// The cells of [`columns`] for a reading, or for none.
pub(super) fn cells<C: Connection>(recorded: Option<&Recorded>) -> Vec<Cell<'_>> {
    let reading = recorded.map(|r| &r.reading);
    let mut cells = vec![
        Cell::Int(reading.map(|r| r.time.0)),
        Cell::Int(reading.map(|r| r.sequence.cast_signed())),
        Cell::Int(recorded.map(|r| r.position.0.cast_signed())),
        Cell::Int(reading.map(|r| i64::from(r.value.kind()))),
        Cell::Int(reading.map(|r| i64::from(r.quality.code()))),
    ];
    cells.extend(C::value_cells(reading.map(|r| &r.value)));
    cells
}

/// The reading in [`selected`], which start at `column`; `None` when it has no time.
pub(super) fn reading_at<C: Connection>(
    row: &C::Row,
    column: usize,
    stream: StreamId,
) -> Result<Option<Recorded>, StoreError> {
    let Some(time) = row.maybe_int(column)? else {
        return Ok(None);
    };
    let quality = row.int(column + 4)?;
    let reading = Reading {
        stream,
        time: Timestamp(time),
        sequence: row.int(column + 1)?.cast_unsigned(),
        value: C::value_at(row, column + 5, row.int(column + 3)?)?,
        quality: Quality::from_code(u8::try_from(quality).unwrap_or(u8::MAX)),
    };
    Ok(Some(Recorded { reading, position: Position(row.int(column + 2)?.cast_unsigned()) }))
}

/// A boolean as the tables keep it.
pub(crate) fn boolean(number: i64) -> Result<Value, StoreError> {
    match number {
        0 => Ok(Value::Boolean(false)),
        1 => Ok(Value::Boolean(true)),
        other => Err(StoreError::Damaged(format!("{other} is kept for true or false"))),
    }
}
