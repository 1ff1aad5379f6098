//! Where data are kept.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::store::Location;

/// The database. With neither field set, data are kept in `./counterpart-data`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// Directory of the embedded SQLite store.
    pub directory: Option<PathBuf>,
    /// URL of a PostgreSQL database, `postgres://user:password@host:port/name`.
    pub url: Option<String>,
}

impl Database {
    /// The place that is configured; a URL goes before a directory.
    pub fn location(&self) -> Location {
        match (&self.url, &self.directory) {
            (Some(url), _) => Location::Url(url.clone()),
            (None, Some(directory)) => Location::Directory(directory.clone()),
            (None, None) => Location::Directory(PathBuf::from("counterpart-data")),
        }
    }
}
