//! Opening a SQLite store.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};

use super::connection::Session;
use super::error::error_of;
use super::lock;
use crate::store::contract::StoreError;
use crate::store::relational::{Backend, Connection as _, Migrations, Relational, migrate};

const FILE: &str = "counterpart.db";

/// A commit writes whole pages, mostly one a stream: small ones cost less than SQLite's usual 4 KiB.
const PAGE_BYTES: u32 = 2048;

static MIGRATIONS: &Migrations = &[
    ("log", include_str!("../../../migrations/sqlite/0001_log.sql")),
    ("readings", include_str!("../../../migrations/sqlite/0002_readings.sql")),
    ("facts", include_str!("../../../migrations/sqlite/0003_facts.sql")),
    ("curation", include_str!("../../../migrations/sqlite/0004_curation.sql")),
    ("statements", include_str!("../../../migrations/sqlite/0005_statements.sql")),
    ("models", include_str!("../../../migrations/sqlite/0006_models.sql")),
    ("staged", include_str!("../../../migrations/sqlite/0007_staged.sql")),
];

/// Limits of a SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// Most reads of history at one time.
    pub readers_max: u32,
    /// Longest time that one read of history may take, and that it may wait for its turn.
    pub read_deadline: Duration,
    /// Pages that the writer keeps in memory, in KiB.
    pub writer_cache_kib: u32,
    /// Pages that each reader keeps in memory, in KiB.
    pub reader_cache_kib: u32,
    /// Length of the write-ahead log, in KiB, from which it is written back into the file.
    pub wal_kib: u32,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            readers_max: 4,
            read_deadline: Duration::from_secs(10),
            writer_cache_kib: 16 * 1024,
            reader_cache_kib: 2 * 1024,
            wal_kib: 32 * 1024,
        }
    }
}

/// The embedded store: `counterpart.db` in a folder of its own.
pub type SqliteStore = Relational<SqliteBackend>;

/// SQLite as a backend of [`Relational`].
pub struct SqliteBackend {
    path: PathBuf,
    options: SqliteOptions,
    readers: SqlitePool,
    /// Held for the life of the store.
    lock: Mutex<Option<File>>,
}

impl SqliteStore {
    /// Whether a store was made in `folder`.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// Opens the store in `folder`, which is made if there is none, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process has it open, [`StoreError::Damaged`] when the file is no
    /// store of ours or from a newer version, [`StoreError::Unavailable`] when the disk does not do it.
    pub async fn open(folder: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|error| {
            StoreError::Unavailable(format!("cannot make the folder {}: {error}", folder.display()))
        })?;
        let lock = lock::take(folder)?;
        let path = folder.join(FILE);
        let mut writer = connect_writer(&path, &options).await?;
        migrate(writer.inner(), MIGRATIONS, error_of).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers_max.max(1))
            .acquire_timeout(options.read_deadline)
            .test_before_acquire(false)
            .connect_lazy_with(reader_options(&path, &options));
        let backend = SqliteBackend { path, options, readers, lock: Mutex::new(Some(lock)) };
        Ok(Self::new(backend, writer))
    }
}

#[async_trait]
impl Backend for SqliteBackend {
    type Connection = Session;

    const KIND: &'static str = "sqlite";

    async fn writer(&self) -> Result<Session, StoreError> {
        connect_writer(&self.path, &self.options).await
    }

    async fn reader(&self) -> Result<Session, StoreError> {
        let connection = self.readers.acquire().await.map_err(error_of)?;
        Session::reader(connection, self.options.read_deadline).await
    }

    async fn looker(&self) -> Result<Session, StoreError> {
        let options = reader_options(&self.path, &self.options);
        Ok(Session::Own(options.connect().await.map_err(|e| cannot_open(&self.path, e))?))
    }

    async fn close(&self, writer: Option<Session>) -> Result<(), StoreError> {
        self.readers.close().await;
        // The last connection to close writes the write-ahead log back into the file.
        let closed = match writer {
            Some(writer) => writer.close().await,
            None => Ok(()),
        };
        self.lock.lock().take();
        closed
    }
}

async fn connect_writer(path: &Path, options: &SqliteOptions) -> Result<Session, StoreError> {
    let options = common(path)
        .page_size(PAGE_BYTES)
        .create_if_missing(true)
        .foreign_keys(true)
        // A commit returns when the write-ahead log is on the disk.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", (options.wal_kib * 1024 / PAGE_BYTES).to_string())
        .pragma("journal_size_limit", (2 * u64::from(options.wal_kib) * 1024).to_string())
        // The copies of pages that undo one failed statement stay in memory: half of all writes otherwise.
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", format!("-{}", options.writer_cache_kib));
    Ok(Session::Own(options.connect().await.map_err(|e| cannot_open(path, e))?))
}

fn reader_options(path: &Path, options: &SqliteOptions) -> SqliteConnectOptions {
    common(path).read_only(true).pragma("cache_size", format!("-{}", options.reader_cache_kib))
}

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(128)
        .thread_name(|n| format!("sqlite-{n}"))
        .disable_statement_logging()
}

fn cannot_open(path: &Path, error: sqlx::Error) -> StoreError {
    match error_of(error) {
        StoreError::Damaged(reason) => {
            StoreError::Damaged(format!("{} cannot be read: {reason}", path.display()))
        }
        StoreError::Unavailable(reason)
        | StoreError::Locked(reason)
        | StoreError::Refused(reason) => {
            StoreError::Unavailable(format!("{} cannot be opened: {reason}", path.display()))
        }
    }
}
