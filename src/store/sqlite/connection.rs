//! A connection to SQLite.

use std::ops::DerefMut;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Connection as _, SqlStr, Sqlite, SqliteConnection};

use super::error::error_of;
use super::{readings, value};
use crate::domain::value::Value;
use crate::store::batch::Candidate;
use crate::store::contract::StoreError;
use crate::store::relational::{Cell, Connection, Take, bind};

/// How many steps of SQLite's machine pass between two looks at the clock: some milliseconds.
const STEPS_PER_LOOK: i32 = 100_000;

/// The writer or who looks at everything, or a reader of the pool.
pub(crate) enum Session {
    Own(SqliteConnection),
    Reader(PoolConnection<Sqlite>),
}

impl Session {
    /// A reader that stops after `deadline`, so that it never holds back the checkpoint of the WAL for long.
    pub(super) async fn reader(
        mut connection: PoolConnection<Sqlite>,
        deadline: Duration,
    ) -> Result<Self, StoreError> {
        let started = Instant::now();
        let mut handle = connection.lock_handle().await.map_err(error_of)?;
        handle.set_progress_handler(STEPS_PER_LOOK, move || started.elapsed() < deadline);
        drop(handle);
        Ok(Self::Reader(connection))
    }

    pub(super) fn inner(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Own(connection) => connection,
            Self::Reader(connection) => connection.deref_mut(),
        }
    }
}

#[async_trait]
impl Connection for Session {
    type Row = SqliteRow;

    const VALUE_COLUMNS: &'static [&'static str] = value::COLUMNS;
    const IS_DECIDED: &'static str = r#"instr(changes, '"change":"decided"') > 0"#;
    const BEGIN_WRITE: &'static str = "BEGIN IMMEDIATE";
    // Waits for the end of what an abandoned writer may still have under way.
    const BEGIN_LOAD: &'static [&'static str] = &["BEGIN IMMEDIATE"];
    const BEGIN_LOOK: &'static [&'static str] = &["BEGIN"];

    fn value_cells(value: Option<&Value>) -> Vec<Cell<'_>> {
        value::cells(value)
    }

    fn value_at(row: &SqliteRow, column: usize, kind: i64) -> Result<Value, StoreError> {
        value::value_at(row, column, kind)
    }

    fn placeholders(rows: usize, width: usize) -> String {
        // Without numbers: SQLite looks a numbered one up by going through all before it.
        let row = format!("({})", vec!["?"; width].join(", "));
        vec![row; rows].join(", ")
    }

    async fn run(&mut self, sql: SqlStr, cells: &[Cell<'_>]) -> Result<u64, StoreError> {
        let arguments: SqliteArguments = bind(cells).map_err(error_of)?;
        let query = sqlx::query_with::<Sqlite, _>(sql, arguments);
        Ok(query.execute(self.inner()).await.map_err(error_of)?.rows_affected())
    }

    async fn each(
        &mut self,
        sql: SqlStr,
        cells: &[Cell<'_>],
        take: Take<'_, SqliteRow>,
    ) -> Result<(), StoreError> {
        let arguments: SqliteArguments = bind(cells).map_err(error_of)?;
        let mut rows = sqlx::query_with::<Sqlite, _>(sql, arguments).fetch(self.inner());
        while let Some(row) = rows.try_next().await.map_err(error_of)? {
            take(&row)?;
        }
        Ok(())
    }

    async fn insert_readings(&mut self, rows: &[Candidate<'_>]) -> Result<Vec<bool>, StoreError> {
        readings::insert(self, rows).await
    }

    async fn close(self) -> Result<(), StoreError> {
        match self {
            Self::Own(connection) => connection.close().await.map_err(error_of),
            Self::Reader(connection) => connection.close().await.map_err(error_of),
        }
    }
}
