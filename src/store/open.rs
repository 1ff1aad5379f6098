//! Opens the store at a location.

use std::path::PathBuf;
use std::sync::Arc;

use super::contract::{Store, StoreError};
use super::postgres::{PostgresOptions, PostgresStore};
use super::sqlite::{SqliteOptions, SqliteStore};

/// Where data are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// SQLite in this directory.
    Directory(PathBuf),
    /// PostgreSQL at this URL.
    Url(String),
}

/// Opens a store, for this process alone.
///
/// # Errors
/// As [`SqliteStore::open`] and [`PostgresStore::open`].
pub async fn open(location: &Location) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match location {
        Location::Directory(directory) => {
            Arc::new(SqliteStore::open(directory, SqliteOptions::default()).await?)
        }
        Location::Url(url) => Arc::new(PostgresStore::open(url, PostgresOptions::default()).await?),
    })
}
