//! Opens the store at a location.

use std::path::PathBuf;
use std::sync::Arc;

use super::contract::{Store, StoreError};
use super::postgres::{PostgresOptions, PostgresStore};
use super::sqlite::{SqliteOptions, SqliteStore};
use crate::domain::id::abridged;

/// Where data are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// SQLite in this directory.
    Directory(PathBuf),
    /// PostgreSQL at this URL.
    Url(String),
}

impl Location {
    /// Whether a store is in the directory. Of a database only opening tells.
    pub fn exists(&self) -> bool {
        match self {
            Self::Directory(directory) => SqliteStore::is_in(directory),
            Self::Url(_) => true,
        }
    }
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
        Location::Url(url) => {
            check(url)?;
            Arc::new(PostgresStore::open(url, PostgresOptions::default()).await?)
        }
    })
}

/// Says so when a URL can be none of PostgreSQL's; of the URL only what holds no password.
fn check(url: &str) -> Result<(), StoreError> {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    if scheme.is_some_and(|scheme| ["postgres", "postgresql"].contains(&scheme)) {
        return Ok(());
    }
    let found =
        scheme.map_or_else(|| "no URL".to_owned(), |scheme| format!("`{}://`", abridged(scheme)));
    Err(StoreError::Unavailable(format!(
        "this is {found}; give postgres://user:password@host:port/name, or a directory (--data) for the embedded store"
    )))
}
