//! A store in memory, for tests and simulation. It keeps every promise but the one about disks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::{Mutex, MutexGuard};
use uuid::Uuid;

use super::batch::{self, Candidate, Chain, EMPTY};
use super::contract::{
    Append, Checkpoint, Head, Inserted, LogStore, ModelRow, ReadingHistory, Snapshot,
    SnapshotStore, StagedRow, StagedStore, Store, StoreError, Window,
};
use crate::domain::change::Change;
use crate::domain::fact::{FactKey, FactRow, JsonMap};
use crate::domain::id::{Position, StreamId, StreamKey};
use crate::domain::log::SealedEntry;
use crate::domain::reading::{ReadingOrder, Recorded, Register};
use crate::domain::time::Timestamp;

/// What the changes of an entry hold when one of them is a decision's mark.
const DECIDED: &str = r#""change":"decided""#;

/// A store in memory.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

#[derive(Default)]
struct Tables {
    log: Vec<SealedEntry>,
    masters: Masters,
    readings: BTreeMap<(StreamId, ReadingOrder), Recorded>,
    registers: BTreeMap<StreamId, Register>,
    complete: Position,
    /// Imports that wait: what is to be known of each, and its content.
    staged: BTreeMap<Uuid, (String, Vec<u8>)>,
    closed: bool,
}

/// Tables of master data; also the part of them that a batch is about to change.
#[derive(Default)]
struct Masters {
    models: Vec<ModelRow>,
    systems: BTreeMap<Arc<str>, Arc<str>>,
    sources: BTreeMap<Arc<str>, Arc<JsonMap>>,
    streams: BTreeMap<StreamId, (StreamKey, Position)>,
    stream_keys: BTreeSet<StreamKey>,
    facts: BTreeMap<FactKey, Vec<FactRow>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> Result<MutexGuard<'_, Tables>, StoreError> {
        let tables = self.tables.lock();
        if tables.closed {
            return Err(StoreError::Unavailable("it was closed".to_owned()));
        }
        Ok(tables)
    }
}

impl Tables {
    fn head(&self) -> Head {
        self.log.last().map_or(EMPTY, |entry| Head {
            position: entry.position,
            recorded_at: entry.recorded_at,
            hash: entry.hash,
        })
    }

    fn append(&mut self, batch: &[Append]) -> Result<Vec<Inserted>, StoreError> {
        let mut staged = Masters::default();
        for append in batch {
            staged.stage(append, &self.masters)?;
        }
        let candidates = batch::candidates(batch);
        let is_new = |c: &Candidate<'_>| !self.readings.contains_key(&(c.reading.stream, c.order));
        let new: Vec<bool> = candidates.iter().map(is_new).collect();
        let inserted = batch::inserted(batch, &candidates, &new);
        let mut chain = Chain { head: self.head() };
        let mut sealed = Vec::new();
        for (append, inserted) in batch.iter().zip(&inserted) {
            sealed.extend(chain.seal(append, inserted)?);
        }
        // Nothing below can fail.
        self.log.extend(sealed);
        self.masters.take_in(staged);
        for (candidate, _) in candidates.iter().zip(new).filter(|(_, is_new)| *is_new) {
            let recorded =
                Recorded { reading: candidate.reading.clone(), position: candidate.position };
            self.readings.insert((candidate.reading.stream, candidate.order), recorded);
        }
        Ok(inserted)
    }

    fn masters(&self) -> Snapshot {
        let masters = &self.masters;
        let systems = masters.systems.iter().map(|(name, title)| (name.clone(), title.clone()));
        let sources = masters.sources.iter().map(|(name, json)| (name.clone(), json.clone()));
        let streams = masters.streams.iter().map(|(id, (key, at))| (*id, key.clone(), *at));
        Snapshot {
            head: self.head(),
            models: masters.models.clone(),
            systems: systems.collect(),
            sources: sources.collect(),
            streams: streams.collect(),
            facts: masters.facts.values().flatten().cloned().collect(),
            checkpoint: Checkpoint::default(),
        }
    }

    fn window(&self, window: Window) -> impl DoubleEndedIterator<Item = (ReadingOrder, &Recorded)> {
        let first = (window.stream, (window.times.from, 0, i64::MIN));
        let last = (window.stream, (window.times.to, u64::MAX, i64::MAX));
        self.readings
            .range(first..=last)
            .filter(move |((_, order), recorded)| {
                window.times.contains(order.0) && recorded.position <= window.known
            })
            .map(|((_, order), recorded)| (*order, recorded))
    }
}

impl Masters {
    /// Notes what an entry does to the tables, which are `kept` and what this batch staged before.
    fn stage(&mut self, append: &Append, kept: &Masters) -> Result<(), StoreError> {
        let position = append.entry.position;
        for change in &append.entry.changes {
            match change {
                Change::ModelsAdded(_) | Change::ModelsMarked { .. } => {
                    self.models.extend(batch::model_rows(change, position));
                }
                Change::SystemDeclared { name, title } => {
                    self.systems.insert(name.clone(), title.clone());
                }
                Change::SourceDeclared { name, declaration } => {
                    self.sources.insert(name.clone(), declaration.clone());
                }
                Change::StreamOpened { stream, key } => {
                    self.open(*stream, key, position, kept)?;
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
        let (ended, added) = batch::edits(append)?;
        ended.iter().try_for_each(|row| self.end(row, kept))?;
        added.iter().try_for_each(|row| self.add(row, kept))
    }

    fn open(
        &mut self,
        stream: StreamId,
        key: &StreamKey,
        position: Position,
        kept: &Masters,
    ) -> Result<(), StoreError> {
        let number_taken = kept.streams.contains_key(&stream) || self.streams.contains_key(&stream);
        if number_taken || kept.stream_keys.contains(key) || !self.stream_keys.insert(key.clone()) {
            return Err(StoreError::Refused(format!("stream {stream}, {key}, is open already")));
        }
        self.streams.insert(stream, (key.clone(), position));
        Ok(())
    }

    fn timeline(&mut self, key: FactKey, kept: &Masters) -> &mut Vec<FactRow> {
        let before = || kept.facts.get(&key).cloned().unwrap_or_default();
        let before = if self.facts.contains_key(&key) { Vec::new() } else { before() };
        self.facts.entry(key).or_insert(before)
    }

    fn end(&mut self, row: &FactRow, kept: &Masters) -> Result<(), StoreError> {
        let (key, span) = (row.key(), row.span());
        let standing = self.timeline(key.clone(), kept).iter_mut().find(|held| {
            let held = held.span();
            held.recorded_from == span.recorded_from
                && held.valid.from == span.valid.from
                && held.recorded_to == Position::LATEST
        });
        let Some(held) = standing else {
            return Err(StoreError::Refused(format!("the fact to end does not stand: {key:?}")));
        };
        held.set_recorded_to(span.recorded_to);
        Ok(())
    }

    fn add(&mut self, row: &FactRow, kept: &Masters) -> Result<(), StoreError> {
        let (key, span) = (row.key(), row.span());
        if span.valid.from >= span.valid.to || span.recorded_from >= span.recorded_to {
            return Err(StoreError::Refused(format!("a fact holds at no time: {key:?}")));
        }
        if let FactKey::Binding(stream) = &key
            && !kept.streams.contains_key(stream)
            && !self.streams.contains_key(stream)
        {
            return Err(StoreError::Refused(format!("stream {stream} was never opened")));
        }
        let timeline = self.timeline(key.clone(), kept);
        let clashes = timeline.iter().map(FactRow::span).any(|held| {
            let both_stand =
                held.recorded_to == Position::LATEST && span.recorded_to == Position::LATEST;
            let same_row =
                held.recorded_from == span.recorded_from && held.valid.from == span.valid.from;
            same_row || (both_stand && held.valid.overlaps(&span.valid))
        });
        if clashes {
            return Err(StoreError::Refused(format!("two standing facts overlap: {key:?}")));
        }
        timeline.push(row.clone());
        Ok(())
    }

    fn take_in(&mut self, staged: Masters) {
        self.models.extend(staged.models);
        self.systems.extend(staged.systems);
        self.sources.extend(staged.sources);
        self.streams.extend(staged.streams);
        self.stream_keys.extend(staged.stream_keys);
        self.facts.extend(staged.facts);
    }
}

#[async_trait]
impl LogStore for MemoryStore {
    async fn append(&self, batch: &[Append]) -> Result<Vec<Inserted>, StoreError> {
        self.tables()?.append(batch)
    }

    async fn entries(&self, after: Position, limit: usize) -> Result<Vec<SealedEntry>, StoreError> {
        let tables = self.tables()?;
        let start = tables.log.partition_point(|entry| entry.position <= after);
        Ok(tables.log[start..].iter().take(limit).cloned().collect())
    }

    async fn decided(
        &self,
        before: Position,
        limit: usize,
    ) -> Result<Vec<SealedEntry>, StoreError> {
        let tables = self.tables()?;
        let end = tables.log.partition_point(|entry| entry.position < before);
        let entries = tables.log[..end].iter().rev();
        let decided = entries.filter(|entry| entry.changes.contains(DECIDED));
        Ok(decided.take(limit).cloned().collect())
    }

    async fn head(&self) -> Result<Head, StoreError> {
        Ok(self.tables()?.head())
    }

    async fn position_at(&self, moment: Timestamp) -> Result<Position, StoreError> {
        let tables = self.tables()?;
        let end = tables.log.partition_point(|entry| entry.recorded_at <= moment);
        Ok(end.checked_sub(1).map_or(Position::START, |last| tables.log[last].position))
    }
}

#[async_trait]
impl ReadingHistory for MemoryStore {
    async fn latest(&self, window: Window) -> Result<Option<Recorded>, StoreError> {
        Ok(self.tables()?.window(window).next_back().map(|(_, recorded)| recorded.clone()))
    }

    async fn readings(
        &self,
        window: Window,
        after: Option<ReadingOrder>,
        limit: usize,
    ) -> Result<Vec<Recorded>, StoreError> {
        let tables = self.tables()?;
        let later = tables.window(window).filter(|(order, _)| after.is_none_or(|a| *order > a));
        Ok(later.take(limit).map(|(_, recorded)| recorded.clone()).collect())
    }

    async fn count(&self, window: Window, max: u64) -> Result<u64, StoreError> {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        Ok(self.tables()?.window(window).take(max).count() as u64)
    }
}

#[async_trait]
impl SnapshotStore for MemoryStore {
    async fn load(&self) -> Result<Snapshot, StoreError> {
        let tables = self.tables()?;
        let registers = tables.registers.iter();
        let checkpoint = Checkpoint {
            position: tables.complete,
            registers: registers.map(|(id, register)| (*id, register.clone())).collect(),
        };
        Ok(Snapshot { checkpoint, ..tables.masters() })
    }

    async fn masters(&self) -> Result<Snapshot, StoreError> {
        Ok(self.tables()?.masters())
    }

    async fn checkpoint(
        &self,
        registers: &[(StreamId, Register)],
        complete: Option<Position>,
    ) -> Result<(), StoreError> {
        let mut tables = self.tables()?;
        tables.registers.extend(registers.iter().cloned());
        tables.complete = complete.unwrap_or(tables.complete);
        Ok(())
    }
}

#[async_trait]
impl StagedStore for MemoryStore {
    async fn stage(&self, staged: &StagedRow, content: &[u8]) -> Result<(), StoreError> {
        let mut tables = self.tables()?;
        if tables.staged.contains_key(&staged.id) {
            return Err(StoreError::Refused(format!("{} is staged already", staged.id)));
        }
        tables.staged.insert(staged.id, (staged.about.clone(), content.to_vec()));
        Ok(())
    }

    async fn staged(&self) -> Result<Vec<StagedRow>, StoreError> {
        let tables = self.tables()?;
        let rows = tables.staged.iter();
        Ok(rows.map(|(id, (about, _))| StagedRow { id: *id, about: about.clone() }).collect())
    }

    async fn staged_content(&self, id: Uuid) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables()?.staged.get(&id).map(|(_, content)| content.clone()))
    }

    async fn unstage(&self, id: Uuid) -> Result<bool, StoreError> {
        Ok(self.tables()?.staged.remove(&id).is_some())
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn kind(&self) -> &'static str {
        "memory"
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.tables().map(drop)
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.tables.lock().closed = true;
        Ok(())
    }
}
