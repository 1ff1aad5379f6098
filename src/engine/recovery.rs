//! The state from the store: tables, checkpoint, and the entries after it.

use std::collections::BTreeSet;

use crate::domain::apply::mark_models;
use crate::domain::id::{Position, StreamId};
use crate::domain::reading::{Reading, Register};
use crate::domain::state::{Rules, State};
use crate::dtdl::{Catalogue, Document};
use crate::store::{Checkpoint, Head, ModelEvent, ModelRow, Snapshot, Store, StoreError};

/// Entries read at once.
const PAGE_ENTRIES: usize = 64;

/// A state read back from a store.
pub struct Recovered {
    /// The state, as it was after the last acknowledged entry.
    pub state: State,
    /// That entry.
    pub head: Head,
    /// Streams whose registers are newer than the checkpoint: the next one must keep them.
    pub unkept: BTreeSet<StreamId>,
}

/// Reads the state back.
///
/// # Errors
/// When the store cannot be read, or holds what this program never wrote.
pub async fn recover(store: &dyn Store, rules: &Rules) -> Result<Recovered, StoreError> {
    let mut unkept = BTreeSet::new();
    let snapshot = store.load().await?;
    let head = snapshot.head;
    let (mut state, checkpoint) = restore(snapshot, rules)?;
    let mut after = checkpoint.position;
    if after > head.position {
        return Err(StoreError::Damaged(format!(
            "its latest values are of entry {after}, but the log ends at {}",
            head.position
        )));
    }
    for (id, register) in checkpoint.registers {
        *register_of(&mut state, id)? = register;
    }
    while after < head.position {
        let entries = store.entries(after, PAGE_ENTRIES).await?;
        let Some(last) = entries.last() else { break };
        after = last.position;
        for sealed in &entries {
            let entry = sealed.open().map_err(|e| StoreError::Damaged(e.to_string()))?;
            for reading in &entry.readings {
                merge(&mut state, reading, entry.position)?;
                unkept.insert(reading.stream);
            }
        }
    }
    Ok(Recovered { state, head, unkept })
}

/// Merges a reading into the register of its stream.
pub(super) fn merge(
    state: &mut State,
    reading: &Reading,
    position: Position,
) -> Result<(), StoreError> {
    let register = register_of(state, reading.stream)?;
    register.merge(reading, position);
    register.count(position);
    Ok(())
}

fn register_of(state: &mut State, id: StreamId) -> Result<&mut Register, StoreError> {
    let stream = state.streams.get_mut(id);
    stream.map(|s| &mut s.register).ok_or_else(|| {
        StoreError::Damaged(format!("there are readings of stream {id}, which was never opened"))
    })
}

/// The state that a snapshot holds, without its latest readings.
pub(super) fn restore(
    snapshot: Snapshot,
    rules: &Rules,
) -> Result<(State, Checkpoint), StoreError> {
    let mut state = State::new(rules.clone());
    restore_models(&mut state.catalogue, &snapshot.models)?;
    state.systems.extend(snapshot.systems);
    state.sources.extend(snapshot.sources);
    for (id, key, opened) in snapshot.streams {
        state.streams.open(id, &key, opened);
    }
    for row in snapshot.facts {
        state.restore(row);
    }
    Ok((state, snapshot.checkpoint))
}

/// Reads the models upload by upload: models that clash as one set may well stand side by side,
/// as long as none needs both.
fn restore_models(catalogue: &mut Catalogue, rows: &[ModelRow]) -> Result<(), StoreError> {
    let is_text = |row: &ModelRow| matches!(row.event, ModelEvent::Added(_));
    for group in rows.chunk_by(|a, b| a.position == b.position && is_text(a) == is_text(b)) {
        let mut documents = Vec::new();
        for row in group {
            match &row.event {
                ModelEvent::Added(text) => documents.push(Document { name: "the store", text }),
                ModelEvent::Marked(model, status) => {
                    mark_models(catalogue, std::slice::from_ref(model), *status);
                }
            }
        }
        let planned = catalogue.plan(&documents);
        let upload = planned
            .map_err(|errors| StoreError::Damaged(format!("its models are not valid: {errors}")))?;
        catalogue.add(&upload);
    }
    Ok(())
}
