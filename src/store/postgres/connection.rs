//! A connection to PostgreSQL. Every wait for the server has a deadline, because a server that is gone may
//! never answer.

use std::future::Future;
use std::ops::DerefMut;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Connection as _, PgConnection, Postgres, SqlStr};

use super::error::error_of;
use super::{readings, value};
use crate::domain::value::Value;
use crate::store::batch::Candidate;
use crate::store::contract::StoreError;
use crate::store::relational::{Cell, Connection, Take, bind};

/// The writer or who looks at everything, or a reader of the pool, with the longest time that the server may take for one answer.
pub(crate) struct Session {
    held: Held,
    deadline: Duration,
}

enum Held {
    Own(PgConnection),
    /// `None` once it was given up: a connection that did not answer may not go back to the pool.
    Reader(Option<PoolConnection<Postgres>>),
}

impl Session {
    pub(super) fn own(connection: PgConnection, deadline: Duration) -> Self {
        Self { held: Held::Own(connection), deadline }
    }

    pub(super) fn reader(connection: PoolConnection<Postgres>, deadline: Duration) -> Self {
        Self { held: Held::Reader(Some(connection)), deadline }
    }

    pub(super) fn inner(&mut self) -> Result<&mut PgConnection, StoreError> {
        match &mut self.held {
            Held::Own(connection) => Ok(connection),
            Held::Reader(Some(connection)) => Ok(connection.deref_mut()),
            Held::Reader(None) => Err(silent(self.deadline)),
        }
    }

    /// The longest time that the server may take for one answer.
    pub(super) fn deadline(&self) -> Duration {
        self.deadline
    }

    fn give_up(&mut self) -> StoreError {
        if let Held::Reader(connection) = &mut self.held {
            drop(connection.take().map(PoolConnection::detach));
        }
        silent(self.deadline)
    }
}

/// Waits for the server no longer than `deadline`.
pub(super) async fn within<T>(
    deadline: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(deadline, answer).await {
        Ok(answer) => answer.map_err(error_of),
        Err(_) => Err(silent(deadline)),
    }
}

fn silent(deadline: Duration) -> StoreError {
    StoreError::Unavailable(format!("PostgreSQL did not answer within {} s", deadline.as_secs()))
}

#[async_trait]
impl Connection for Session {
    type Row = PgRow;

    const VALUE_COLUMNS: &'static [&'static str] = value::COLUMNS;
    const IS_DECIDED: &'static str = r#"strpos(changes, '"change":"decided"') > 0"#;
    const BEGIN_WRITE: &'static str = "BEGIN";
    const BEGIN_LOAD: &'static [&'static str] =
        &["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL statement_timeout = 0"];
    const BEGIN_LOOK: &'static [&'static str] = Self::BEGIN_LOAD;

    fn value_cells(value: Option<&Value>) -> Vec<Cell<'_>> {
        value::cells(value)
    }

    fn value_at(row: &PgRow, column: usize, kind: i64) -> Result<Value, StoreError> {
        value::value_at(row, column, kind)
    }

    fn placeholders(rows: usize, width: usize) -> String {
        let row = |r: usize| {
            let numbers = (r * width + 1)..=(r * width + width);
            let row: Vec<String> = numbers.map(|n| format!("${n}")).collect();
            format!("({})", row.join(", "))
        };
        (0..rows).map(row).collect::<Vec<_>>().join(", ")
    }

    async fn run(&mut self, sql: SqlStr, cells: &[Cell<'_>]) -> Result<u64, StoreError> {
        let arguments: PgArguments = bind(cells).map_err(error_of)?;
        let deadline = self.deadline;
        let running = sqlx::query_with::<Postgres, _>(sql, arguments).execute(self.inner()?);
        match tokio::time::timeout(deadline, running).await {
            Ok(result) => Ok(result.map_err(error_of)?.rows_affected()),
            Err(_) => Err(self.give_up()),
        }
    }

    async fn each(
        &mut self,
        sql: SqlStr,
        cells: &[Cell<'_>],
        take: Take<'_, PgRow>,
    ) -> Result<(), StoreError> {
        let arguments: PgArguments = bind(cells).map_err(error_of)?;
        let deadline = self.deadline;
        let mut rows = sqlx::query_with::<Postgres, _>(sql, arguments).fetch(self.inner()?);
        while let Ok(row) = tokio::time::timeout(deadline, rows.try_next()).await {
            match row.map_err(error_of)? {
                Some(row) => take(&row)?,
                None => return Ok(()),
            }
        }
        drop(rows);
        Err(self.give_up())
    }

    async fn insert_readings(&mut self, rows: &[Candidate<'_>]) -> Result<Vec<bool>, StoreError> {
        readings::insert(self, rows).await
    }

    async fn close(self) -> Result<(), StoreError> {
        let deadline = self.deadline;
        match self.held {
            Held::Own(connection) => within(deadline, connection.close()).await,
            Held::Reader(Some(connection)) => within(deadline, connection.close()).await,
            Held::Reader(None) => Ok(()),
        }
    }
}
