//! The store on PostgreSQL, in a database of its own each, on the server that the environment names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use counterpart::store::postgres::{PostgresOptions, PostgresStore};
use counterpart::store::{Location, LogStore, SnapshotStore, Store, StoreError};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::build::*;
use crate::harness::Place;

const VARIABLE: &str = "COUNTERPART_TEST_POSTGRES";

struct Database {
    server: PgConnectOptions,
    url: String,
    name: String,
}

impl Database {
    /// A new database on the server that the variable names, for example `postgres://postgres@127.0.0.1:5432`.
    async fn place() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(url) = std::env::var(VARIABLE) else {
            eprintln!("skipped: {VARIABLE} names no PostgreSQL server");
            return None;
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("counterpart_test_{}_{number}", std::process::id());
        let server: PgConnectOptions = url.parse().unwrap();
        let url = server.clone().database(&name).to_url_lossy().to_string();
        let database = Self { server, url, name };
        database.clear().await;
        database.on_server(&format!("CREATE DATABASE {}", database.name)).await.unwrap();
        Some(database)
    }

    async fn on_server(&self, sql: &str) -> Result<(), sqlx::Error> {
        execute(&self.server, sql).await
    }

    async fn open_it(&self) -> Result<PostgresStore, StoreError> {
        PostgresStore::open(&self.url, PostgresOptions::default()).await
    }
}

async fn execute(options: &PgConnectOptions, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    let result = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
    connection.close().await?;
    result.map(drop)
}

#[async_trait]
impl Place for Database {
    async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(self.open_it().await?))
    }

    async fn tamper(&self, sql: &str) -> Result<(), String> {
        let options = self.server.clone().database(&self.name);
        execute(&options, sql).await.map_err(|e| e.to_string())
    }

    async fn clear(&self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        self.on_server(&sql).await.unwrap();
    }
}

every_store!(super::Database::place());
every_lasting_store!(super::Database::place());

#[tokio::test]
async fn a_server_that_may_lose_commits_is_refused() {
    let Some(database) = Database::place().await else {
        return;
    };
    let off = format!("ALTER DATABASE {} SET synchronous_commit = off", database.name);
    database.on_server(&off).await.unwrap();
    let error = database.open_it().await.map(drop).unwrap_err();
    assert!(error.to_string().contains("synchronous_commit = off"), "{error}");
    database.clear().await;
}

#[tokio::test]
async fn a_lost_session_loses_no_entry_and_the_next_append_works() {
    let Some(database) = Database::place().await else {
        return;
    };
    let store = database.open_it().await.unwrap();
    store.append(&[changes(1, [system("erp", "ERP")])]).await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
        WHERE application_name = 'counterpart' AND datname = current_database()";
    database.tamper(kill).await.unwrap();
    let second = [changes(2, [system("erp", "ERP")])];
    let error = store.append(&second).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert_eq!(store.load().await.unwrap().head.position.0, 1);
    store.append(&second).await.unwrap();
    assert_eq!(crate::suite::log::whole_log(&store).await.len(), 2);
    let error = database.open_it().await.map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "the new session holds the lock: {error}");
    database.clear().await;
}

#[tokio::test]
async fn a_location_that_is_a_url_is_a_server() {
    let Some(database) = Database::place().await else {
        return;
    };
    assert_eq!(
        counterpart::store::open(&Location::Url(database.url.clone())).await.unwrap().kind(),
        "postgres"
    );
    database.clear().await;
}

#[tokio::test]
async fn a_server_that_never_answers_is_unavailable_within_the_deadline() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://nobody@{}/nothing", silent.local_addr().unwrap());
    let deadline = Duration::from_millis(300);
    let options = PostgresOptions { connect_deadline: deadline, ..PostgresOptions::default() };
    let started = Instant::now();
    let error = PostgresStore::open(&url, options).await.map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}
