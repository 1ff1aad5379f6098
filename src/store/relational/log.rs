//! Entries of the log.

use sqlx::{SqlSafeStr, SqlStr};

use super::cell::{Cell, Cells};
use super::connection::Connection;
use super::table::{Table, assembled};
use crate::domain::id::Position;
use crate::domain::log::{Hash, SealedEntry};
use crate::domain::time::Timestamp;
use crate::store::batch::EMPTY;
use crate::store::contract::{Head, StoreError};

static LOG: Table =
    Table::new("log", &["position", "recorded_at", "actor", "changes", "readings", "hash"]);

/// Writes entries, which are in order and linked.
pub(super) async fn write<C: Connection>(
    connection: &mut C,
    entries: &[SealedEntry],
) -> Result<(), StoreError> {
    let cells: Vec<Cell<'_>> = entries.iter().flat_map(cells).collect();
    LOG.insert(connection, &cells).await
}

fn cells(entry: &SealedEntry) -> [Cell<'_>; 6] {
    [
        entry.position.into(),
        entry.recorded_at.into(),
        Cell::text(&entry.actor),
        Cell::text(&entry.changes),
        Cell::bytes(&entry.readings),
        Cell::bytes(&entry.hash),
    ]
}

/// Up to `limit` entries after `after`.
pub(super) async fn read<C: Connection>(
    connection: &mut C,
    after: Position,
    limit: usize,
) -> Result<Vec<SealedEntry>, StoreError> {
    let sql = "SELECT position, recorded_at, actor, changes, readings, hash FROM log \
               WHERE position > $1 ORDER BY position LIMIT $2";
    entries(connection, sql.into_sql_str(), after, limit).await
}

/// Up to `limit` entries before `before` that hold decisions, the last one first.
pub(super) async fn decided<C: Connection>(
    connection: &mut C,
    before: Position,
    limit: usize,
) -> Result<Vec<SealedEntry>, StoreError> {
    let sql = assembled(format!(
        "SELECT position, recorded_at, actor, changes, readings, hash FROM log \
         WHERE position < $1 AND {} ORDER BY position DESC LIMIT $2",
        C::IS_DECIDED
    ));
    entries(connection, sql, before, limit).await
}

async fn entries<C: Connection>(
    connection: &mut C,
    sql: SqlStr,
    bound: Position,
    limit: usize,
) -> Result<Vec<SealedEntry>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut entries = Vec::new();
    let take = &mut |row: &C::Row| {
        entries.push(SealedEntry {
            position: position_at_column(row, 0)?,
            recorded_at: Timestamp(row.int(1)?),
            actor: row.text(2)?.into(),
            changes: row.text(3)?.to_owned(),
            readings: row.bytes(4)?.to_vec(),
            hash: hash_at(row, 5)?,
        });
        Ok(())
    };
    connection.each(sql, &[bound.into(), limit.into()], take).await?;
    Ok(entries)
}

/// The end of the log.
pub(super) async fn head<C: Connection>(connection: &mut C) -> Result<Head, StoreError> {
    let sql = "SELECT position, recorded_at, hash FROM log ORDER BY position DESC LIMIT 1";
    let mut head = EMPTY;
    let take = &mut |row: &C::Row| {
        head = Head {
            position: position_at_column(row, 0)?,
            recorded_at: Timestamp(row.int(1)?),
            hash: hash_at(row, 2)?,
        };
        Ok(())
    };
    connection.each(sql.into_sql_str(), &[], take).await?;
    Ok(head)
}

/// The last entry recorded at or before `moment`. Recorded times only grow along the log.
pub(super) async fn position_at<C: Connection>(
    connection: &mut C,
    moment: Timestamp,
) -> Result<Position, StoreError> {
    let sql = "SELECT position FROM log WHERE recorded_at <= $1 \
               ORDER BY recorded_at DESC, position DESC LIMIT 1";
    let mut position = Position::START;
    let take = &mut |row: &C::Row| {
        position = position_at_column(row, 0)?;
        Ok(())
    };
    connection.each(sql.into_sql_str(), &[moment.into()], take).await?;
    Ok(position)
}

pub(super) fn position_at_column(row: &impl Cells, column: usize) -> Result<Position, StoreError> {
    Ok(Position(row.int(column)?.cast_unsigned()))
}

fn hash_at(row: &impl Cells, column: usize) -> Result<Hash, StoreError> {
    let bytes = row.bytes(column)?;
    bytes.try_into().map_err(|_| {
        StoreError::Damaged(format!("a hash of the log is {} bytes long", bytes.len()))
    })
}
