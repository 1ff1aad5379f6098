//! What the shared SQL needs of a connection, and what a database must know to be a backend.

use async_trait::async_trait;
use sqlx::SqlStr;

use super::cell::{Cell, Cells};
use crate::domain::value::Value;
use crate::store::batch::Candidate;
use crate::store::contract::StoreError;

/// Takes the rows of an answer one by one.
pub(crate) type Take<'a, R> = &'a mut (dyn FnMut(&R) -> Result<(), StoreError> + Send);

/// One connection. Every statement on it has a deadline; a statement that misses it breaks the connection.
#[async_trait]
pub(crate) trait Connection: Send + 'static {
    /// A row of an answer.
    type Row: Cells;

    /// The columns that hold the value of a reading.
    const VALUE_COLUMNS: &'static [&'static str];

    /// `(…, …), (…, …)`: placeholders, in order, for rows of `width` columns.
    fn placeholders(rows: usize, width: usize) -> String;

    /// Begins a transaction that writes.
    const BEGIN_WRITE: &'static str;

    /// Begins a transaction that reads all tables as they are at one moment, however long that takes.
    const BEGIN_LOAD: &'static [&'static str];

    /// The same, beside the writer.
    const BEGIN_LOOK: &'static [&'static str];

    /// Whether a row of the log holds decisions: the condition of the index of those.
    const IS_DECIDED: &'static str;

    /// The cells of [`Self::VALUE_COLUMNS`] for a value, or for none.
    fn value_cells(value: Option<&Value>) -> Vec<Cell<'_>>;

    /// The value of this kind in the columns from `column` on.
    fn value_at(row: &Self::Row, column: usize, kind: i64) -> Result<Value, StoreError>;

    /// Runs a statement, and tells how many rows it changed.
    async fn run(&mut self, sql: SqlStr, cells: &[Cell<'_>]) -> Result<u64, StoreError>;

    /// Runs a query, and gives each row to `take`.
    async fn each(
        &mut self,
        sql: SqlStr,
        cells: &[Cell<'_>],
        take: Take<'_, Self::Row>,
    ) -> Result<(), StoreError>;

    /// Inserts the readings that the table does not hold yet, and tells which those were.
    async fn insert_readings(&mut self, rows: &[Candidate<'_>]) -> Result<Vec<bool>, StoreError>;

    /// Closes the connection in good order.
    async fn close(self) -> Result<(), StoreError>;
}

/// A database of which a store can be made.
#[async_trait]
pub(crate) trait Backend: Send + Sync + 'static {
    /// Its connections.
    type Connection: Connection;

    /// See [`crate::store::Store::kind`].
    const KIND: &'static str;

    /// The connection that writes, and that holds the store for this process.
    async fn writer(&self) -> Result<Self::Connection, StoreError>;

    /// A connection that reads, beside the writer.
    async fn reader(&self) -> Result<Self::Connection, StoreError>;

    /// A connection that reads beside the writer for as long as it takes, and is none of the readers.
    async fn looker(&self) -> Result<Self::Connection, StoreError>;

    /// Closes the readers, then the writer, and lets go of the store.
    async fn close(&self, writer: Option<Self::Connection>) -> Result<(), StoreError>;
}
