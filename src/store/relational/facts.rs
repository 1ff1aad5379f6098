//! Facts as rows, one table a kind.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::SqlStr;
use uuid::Uuid;

use super::cell::{Cell, Cells};
use super::connection::Connection;
use super::table::{Table, assembled};
use crate::domain::curation::Curation;
use crate::domain::fact::{
    Binding, Ends, Existence, FactRow, Link, PropertyPath, PropertyValue, Reference, SourceRecord,
};
use crate::domain::id::{ExternalId, Position, StreamId, TwinId};
use crate::domain::time::{Interval, Timestamp};
use crate::domain::unit::Conversion;
use crate::dtdl::Dtmi;
use crate::store::contract::StoreError;
use crate::store::fact::Span;

/// The table of one kind of fact. Its first columns are the key, its last four the span.
pub(super) struct FactTable {
    table: Table,
    key_columns: usize,
    read: fn(&dyn Cells, Span, &mut Texts) -> Result<FactRow, StoreError>,
}

macro_rules! fact_table {
    ($name:literal, [$($key:literal),*], [$($value:literal),*], $read:expr) => {
        FactTable {
            table: Table::new($name, &[
                $($key,)* $($value,)* "valid_from", "valid_to", "recorded_from", "recorded_to",
            ]),
            key_columns: [$($key),*].len(),
            read: $read,
        }
    };
}

static TWIN: FactTable = fact_table!("twin", ["twin"], ["model"], read_twin);
static PROPERTY: FactTable =
    fact_table!("property", ["twin", "path", "source"], ["value"], read_property);
static RELATIONSHIP: FactTable = fact_table!(
    "relationship",
    ["id"],
    ["source", "name", "target", "key", "properties"],
    read_relationship
);
static CROSSWALK: FactTable = fact_table!(
    "crosswalk",
    ["system", "scope", "id"],
    ["twin", "reason", "confidence", "decider"],
    read_crosswalk
);
static BINDING: FactTable = fact_table!(
    "binding",
    ["stream"],
    ["twin", "path", "unit", "unit_scale", "unit_offset"],
    read_binding
);
static RECORD: FactTable = fact_table!(
    "source_record",
    ["system", "scope", "id"],
    ["kind", "attributes", "meaning"],
    read_record
);

static CURATION: FactTable = fact_table!("curation", ["kind", "id"], ["value"], read_curation);

/// All kinds, in the order in which they are loaded.
pub(super) static ALL: [&FactTable; 7] =
    [&TWIN, &PROPERTY, &RELATIONSHIP, &CROSSWALK, &BINDING, &RECORD, &CURATION];

fn table_of(row: &FactRow) -> &'static FactTable {
    match row {
        FactRow::Twin(..) => &TWIN,
        FactRow::Property(..) => &PROPERTY,
        FactRow::Relationship(..) => &RELATIONSHIP,
        FactRow::Crosswalk(..) => &CROSSWALK,
        FactRow::Binding(..) => &BINDING,
        FactRow::Record(..) => &RECORD,
        FactRow::Curation(..) => &CURATION,
    }
}

/// Adds facts.
pub(super) async fn add<C: Connection>(
    connection: &mut C,
    rows: &[&FactRow],
) -> Result<(), StoreError> {
    for kind in ALL {
        let mut cells = Vec::new();
        for row in rows.iter().filter(|row| std::ptr::eq(table_of(row), kind)) {
            push_key(&mut cells, row);
            push_value(&mut cells, row);
            push_span(&mut cells, row.span());
        }
        kind.table.insert(connection, &cells).await?;
    }
    Ok(())
}

/// Ends facts that stand.
pub(super) async fn end<C: Connection>(
    connection: &mut C,
    rows: &[&FactRow],
) -> Result<(), StoreError> {
    for row in rows {
        let span = row.span();
        let mut cells = vec![
            span.recorded_to.into(),
            span.recorded_from.into(),
            span.valid.from.into(),
            Position::LATEST.into(),
        ];
        push_key(&mut cells, row);
        if connection.run(table_of(row).ending(), &cells).await? != 1 {
            return Err(StoreError::Refused(format!(
                "the fact to end does not stand: {:?}, recorded at {}",
                row.key(),
                span.recorded_from
            )));
        }
    }
    Ok(())
}

/// Reads every fact of one kind.
pub(super) async fn load<C: Connection>(
    connection: &mut C,
    kind: &'static FactTable,
    texts: &mut Texts,
    facts: &mut Vec<FactRow>,
) -> Result<(), StoreError> {
    let span_at = kind.table.columns.len() - 4;
    let sql = format!("SELECT {} FROM {}", kind.table.columns.join(", "), kind.table.name);
    let take = &mut |row: &C::Row| {
        let span = read_span(row, span_at)?;
        facts.push((kind.read)(row, span, texts)?);
        Ok(())
    };
    connection.each(assembled(sql), &[], take).await
}

impl FactTable {
    fn ending(&self) -> SqlStr {
        let keys = self.table.columns.iter().take(self.key_columns).zip(5..);
        let keys: String = keys.map(|(column, n)| format!(" AND {column} = ${n}")).collect();
        assembled(format!(
            "UPDATE {} SET recorded_to = $1 \
             WHERE recorded_from = $2 AND valid_from = $3 AND recorded_to = $4{keys}",
            self.table.name
        ))
    }
}

fn push_key<'a>(cells: &mut Vec<Cell<'a>>, row: &'a FactRow) {
    match row {
        FactRow::Twin(twin, _) => cells.push(Cell::owned(twin.to_string())),
        FactRow::Property(twin, path, fact) => {
            let source = fact.value.source.as_deref().unwrap_or_default();
            cells.extend([Cell::owned(twin.to_string()), Cell::text(path), Cell::text(source)]);
        }
        FactRow::Relationship(ends, _) => cells.push(Cell::owned(ends.id().to_string())),
        FactRow::Crosswalk(id, _) | FactRow::Record(id, _) => {
            cells.extend([&id.system, &id.scope, &id.id].map(|text| Cell::text(text)));
        }
        FactRow::Binding(stream, _) => cells.push((*stream).into()),
        FactRow::Curation(fact) => {
            let key = fact.value.key();
            cells.extend([Cell::text(key.kind.as_str()), Cell::owned(key.id.to_string())]);
        }
    }
}

fn push_value<'a>(cells: &mut Vec<Cell<'a>>, row: &'a FactRow) {
    match row {
        FactRow::Twin(_, fact) => cells.push(Cell::text(fact.value.model.as_str())),
        FactRow::Property(_, _, fact) => {
            cells.push(Cell::owned(fact.value.value.to_string()));
        }
        FactRow::Relationship(ends, fact) => cells.extend([
            Cell::owned(ends.source.to_string()),
            Cell::text(&ends.name),
            Cell::owned(ends.target.to_string()),
            Cell::text(&ends.key),
            object(&fact.value),
        ]),
        FactRow::Crosswalk(_, fact) => cells.extend([
            Cell::owned(fact.value.twin.to_string()),
            Cell::text(&fact.value.reason),
            fact.value.confidence.into(),
            Cell::text(&fact.value.decider),
        ]),
        FactRow::Binding(_, fact) => cells.extend([
            Cell::owned(fact.value.twin.to_string()),
            Cell::text(&fact.value.path),
            Cell::maybe_text(fact.value.unit.as_deref()),
            Cell::Real(fact.value.conversion.map(|c| c.scale)),
            Cell::Real(fact.value.conversion.map(|c| c.offset)),
        ]),
        FactRow::Record(_, fact) => {
            let record = &fact.value;
            cells.extend([Cell::text(&record.kind), object(&record.attributes), meaning(record)]);
        }
        FactRow::Curation(fact) => {
            // As above: it always has a text.
            cells.push(Cell::owned(serde_json::to_string(&fact.value).unwrap_or_default()));
        }
    }
}

/// What the source's declaration makes of a record, besides its kind.
#[derive(Serialize, Deserialize)]
struct Meaning<'a> {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    claims: Cow<'a, BTreeMap<PropertyPath, serde_json::Value>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    identity: Cow<'a, BTreeMap<Arc<str>, Arc<str>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<Cow<'a, Dtmi>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stated: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "<[Reference]>::is_empty")]
    references: Cow<'a, [Reference]>,
}

fn meaning(record: &SourceRecord) -> Cell<'static> {
    let meaning = Meaning {
        claims: Cow::Borrowed(&record.claims),
        identity: Cow::Borrowed(&record.identity),
        model: record.model.as_ref().map(Cow::Borrowed),
        stated: record.stated,
        references: Cow::Borrowed(&record.references),
    };
    Cell::owned(serde_json::to_string(&meaning).unwrap_or_default())
}

pub(super) fn object(map: &crate::domain::fact::JsonMap) -> Cell<'static> {
    // A map of JSON values with text keys always has a text.
    Cell::owned(serde_json::to_string(map).unwrap_or_default())
}

fn push_span(cells: &mut Vec<Cell<'_>>, span: Span) {
    cells.extend([
        Cell::from(span.valid.from),
        span.valid.to.into(),
        span.recorded_from.into(),
        span.recorded_to.into(),
    ]);
}

fn read_span(row: &dyn Cells, at: usize) -> Result<Span, StoreError> {
    let valid = Interval::new(Timestamp(row.int(at)?), Timestamp(row.int(at + 1)?))
        .ok_or_else(|| StoreError::Damaged("a fact holds during an empty interval".to_owned()))?;
    Ok(Span {
        valid,
        recorded_from: Position(row.int(at + 2)?.cast_unsigned()),
        recorded_to: Position(row.int(at + 3)?.cast_unsigned()),
    })
}

fn read_twin(row: &dyn Cells, span: Span, texts: &mut Texts) -> Result<FactRow, StoreError> {
    let model = texts.model(row.text(1)?)?;
    Ok(FactRow::Twin(twin_at(row, 0)?, span.fact(Existence { model })))
}

fn read_property(row: &dyn Cells, span: Span, texts: &mut Texts) -> Result<FactRow, StoreError> {
    // An empty text stands for persons and clients: a key holds no NULL.
    let source = Some(row.text(2)?).filter(|source| !source.is_empty());
    let source = source.map(|source| texts.shared(source));
    let value = PropertyValue { value: json_at(row, 3)?, source };
    Ok(FactRow::Property(twin_at(row, 0)?, texts.shared(row.text(1)?), span.fact(value)))
}

fn read_relationship(
    row: &dyn Cells,
    span: Span,
    texts: &mut Texts,
) -> Result<FactRow, StoreError> {
    let ends = Ends {
        source: twin_at(row, 1)?,
        name: texts.shared(row.text(2)?),
        target: twin_at(row, 3)?,
        key: texts.shared(row.text(4)?),
    };
    Ok(FactRow::Relationship(ends, span.fact(json_at(row, 5)?)))
}

fn read_crosswalk(row: &dyn Cells, span: Span, texts: &mut Texts) -> Result<FactRow, StoreError> {
    let link = Link {
        twin: twin_at(row, 3)?,
        reason: texts.shared(row.text(4)?),
        confidence: row.real(5)?,
        decider: texts.shared(row.text(6)?),
    };
    Ok(FactRow::Crosswalk(external_at(row, texts)?, span.fact(link)))
}

fn read_binding(row: &dyn Cells, span: Span, texts: &mut Texts) -> Result<FactRow, StoreError> {
    let conversion = match (row.maybe_real(4)?, row.maybe_real(5)?) {
        (Some(scale), Some(offset)) => Some(Conversion { scale, offset }),
        _ => None,
    };
    let binding = Binding {
        twin: twin_at(row, 1)?,
        path: texts.shared(row.text(2)?),
        unit: row.maybe_text(3)?.map(|unit| texts.shared(unit)),
        conversion,
    };
    Ok(FactRow::Binding(stream_at(row, 0)?, span.fact(binding)))
}

fn read_record(row: &dyn Cells, span: Span, texts: &mut Texts) -> Result<FactRow, StoreError> {
    let meaning: Meaning<'static> = json_at(row, 5)?;
    let record = SourceRecord {
        kind: texts.shared(row.text(3)?),
        attributes: json_at(row, 4)?,
        claims: meaning.claims.into_owned(),
        identity: meaning.identity.into_owned(),
        model: meaning.model.map(Cow::into_owned),
        stated: meaning.stated,
        references: meaning.references.into_owned(),
    };
    Ok(FactRow::Record(external_at(row, texts)?, span.fact(record)))
}

fn read_curation(row: &dyn Cells, span: Span, _: &mut Texts) -> Result<FactRow, StoreError> {
    let value: Curation = json_at(row, 2)?;
    let key = value.key();
    if (row.text(0)?, row.text(1)?) != (key.kind.as_str(), key.id.to_string().as_str()) {
        return Err(StoreError::Damaged(format!(
            "the {} {} in the table `curation` is another one by its value",
            row.text(0)?,
            row.text(1)?
        )));
    }
    Ok(FactRow::Curation(span.fact(value)))
}

fn twin_at(row: &dyn Cells, column: usize) -> Result<TwinId, StoreError> {
    let text = row.text(column)?;
    Uuid::parse_str(text)
        .map(TwinId)
        .map_err(|error| StoreError::Damaged(format!("`{text}` is not the id of a twin: {error}")))
}

pub(super) fn stream_at(row: &dyn Cells, column: usize) -> Result<StreamId, StoreError> {
    let number = row.int(column)?;
    u32::try_from(number)
        .map(StreamId)
        .map_err(|_| StoreError::Damaged(format!("{number} is not the number of a stream")))
}

fn external_at(row: &dyn Cells, texts: &mut Texts) -> Result<ExternalId, StoreError> {
    Ok(ExternalId {
        system: texts.shared(row.text(0)?),
        scope: texts.shared(row.text(1)?),
        id: row.text(2)?.into(),
    })
}

pub(super) fn json_at<T: DeserializeOwned>(
    row: &dyn Cells,
    column: usize,
) -> Result<T, StoreError> {
    serde_json::from_str(row.text(column)?)
        .map_err(|error| StoreError::Damaged(format!("a fact's JSON cannot be read: {error}")))
}

/// Texts that many rows share, such as models and systems: each is held once.
#[derive(Default)]
pub(super) struct Texts {
    texts: HashSet<Arc<str>>,
    models: HashMap<String, Dtmi>,
}

impl Texts {
    pub fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(held) = self.texts.get(text) {
            return held.clone();
        }
        let held: Arc<str> = text.into();
        self.texts.insert(held.clone());
        held
    }

    fn model(&mut self, text: &str) -> Result<Dtmi, StoreError> {
        if let Some(held) = self.models.get(text) {
            return Ok(held.clone());
        }
        let model: Dtmi = text
            .parse()
            .map_err(|error| StoreError::Damaged(format!("`{text}` names no model: {error}")))?;
        self.models.insert(text.to_owned(), model.clone());
        Ok(model)
    }
}
