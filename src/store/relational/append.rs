//! The one write path: a batch of entries in one transaction.

use sqlx::SqlSafeStr;

use super::cell::Cell;
use super::connection::Connection;
use super::table::Table;
use super::{facts, log};
use crate::domain::change::{Change, ModelsAdded};
use crate::domain::id::{Position, StreamId, StreamKey};
use crate::store::batch::{self, Chain};
use crate::store::contract::{Append, Head, Inserted, StoreError};

static STREAM: Table =
    Table::new("stream", &["id", "system", "scope", "device", "channel", "opened"]);
static MODEL: Table = Table::new("model", &["position", "ordinal", "document"]);
static SYSTEM: Table = Table::new("system", &["name", "title"])
    .with_suffix("ON CONFLICT (name) DO UPDATE SET title = excluded.title");
static SOURCE: Table = Table::new("source", &["name", "declaration"])
    .with_suffix("ON CONFLICT (name) DO UPDATE SET declaration = excluded.declaration");

/// Appends a batch after `head`, if that is known. When it fails, the transaction is still open.
pub(super) async fn append<C: Connection>(
    connection: &mut C,
    head: Option<Head>,
    entries: &[Append],
) -> Result<(Vec<Inserted>, Head), StoreError> {
    connection.run(C::BEGIN_WRITE.into_sql_str(), &[]).await?;
    let head = match head {
        Some(head) => head,
        None => log::head(connection).await?,
    };
    for append in entries {
        write_tables(connection, append).await?;
    }
    let inserted = write_readings(connection, entries).await?;
    let mut chain = Chain { head };
    let mut sealed = Vec::with_capacity(entries.len());
    for (append, inserted) in entries.iter().zip(&inserted) {
        sealed.extend(chain.seal(append, inserted)?);
    }
    log::write(connection, &sealed).await?;
    connection.run("COMMIT".into_sql_str(), &[]).await?;
    Ok((inserted, chain.head))
}

async fn write_readings<C: Connection>(
    connection: &mut C,
    entries: &[Append],
) -> Result<Vec<Inserted>, StoreError> {
    let candidates = batch::candidates(entries);
    let new = if candidates.is_empty() {
        Vec::new()
    } else {
        connection.insert_readings(&candidates).await?
    };
    Ok(batch::inserted(entries, &candidates, &new))
}

async fn write_tables<C: Connection>(
    connection: &mut C,
    append: &Append,
) -> Result<(), StoreError> {
    let rows = Rows::of(append);
    STREAM.insert(connection, &rows.streams).await?;
    MODEL.insert(connection, &rows.models).await?;
    // One by one: a name that is declared twice may not stand twice in one statement.
    for system in rows.systems.chunks_exact(SYSTEM.columns.len()) {
        SYSTEM.insert(connection, system).await?;
    }
    for source in rows.sources.chunks_exact(SOURCE.columns.len()) {
        SOURCE.insert(connection, source).await?;
    }
    let (ended, added) = batch::edits(append)?;
    facts::end(connection, &ended).await?;
    facts::add(connection, &added).await
}

/// The rows that the changes of an entry add, besides facts.
#[derive(Default)]
struct Rows<'a> {
    streams: Vec<Cell<'a>>,
    models: Vec<Cell<'a>>,
    systems: Vec<Cell<'a>>,
    sources: Vec<Cell<'a>>,
}

impl<'a> Rows<'a> {
    fn of(append: &'a Append) -> Self {
        let mut rows = Self::default();
        let position = append.entry.position;
        for change in &append.entry.changes {
            match change {
                Change::StreamOpened { stream, key } => rows.push_stream(*stream, key, position),
                Change::ModelsAdded(models) => rows.push_models(models, position),
                Change::SystemDeclared { name, title } => {
                    rows.systems.extend([Cell::text(name), Cell::text(title)]);
                }
                Change::SourceDeclared { name, declaration } => {
                    rows.sources.extend([Cell::text(name), facts::object(declaration)]);
                }
                Change::TwinAsserted { .. }
                | Change::TwinRetracted { .. }
                | Change::PropertyAsserted { .. }
                | Change::PropertyRetracted { .. }
                | Change::RelationshipAsserted { .. }
                | Change::RelationshipRetracted { .. }
                | Change::Linked { .. }
                | Change::Unlinked { .. }
                | Change::Bound { .. }
                | Change::Unbound { .. }
                | Change::RecordStored { .. }
                | Change::RecordRetracted { .. }
                | Change::Curated { .. }
                | Change::Uncurated { .. }
                | Change::Decided(_) => {}
            }
        }
        rows
    }

    fn push_stream(&mut self, stream: StreamId, key: &'a StreamKey, position: Position) {
        self.streams.extend([
            stream.into(),
            Cell::text(&key.device.system),
            Cell::text(&key.device.scope),
            Cell::text(&key.device.id),
            Cell::text(&key.channel),
            position.into(),
        ]);
    }

    fn push_models(&mut self, models: &'a ModelsAdded, position: Position) {
        for document in &models.documents {
            let ordinal = self.models.len() / MODEL.columns.len();
            self.models.extend([position.into(), Cell::from(ordinal as u64), Cell::text(document)]);
        }
    }
}
