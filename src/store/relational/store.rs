//! The contract, carried out on any SQL backend.

use async_trait::async_trait;
use sqlx::SqlSafeStr;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::connection::{Backend, Connection};
use super::{append, log, readings, snapshot, staged};
use crate::domain::id::{Position, StreamId};
use crate::domain::log::SealedEntry;
use crate::domain::reading::{ReadingOrder, Recorded, Register};
use crate::domain::time::Timestamp;
use crate::store::contract::{
    Append, Head, Inserted, LogStore, ReadingHistory, Snapshot, SnapshotStore, StagedRow,
    StagedStore, Store, StoreError, Window,
};

/// A store on a SQL database: one connection that writes, and some beside it that read.
#[expect(private_bounds, reason = "backends are made in here only")]
pub struct Relational<B: Backend> {
    backend: B,
    writer: Mutex<Writer<B::Connection>>,
}

struct Writer<C> {
    /// Taken out while it works, and put back only when all went well: a connection whose work failed or
    /// was abandoned half-way is in no known state, and is replaced.
    connection: Option<C>,
    /// The end of the log as this connection wrote it; read again after any failure.
    head: Option<Head>,
    closed: bool,
}

#[expect(private_bounds, reason = "backends are made in here only")]
impl<B: Backend> Relational<B> {
    /// A store on this backend, whose writer holds the database.
    pub(crate) fn new(backend: B, writer: B::Connection) -> Self {
        let writer = Writer { connection: Some(writer), head: None, closed: false };
        Self { backend, writer: Mutex::new(writer) }
    }

    async fn take(&self, writer: &mut Writer<B::Connection>) -> Result<B::Connection, StoreError> {
        if writer.closed {
            return Err(StoreError::Unavailable("it was closed".to_owned()));
        }
        match writer.connection.take() {
            Some(connection) => Ok(connection),
            None => self.backend.writer().await,
        }
    }
}

/// After a refusal the connection is sound; after any other failure nobody knows.
async fn recovered<C: Connection>(mut connection: C, error: &StoreError) -> Option<C> {
    let is_sound = matches!(error, StoreError::Refused(_))
        && connection.run("ROLLBACK".into_sql_str(), &[]).await.is_ok();
    is_sound.then_some(connection)
}

#[async_trait]
impl<B: Backend> LogStore for Relational<B> {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Inserted>, StoreError> {
        let mut writer = self.writer.lock().await;
        let mut connection = self.take(&mut writer).await?;
        let head = writer.head.take();
        match append::append(&mut connection, head, batch).await {
            Ok((inserted, head)) => {
                writer.connection = Some(connection);
                writer.head = Some(head);
                Ok(inserted)
            }
            Err(error) => {
                writer.connection = recovered(connection, &error).await;
                Err(error)
            }
        }
    }

    async fn entries(&self, after: Position, limit: usize) -> Result<Vec<SealedEntry>, StoreError> {
        log::read(&mut self.backend.reader().await?, after, limit).await
    }

    async fn decided(
        &self,
        before: Position,
        limit: usize,
    ) -> Result<Vec<SealedEntry>, StoreError> {
        log::decided(&mut self.backend.reader().await?, before, limit).await
    }

    async fn head(&self) -> Result<Head, StoreError> {
        log::head(&mut self.backend.reader().await?).await
    }

    async fn position_at(&self, moment: Timestamp) -> Result<Position, StoreError> {
        log::position_at(&mut self.backend.reader().await?, moment).await
    }
}

#[async_trait]
impl<B: Backend> ReadingHistory for Relational<B> {
    async fn latest(&self, window: Window) -> Result<Option<Recorded>, StoreError> {
        readings::latest(&mut self.backend.reader().await?, window).await
    }

    async fn readings(
        &self,
        window: Window,
        after: Option<ReadingOrder>,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        readings::page(&mut self.backend.reader().await?, window, after, limit).await
    }

    async fn count(&self, window: Window, max: u64) -> Result<u64, StoreError> {
        readings::count(&mut self.backend.reader().await?, window, max).await
    }
}

#[async_trait]
impl<B: Backend> SnapshotStore for Relational<B> {
    async fn load(&self) -> Result<Snapshot, StoreError> {
        // On the writer, so that nothing that it may still have under way is missed.
        let mut writer = self.writer.lock().await;
        let mut connection = self.take(&mut writer).await?;
        writer.head = None;
        let snapshot = snapshot::load(&mut connection).await?;
        writer.connection = Some(connection);
        Ok(snapshot)
    }

    async fn masters(&self) -> Result<Snapshot, StoreError> {
        let mut connection = self.backend.looker().await?;
        let snapshot = snapshot::masters(&mut connection).await?;
        connection.close().await?;
        Ok(snapshot)
    }

    async fn checkpoint(
        &self,
        registers: &[(StreamId, Register)],
        complete: Option<Position>,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let mut connection = self.take(&mut writer).await?;
        let result = snapshot::checkpoint(&mut connection, registers, complete).await;
        writer.connection = match &result {
            Ok(()) => Some(connection),
            Err(error) => recovered(connection, error).await,
        };
        result
    }
}

#[async_trait]
impl<B: Backend> StagedStore for Relational<B> {
    async fn stage(&self, row: &StagedRow, content: &[u8]) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let mut connection = self.take(&mut writer).await?;
        let result = staged::add(&mut connection, row, content).await;
        writer.connection = match &result {
            Ok(()) => Some(connection),
            Err(error) => recovered(connection, error).await,
        };
        result
    }

    async fn staged(&self) -> Result<Vec<StagedRow>, StoreError> {
        staged::all(&mut self.backend.reader().await?).await
    }

    async fn staged_content(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        staged::content(&mut self.backend.reader().await?, id).await
    }

    async fn unstage(&self, id: Uuid) -> Result<bool, StoreError> {
        let mut writer = self.writer.lock().await;
        let mut connection = self.take(&mut writer).await?;
        let result = staged::remove(&mut connection, id).await;
        writer.connection = match &result {
            Ok(_) => Some(connection),
            Err(error) => recovered(connection, error).await,
        };
        result
    }
}

#[async_trait]
impl<B: Backend> Store for Relational<B> {
    fn kind(&self) -> &'static str {
        B::KIND
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.backend.reader().await?;
        reader.each("SELECT 1".into_sql_str(), &[], &mut |_| Ok(())).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        writer.closed = true;
        self.backend.close(writer.connection.take()).await
    }
}
