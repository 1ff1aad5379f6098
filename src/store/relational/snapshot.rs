//! What a start reads, and what makes the next start quick.

use std::sync::Arc;

use sqlx::SqlSafeStr;

use super::cell::{Cell, Cells};
use super::connection::Connection;
use super::facts::{self, Texts, json_at, stream_at};
use super::log::{self, position_at_column};
use super::model_event;
use super::table::{assembled, chunk_rows};
use super::value;
use crate::domain::fact::{FactRow, JsonMap};
use crate::domain::id::{ExternalId, Position, StreamId, StreamKey};
use crate::domain::reading::Register;
use crate::store::contract::{Checkpoint, ModelEvent, ModelRow, Snapshot, StoreError};

/// Reads all tables as they are at one moment.
pub(super) async fn load<C: Connection>(connection: &mut C) -> Result<Snapshot, StoreError> {
    begin(connection, C::BEGIN_LOAD).await?;
    let snapshot = at_once(connection).await?;
    let checkpoint = Checkpoint {
        position: complete(connection).await?,
        registers: registers(connection).await?,
    };
    connection.run("COMMIT".into_sql_str(), &[]).await?;
    Ok(Snapshot { checkpoint, ..snapshot })
}

/// Reads all tables but the latest readings, as they are at one moment, beside the writer.
pub(super) async fn masters<C: Connection>(connection: &mut C) -> Result<Snapshot, StoreError> {
    begin(connection, C::BEGIN_LOOK).await?;
    let snapshot = at_once(connection).await?;
    connection.run("COMMIT".into_sql_str(), &[]).await?;
    Ok(snapshot)
}

async fn begin<C: Connection>(
    connection: &mut C,
    statements: &'static [&'static str],
) -> Result<(), StoreError> {
    for statement in statements {
        connection.run(statement.into_sql_str(), &[]).await?;
    }
    Ok(())
}

/// All but the latest readings, inside a transaction.
async fn at_once<C: Connection>(connection: &mut C) -> Result<Snapshot, StoreError> {
    let mut texts = Texts::default();
    Ok(Snapshot {
        head: log::head(connection).await?,
        models: models(connection).await?,
        systems: systems(connection).await?,
        sources: sources(connection).await?,
        streams: streams(connection, &mut texts).await?,
        facts: all_facts(connection, &mut texts).await?,
        checkpoint: Checkpoint::default(),
    })
}

async fn models<C: Connection>(connection: &mut C) -> Result<Vec<ModelRow>, StoreError> {
    let mut models = Vec::new();
    let take = &mut |row: &C::Row| {
        let event = match (row.text(1)?, row.text(2)?) {
            (text, model_event::ADDED) => ModelEvent::Added(text.into()),
            (id, word) => marked(id, word)?,
        };
        models.push(ModelRow { position: position_at_column(row, 0)?, event });
        Ok(())
    };
    let sql = "SELECT position, document, event FROM model ORDER BY position, ordinal";
    connection.each(sql.into_sql_str(), &[], take).await?;
    Ok(models)
}

fn marked(id: &str, word: &str) -> Result<ModelEvent, StoreError> {
    let status = model_event::status(word);
    let status = status
        .ok_or_else(|| StoreError::Damaged(format!("`{word}` is nothing that befalls a model")))?;
    let model = id.parse();
    let model =
        model.map_err(|error| StoreError::Damaged(format!("`{id}` names no model: {error}")))?;
    Ok(ModelEvent::Marked(model, status))
}

async fn systems<C: Connection>(
    connection: &mut C,
) -> Result<Vec<(Arc<str>, Arc<str>)>, StoreError> {
    let mut systems = Vec::new();
    let take = &mut |row: &C::Row| {
        systems.push((row.text(0)?.into(), row.text(1)?.into()));
        Ok(())
    };
    let sql = "SELECT name, title FROM system ORDER BY name";
    connection.each(sql.into_sql_str(), &[], take).await?;
    Ok(systems)
}

async fn sources<C: Connection>(
    connection: &mut C,
) -> Result<Vec<(Arc<str>, Arc<JsonMap>)>, StoreError> {
    let mut sources = Vec::new();
    let take = &mut |row: &C::Row| {
        sources.push((row.text(0)?.into(), Arc::new(json_at(row, 1)?)));
        Ok(())
    };
    let sql = "SELECT name, declaration FROM source ORDER BY name";
    connection.each(sql.into_sql_str(), &[], take).await?;
    Ok(sources)
}

async fn streams<C: Connection>(
    connection: &mut C,
    texts: &mut Texts,
) -> Result<Vec<(StreamId, StreamKey, Position)>, StoreError> {
    let mut streams = Vec::new();
    let take = &mut |row: &C::Row| {
        let device = ExternalId {
            system: texts.shared(row.text(1)?),
            scope: texts.shared(row.text(2)?),
            id: texts.shared(row.text(3)?),
        };
        let key = StreamKey { device, channel: texts.shared(row.text(4)?) };
        streams.push((stream_at(row, 0)?, key, position_at_column(row, 5)?));
        Ok(())
    };
    let sql = "SELECT id, system, scope, device, channel, opened FROM stream ORDER BY id";
    connection.each(sql.into_sql_str(), &[], take).await?;
    Ok(streams)
}

async fn all_facts<C: Connection>(
    connection: &mut C,
    texts: &mut Texts,
) -> Result<Vec<FactRow>, StoreError> {
    let mut rows = Vec::new();
    for kind in facts::ALL {
        facts::load(connection, kind, texts, &mut rows).await?;
    }
    Ok(rows)
}

async fn complete<C: Connection>(connection: &mut C) -> Result<Position, StoreError> {
    let mut position = None;
    let take = &mut |row: &C::Row| {
        position = Some(position_at_column(row, 0)?);
        Ok(())
    };
    connection.each("SELECT position FROM checkpoint".into_sql_str(), &[], take).await?;
    position.ok_or_else(|| StoreError::Damaged("the table `checkpoint` is empty".to_owned()))
}

async fn registers<C: Connection>(
    connection: &mut C,
) -> Result<Vec<(StreamId, Register)>, StoreError> {
    let mut registers = Vec::new();
    let take = &mut |row: &C::Row| {
        let stream = stream_at(row, 0)?;
        let latest = value::reading_at::<C>(row, 3, stream)?;
        let count = row.int(1)?.cast_unsigned();
        registers.push((stream, Register::restored(latest, count, position_at_column(row, 2)?)));
        Ok(())
    };
    let columns = value::selected::<C>();
    let sql = format!("SELECT stream, count, counted_to, {columns} FROM register ORDER BY stream");
    connection.each(assembled(sql), &[], take).await?;
    Ok(registers)
}

/// Keeps registers and, if it is given, the position up to which they are complete.
pub(super) async fn checkpoint<C: Connection>(
    connection: &mut C,
    registers: &[(StreamId, Register)],
    complete: Option<Position>,
) -> Result<(), StoreError> {
    connection.run(C::BEGIN_WRITE.into_sql_str(), &[]).await?;
    let mut rest = registers;
    while !rest.is_empty() {
        let (chunk, later) = rest.split_at(chunk_rows(rest.len()));
        let cells: Vec<Cell<'_>> = chunk.iter().flat_map(register_cells::<C>).collect();
        connection.run(assembled(upsert::<C>(chunk.len())), &cells).await?;
        rest = later;
    }
    if let Some(position) = complete {
        let sql = "UPDATE checkpoint SET position = $1";
        connection.run(sql.into_sql_str(), &[position.into()]).await?;
    }
    connection.run("COMMIT".into_sql_str(), &[]).await?;
    Ok(())
}

fn register_cells<C: Connection>((stream, register): &(StreamId, Register)) -> Vec<Cell<'_>> {
    let mut cells = vec![Cell::from(*stream), register.count.into(), register.counted_to.into()];
    cells.extend(value::cells::<C>(register.latest()));
    cells
}

fn upsert<C: Connection>(rows: usize) -> String {
    let columns = format!("count, counted_to, {}", value::columns::<C>());
    let columns: Vec<&str> = columns.split(", ").collect();
    let sets: Vec<String> = columns.iter().map(|c| format!("{c} = excluded.{c}")).collect();
    format!(
        "INSERT INTO register (stream, {}) VALUES {} ON CONFLICT (stream) DO UPDATE SET {}",
        columns.join(", "),
        C::placeholders(rows, columns.len() + 1),
        sets.join(", ")
    )
}
