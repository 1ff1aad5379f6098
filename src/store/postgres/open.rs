//! Opening a PostgreSQL store.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool, SqlSafeStr};

use super::connection::{Session, within};
use super::error::error_of;
use super::lock;
use crate::store::contract::StoreError;
use crate::store::relational::{Backend, Cells, Connection, Migrations, Relational, migrate};

static MIGRATIONS: &Migrations = &[
    ("log", include_str!("../../../migrations/postgres/0001_log.sql")),
    ("readings", include_str!("../../../migrations/postgres/0002_readings.sql")),
    ("facts", include_str!("../../../migrations/postgres/0003_facts.sql")),
    ("curation", include_str!("../../../migrations/postgres/0004_curation.sql")),
    ("statements", include_str!("../../../migrations/postgres/0005_statements.sql")),
    ("models", include_str!("../../../migrations/postgres/0006_models.sql")),
    ("staged", include_str!("../../../migrations/postgres/0007_staged.sql")),
];

/// Limits of a PostgreSQL store.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Most reads of history at one time; each is a connection, besides the one that writes.
    pub readers_max: u32,
    /// Longest time that making a connection may take, and that a read may wait for its turn.
    pub connect_deadline: Duration,
    /// Longest time that the server may take for one statement.
    pub statement_deadline: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            readers_max: 4,
            connect_deadline: Duration::from_secs(5),
            statement_deadline: Duration::from_secs(10),
        }
    }
}

/// The store on a PostgreSQL server, version 15 or later.
pub type PostgresStore = Relational<PostgresBackend>;

/// PostgreSQL as a backend of [`Relational`].
pub struct PostgresBackend {
    server: PgConnectOptions,
    options: PostgresOptions,
    readers: PgPool,
}

impl PostgresStore {
    /// Opens the store that `url` names, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process writes to it, [`StoreError::Damaged`] when its tables are
    /// from a newer version, [`StoreError::Unavailable`] when the server cannot be reached or does not
    /// promise to keep what it has confirmed.
    pub async fn open(url: &str, options: PostgresOptions) -> Result<Self, StoreError> {
        let server = server(url, &options)?;
        let mut writer = connect_writer(&server, &options).await?;
        // Migrations take the time that they need.
        writer.run("SET statement_timeout = 0".into_sql_str(), &[]).await?;
        migrate(writer.inner()?, MIGRATIONS, error_of).await?;
        writer.run("RESET statement_timeout".into_sql_str(), &[]).await?;
        let readers = PgPoolOptions::new()
            .max_connections(options.readers_max.max(1))
            .acquire_timeout(options.connect_deadline)
            .connect_lazy_with(server.clone());
        Ok(Self::new(PostgresBackend { server, options, readers }, writer))
    }
}

#[async_trait]
impl Backend for PostgresBackend {
    type Connection = Session;

    const KIND: &'static str = "postgres";

    async fn writer(&self) -> Result<Session, StoreError> {
        connect_writer(&self.server, &self.options).await
    }

    async fn reader(&self) -> Result<Session, StoreError> {
        let connection = self.readers.acquire().await.map_err(error_of)?;
        Ok(Session::reader(connection, self.options.statement_deadline))
    }

    async fn looker(&self) -> Result<Session, StoreError> {
        let connection = within(self.options.connect_deadline, self.server.connect()).await?;
        Ok(Session::own(connection, self.options.statement_deadline))
    }

    async fn close(&self, writer: Option<Session>) -> Result<(), StoreError> {
        let closing = async {
            self.readers.close().await;
            Ok(())
        };
        let readers = within(self.options.statement_deadline, closing).await;
        let writer = match writer {
            Some(writer) => writer.close().await,
            None => Ok(()),
        };
        readers.and(writer)
    }
}

fn server(url: &str, options: &PostgresOptions) -> Result<PgConnectOptions, StoreError> {
    let server = PgConnectOptions::from_str(url).map_err(|error| {
        StoreError::Unavailable(format!("the URL of the PostgreSQL server is not valid: {error}"))
    })?;
    // The server gives up before we do, so that a statement that we gave up on does not go on holding locks.
    let statement_timeout = options.statement_deadline.as_millis() * 8 / 10;
    Ok(server
        .application_name("counterpart")
        .statement_cache_capacity(128)
        .options([
            ("statement_timeout", statement_timeout.to_string()),
            // A server that lost us lets go of the lock within half a minute.
            ("tcp_keepalives_idle", "10".to_owned()),
            ("tcp_keepalives_interval", "5".to_owned()),
            ("tcp_keepalives_count", "3".to_owned()),
        ])
        .disable_statement_logging())
}

/// The connection that writes; it holds the lock as long as it lives.
async fn connect_writer(
    server: &PgConnectOptions,
    options: &PostgresOptions,
) -> Result<Session, StoreError> {
    let connection = within(options.connect_deadline, server.connect()).await?;
    let mut session = Session::own(connection, options.statement_deadline);
    lock::take(&mut session).await?;
    check_durability(&mut session).await?;
    Ok(session)
}

/// Refuses a server that confirms commits which a power cut may undo.
async fn check_durability(session: &mut Session) -> Result<(), StoreError> {
    let sql = "SELECT name, setting FROM pg_settings \
        WHERE name IN ('synchronous_commit', 'fsync') AND setting = 'off'";
    let mut off = Vec::new();
    let take = &mut |row: &<Session as Connection>::Row| {
        off.push(row.text(0)?.to_owned());
        Ok(())
    };
    session.each(sql.into_sql_str(), &[], take).await?;
    if off.is_empty() {
        return Ok(());
    }
    Err(StoreError::Unavailable(format!(
        "the PostgreSQL server has {} = off and may lose what it has confirmed; set it to on, for the \
         server, the database and the role",
        off.join(" = off and ")
    )))
}
