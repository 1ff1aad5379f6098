//! Imports that wait.

use sqlx::SqlSafeStr;
use uuid::Uuid;

use super::cell::{Cell, Cells};
use super::connection::Connection;
use crate::store::contract::{StagedRow, StoreError};

/// Bytes of content in one row: a statement of this size is soon done.
const PART_BYTES: usize = 1 << 20;

/// Adds one. When it fails, the transaction is still open.
pub(super) async fn add<C: Connection>(
    connection: &mut C,
    staged: &StagedRow,
    content: &[u8],
) -> Result<(), StoreError> {
    let id = staged.id.to_string();
    connection.run(C::BEGIN_WRITE.into_sql_str(), &[]).await?;
    let sql = "INSERT INTO staged_import (id, about) VALUES ($1, $2)";
    connection.run(sql.into_sql_str(), &[Cell::text(&id), Cell::text(&staged.about)]).await?;
    for (part, bytes) in content.chunks(PART_BYTES).enumerate() {
        let sql = "INSERT INTO staged_part (import, part, bytes) VALUES ($1, $2, $3)";
        let cells = [Cell::text(&id), Cell::from(part as u64), Cell::bytes(bytes)];
        connection.run(sql.into_sql_str(), &cells).await?;
    }
    connection.run("COMMIT".into_sql_str(), &[]).await?;
    Ok(())
}

/// All of them, in the order of their ids.
pub(super) async fn all<C: Connection>(connection: &mut C) -> Result<Vec<StagedRow>, StoreError> {
    let mut rows = Vec::new();
    let take = &mut |row: &C::Row| {
        let id = row.text(0)?.parse().map_err(|_| {
            StoreError::Damaged("a staged import has an id that is none".to_owned())
        })?;
        rows.push(StagedRow { id, about: row.text(1)?.to_owned() });
        Ok(())
    };
    let sql = "SELECT id, about FROM staged_import ORDER BY id";
    connection.each(sql.into_sql_str(), &[], take).await?;
    Ok(rows)
}

/// The content of one.
pub(super) async fn content<C: Connection>(
    connection: &mut C,
    id: Uuid,
) -> Result<Option<Vec<u8>>, StoreError> {
    let mut content = None;
    let take = &mut |row: &C::Row| {
        let content = content.get_or_insert_with(Vec::new);
        if row.maybe_int(0)?.is_some() {
            content.extend_from_slice(row.bytes(1)?);
        }
        Ok(())
    };
    let sql = "SELECT part, bytes FROM staged_import \
               LEFT JOIN staged_part ON import = id WHERE id = $1 ORDER BY part";
    connection.each(sql.into_sql_str(), &[Cell::text(&id.to_string())], take).await?;
    Ok(content)
}

/// Removes one; whether it was there. When it fails, the transaction is still open.
pub(super) async fn remove<C: Connection>(
    connection: &mut C,
    id: Uuid,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM staged_import WHERE id = $1";
    connection.run(C::BEGIN_WRITE.into_sql_str(), &[]).await?;
    let removed = connection.run(sql.into_sql_str(), &[Cell::text(&id.to_string())]).await?;
    connection.run("COMMIT".into_sql_str(), &[]).await?;
    Ok(removed > 0)
}
