//! Tables that are written in bulk, and the statements that do it.

use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use super::cell::Cell;
use super::connection::Connection;
use crate::store::contract::StoreError;

/// How many rows one statement takes: few sizes, so that prepared statements are used again.
const CHUNK_ROWS: [usize; 5] = [256, 64, 16, 4, 1];

/// The largest chunk that fits.
pub(crate) fn chunk_rows(left: usize) -> usize {
    CHUNK_ROWS.into_iter().find(|rows| *rows <= left).unwrap_or(1)
}

/// A table that rows are inserted into.
pub(super) struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    /// What follows the rows, for example what to do about rows that are there already.
    suffix: &'static str,
}

impl Table {
    pub const fn new(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, suffix: "" }
    }

    pub const fn with_suffix(self, suffix: &'static str) -> Self {
        Self { suffix, ..self }
    }

    /// Inserts rows, which stand one after the other in `cells`.
    pub async fn insert<C: Connection>(
        &self,
        connection: &mut C,
        cells: &[Cell<'_>],
    ) -> Result<(), StoreError> {
        let width = self.columns.len();
        let mut rest = cells;
        while !rest.is_empty() {
            let rows = chunk_rows(rest.len() / width);
            let (chunk, later) = rest.split_at(rows * width);
            connection.run(self.insert_of::<C>(rows), chunk).await?;
            rest = later;
        }
        Ok(())
    }

    fn insert_of<C: Connection>(&self, rows: usize) -> SqlStr {
        assembled(format!(
            "INSERT INTO {} ({}) VALUES {} {}",
            self.name,
            self.columns.join(", "),
            C::placeholders(rows, self.columns.len()),
            self.suffix
        ))
    }
}

/// SQL that was put together from parts of this program, none of them input.
pub(crate) fn assembled(sql: String) -> SqlStr {
    AssertSqlSafe(sql).into_sql_str()
}
