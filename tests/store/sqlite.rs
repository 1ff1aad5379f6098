//! The store on SQLite, in a folder of its own each.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use counterpart::store::sqlite::{SqliteOptions, SqliteStore};
use counterpart::store::{Location, LogStore, Store, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use tempfile::TempDir;

use crate::build::*;
use crate::harness::Place;

struct Folder(TempDir);

impl Folder {
    async fn place() -> Option<Self> {
        Some(Self(tempfile::tempdir().unwrap()))
    }
}

#[async_trait]
impl Place for Folder {
    async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        // The folder inside is made by the store.
        let folder = self.0.path().join("plant");
        Ok(Arc::new(SqliteStore::open(&folder, SqliteOptions::default()).await?))
    }

    async fn tamper(&self, sql: &str) -> Result<(), String> {
        let file = self.0.path().join("plant/counterpart.db");
        let options =
            SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(5));
        let mut connection = options.connect().await.map_err(|e| e.to_string())?;
        let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        query.execute(&mut connection).await.map(drop).map_err(|e| e.to_string())
    }

    async fn clear(&self) {}
}

every_store!(super::Folder::place());
every_lasting_store!(super::Folder::place());

async fn open(folder: &std::path::Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(folder, SqliteOptions::default()).await
}

#[tokio::test]
async fn the_holder_of_the_lock_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let _held = open(folder.path()).await.unwrap();
    let error = open(folder.path()).await.map(drop).unwrap_err().to_string();
    assert!(error.contains(&std::process::id().to_string()), "{error}");
    assert!(error.contains(&folder.path().display().to_string()), "{error}");
}

#[tokio::test]
async fn a_dropped_store_can_be_opened_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for n in 1..4 {
        let store = open(folder.path()).await.unwrap();
        store.append(&[changes(n, [system("erp", "ERP")])]).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_called_damaged() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("counterpart.db"), "not a database ".repeat(1_000)).unwrap();
    let error = open(folder.path()).await.map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Damaged(_)), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let inside = folder.path().join("file/plant");
    let error = open(&inside).await.map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(error.to_string().contains(&inside.display().to_string()), "{error}");
}

#[tokio::test]
async fn an_abandoned_append_leaves_a_working_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    let many = || (0..20_000).map(|n| reading(n % 50, i64::from(n), 1.0));
    let batch = [readings(1, many())];
    let append = store.append(&batch);
    drop(tokio::time::timeout(Duration::from_millis(3), append).await);
    let head = counterpart::store::SnapshotStore::load(&store).await.unwrap().head.position;
    store.append(&[readings(head.0 + 1, [reading(99, 1, 1.0)])]).await.unwrap();
    crate::suite::log::whole_log(&store).await;
}

#[tokio::test]
async fn a_location_that_is_no_url_is_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        counterpart::store::open(&Location::Directory(folder.path().to_owned())).await.unwrap();
    assert_eq!(store.kind(), "sqlite");
}
