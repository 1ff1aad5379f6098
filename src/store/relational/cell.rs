//! One value bound to a statement, and one value read from a row, in the types that both databases know.

use std::borrow::Cow;

use sqlx::{Arguments, ColumnIndex, Database, Decode, Encode, Row, Type};

use crate::domain::id::{Position, StreamId};
use crate::domain::time::Timestamp;
use crate::store::contract::StoreError;

/// A value to bind. The typed absences matter to PostgreSQL, which infers a parameter's type from them.
#[derive(Debug, Clone)]
pub(crate) enum Cell<'a> {
    Int(Option<i64>),
    Real(Option<f64>),
    Flag(bool),
    Text(Option<Cow<'a, str>>),
    Bytes(Option<Cow<'a, [u8]>>),
}

impl<'a> Cell<'a> {
    /// A text.
    pub(crate) fn text(text: &'a str) -> Self {
        Self::Text(Some(Cow::Borrowed(text)))
    }

    /// A text made for the occasion.
    pub(crate) fn owned(text: String) -> Self {
        Self::Text(Some(Cow::Owned(text)))
    }

    /// A text that may be absent.
    pub(crate) fn maybe_text(text: Option<&'a str>) -> Self {
        Self::Text(text.map(Cow::Borrowed))
    }

    /// Bytes.
    pub(crate) fn bytes(bytes: &'a [u8]) -> Self {
        Self::Bytes(Some(Cow::Borrowed(bytes)))
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Real(Some(number))
    }
}

/// Unsigned numbers are kept bit by bit: what is above `i64::MAX` reads as negative in the tables.
impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Self::from(number.cast_signed())
    }
}

/// Positions beyond all that can be known, which clients may make up, are after every entry.
impl From<Position> for Cell<'_> {
    fn from(position: Position) -> Self {
        Self::from(i64::try_from(position.0).unwrap_or(i64::MAX))
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(moment: Timestamp) -> Self {
        Self::from(moment.0)
    }
}

impl From<StreamId> for Cell<'_> {
    fn from(stream: StreamId) -> Self {
        Self::from(i64::from(stream.0))
    }
}

/// Binds cells in order.
pub(crate) fn bind<A>(cells: &[Cell<'_>]) -> Result<A, sqlx::Error>
where
    A: Arguments,
    for<'q> Option<i64>: Encode<'q, A::Database> + Type<A::Database>,
    for<'q> Option<f64>: Encode<'q, A::Database> + Type<A::Database>,
    for<'q> bool: Encode<'q, A::Database> + Type<A::Database>,
    for<'q> Option<&'q str>: Encode<'q, A::Database> + Type<A::Database>,
    for<'q> Option<&'q [u8]>: Encode<'q, A::Database> + Type<A::Database>,
{
    let mut arguments = A::default();
    arguments.reserve(cells.len(), cells.len() * 8);
    for cell in cells {
        match cell {
            Cell::Int(number) => arguments.add(*number),
            Cell::Real(number) => arguments.add(*number),
            Cell::Flag(flag) => arguments.add(*flag),
            Cell::Text(text) => arguments.add(text.as_deref()),
            Cell::Bytes(bytes) => arguments.add(bytes.as_deref()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// A row, read by column number. A column of another type is damage.
pub(crate) trait Cells {
    fn int(&self, column: usize) -> Result<i64, StoreError>;
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError>;
    fn real(&self, column: usize) -> Result<f64, StoreError>;
    fn maybe_real(&self, column: usize) -> Result<Option<f64>, StoreError>;
    fn text(&self, column: usize) -> Result<&str, StoreError>;
    fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError>;
    fn bytes(&self, column: usize) -> Result<&[u8], StoreError>;
}

impl<R> Cells for R
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> f64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> &'r str: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> &'r [u8]: Decode<'r, R::Database> + Type<R::Database>,
{
    fn int(&self, column: usize) -> Result<i64, StoreError> {
        get(self, column)
    }

    fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        get(self, column)
    }

    fn real(&self, column: usize) -> Result<f64, StoreError> {
        get(self, column)
    }

    fn maybe_real(&self, column: usize) -> Result<Option<f64>, StoreError> {
        get(self, column)
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        get(self, column)
    }

    fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        get(self, column)
    }

    fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        get(self, column)
    }
}

fn get<'r, R: Row, T>(row: &'r R, column: usize) -> Result<T, StoreError>
where
    usize: ColumnIndex<R>,
    T: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    row.try_get(column).map_err(|error| StoreError::Damaged(error.to_string()))
}
