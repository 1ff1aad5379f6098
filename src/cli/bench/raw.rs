//! The same rows into SQLite with nothing around it: what the disk and the database allow.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::{BenchError, LoadOptions};

/// The table of readings as the embedded store has it.
const TABLE: &str = "CREATE TABLE reading (
    stream INTEGER NOT NULL, time INTEGER NOT NULL, sequence INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL, kind INTEGER NOT NULL, quality INTEGER NOT NULL,
    value ANY NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (stream, time, sequence, fingerprint)
) STRICT, WITHOUT ROWID";

/// Sizes as the embedded store has them: SQLite's own are several times slower for such rows.
const PAGE_BYTES: u32 = 2048;
const CACHE_KIB: u32 = 16 * 1024;
const WAL_PAGES: u32 = 16 * 1024;

/// Rows in one statement; SQLite takes 32,766 parameters.
const STATEMENT_ROWS: usize = 500;

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct RawFigures {
    /// Rows inserted.
    pub rows: usize,
    /// Rows in one commit.
    pub commit_rows: usize,
    /// How long it took.
    pub elapsed: Duration,
}

/// Inserts the rows of a load into a new file in `folder`, with `synchronous=FULL` and so many a commit.
///
/// # Errors
/// When SQLite does not do it.
pub async fn raw_insert(
    folder: &Path,
    options: &LoadOptions,
    commit_rows: usize,
) -> Result<RawFigures, BenchError> {
    let mut connection = SqliteConnectOptions::new()
        .filename(folder.join(format!("raw-{commit_rows}.db")))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .page_size(PAGE_BYTES)
        .pragma("cache_size", format!("-{CACHE_KIB}"))
        .pragma("temp_store", "MEMORY")
        .pragma("wal_autocheckpoint", WAL_PAGES.to_string())
        .disable_statement_logging()
        .connect()
        .await?;
    sqlx::query(TABLE).execute(&mut connection).await?;
    let commit_rows = commit_rows.max(1);
    let started = Instant::now();
    let mut first = 0;
    while first < options.readings {
        let last = (first + commit_rows).min(options.readings);
        commit(&mut connection, options, first, last).await?;
        first = last;
    }
    let elapsed = started.elapsed();
    connection.close().await?;
    Ok(RawFigures { rows: options.readings, commit_rows, elapsed })
}

async fn commit(
    connection: &mut SqliteConnection,
    options: &LoadOptions,
    first: usize,
    last: usize,
) -> Result<(), BenchError> {
    // In the order of the table, which is how one would do it by hand.
    let mut readings: Vec<_> = (first..last).map(|n| options.reading(n)).collect();
    readings.sort_unstable_by_key(|reading| (reading.stream, reading.time));
    let mut transaction = connection.begin().await?;
    for rows in readings.chunks(STATEMENT_ROWS) {
        let places = vec!["(?,?,?,?,?,?,?,?)"; rows.len()].join(",");
        let mut insert = sqlx::query(AssertSqlSafe(format!("INSERT INTO reading VALUES {places}")));
        for reading in rows {
            insert = insert
                .bind(i64::from(reading.stream.0))
                .bind(reading.time.0)
                .bind(0_i64)
                .bind(reading.fingerprint())
                .bind(i64::from(reading.value.kind()))
                .bind(i64::from(reading.quality.code()))
                .bind(reading.value.as_f64())
                .bind(1_i64);
        }
        insert.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}
