//! Change → state: total, with no rules in it.

use std::collections::BTreeSet;

use super::change::{Change, ModelsAdded};
use super::fact::FactKey;
use super::id::Position;
use super::state::{Before, State};
use crate::dtdl::{Document, ModelErrors};

/// Applies one change of the entry at `position`, and notes which timelines it touched.
///
/// # Errors
/// Only when models that were accepted once are valid no longer: the log is damaged, or was
/// written by a newer version.
pub fn apply(
    state: &mut State,
    position: Position,
    change: &Change,
    touched: &mut BTreeSet<FactKey>,
) -> Result<(), ModelErrors> {
    match change {
        Change::ModelsAdded(models) => {
            remember(state, position);
            add_models(state, models)?;
        }
        Change::SystemDeclared { name, title } => {
            remember(state, position);
            state.systems.insert(name.clone(), title.clone());
        }
        Change::SourceDeclared { name, declaration } => {
            remember(state, position);
            state.sources.insert(name.clone(), declaration.clone());
        }
        Change::TwinAsserted { .. }
        | Change::TwinRetracted { .. }
        | Change::PropertyAsserted { .. }
        | Change::PropertyRetracted { .. } => apply_to_twin(state, position, change, touched),
        Change::RelationshipAsserted { ends, valid, properties } => {
            state.graph.edge_mut(ends).assert(*valid, properties.clone(), position);
            touched.insert(FactKey::Relationship(ends.id()));
        }
        Change::RelationshipRetracted { id, valid } => {
            if let Some(timeline) = state.graph.edge_by_id_mut(*id) {
                timeline.retract(*valid, position);
                touched.insert(FactKey::Relationship(*id));
            }
        }
        Change::Linked { external, valid, link } => {
            let timeline = state.crosswalks.timeline_mut(external, Some(link.twin));
            timeline.assert(*valid, link.clone(), position);
            state.note_described(external);
            touched.insert(FactKey::Crosswalk(external.clone()));
        }
        Change::Unlinked { external, valid } => {
            state.crosswalks.timeline_mut(external, None).retract(*valid, position);
            touched.insert(FactKey::Crosswalk(external.clone()));
        }
        Change::StreamOpened { .. } | Change::Bound { .. } | Change::Unbound { .. } => {
            apply_to_stream(state, position, change, touched);
        }
        Change::RecordStored { key, valid, record } => {
            state.records.timeline_mut(key).assert(*valid, record.clone(), position);
            state.note_described(key);
            touched.insert(FactKey::Record(key.clone()));
        }
        Change::RecordRetracted { key, valid } => {
            state.records.timeline_mut(key).retract(*valid, position);
            touched.insert(FactKey::Record(key.clone()));
        }
        Change::Curated { valid, fact } => {
            state.curations.assert(*valid, fact, position);
            touched.insert(FactKey::Curation(fact.key()));
        }
        Change::Uncurated { key, valid } => {
            state.curations.retract(key, *valid, position);
            touched.insert(FactKey::Curation(*key));
        }
        Change::Decided(_) => {}
    }
    Ok(())
}

/// Only the changes that [`apply`] sends here.
fn apply_to_twin(
    state: &mut State,
    position: Position,
    change: &Change,
    touched: &mut BTreeSet<FactKey>,
) {
    match change {
        Change::TwinAsserted { twin, valid, existence } => {
            state.graph.twin_mut(*twin).existence.assert(*valid, existence.clone(), position);
            state.graph.index_model(*twin, &existence.model);
            touched.insert(FactKey::Twin(*twin));
        }
        Change::TwinRetracted { twin, valid } => {
            state.graph.twin_mut(*twin).existence.retract(*valid, position);
            touched.insert(FactKey::Twin(*twin));
        }
        Change::PropertyAsserted { twin, path, valid, value } => {
            let source = value.source.as_ref();
            let timeline = state.graph.twin_mut(*twin).statement_mut(path, source);
            timeline.assert(*valid, value.clone(), position);
            touched.insert(FactKey::Property(*twin, path.clone(), source.cloned()));
        }
        Change::PropertyRetracted { twin, path, valid, source } => {
            let timeline = state.graph.twin_mut(*twin).statement_mut(path, source.as_ref());
            timeline.retract(*valid, position);
            touched.insert(FactKey::Property(*twin, path.clone(), source.clone()));
        }
        _ => {}
    }
}

/// Only the changes that [`apply`] sends here.
fn apply_to_stream(
    state: &mut State,
    position: Position,
    change: &Change,
    touched: &mut BTreeSet<FactKey>,
) {
    match change {
        Change::StreamOpened { stream, key } => state.streams.open(*stream, key, position),
        Change::Bound { stream, valid, binding } => {
            state.streams.index_twin(binding.twin, *stream);
            if let Some(stream) = state.streams.get_mut(*stream) {
                stream.bindings.assert(*valid, binding.clone(), position);
                touched.insert(FactKey::Binding(stream.id));
            }
        }
        Change::Unbound { stream, valid } => {
            if let Some(stream) = state.streams.get_mut(*stream) {
                stream.bindings.retract(*valid, position);
                touched.insert(FactKey::Binding(stream.id));
            }
        }
        _ => {}
    }
}

fn remember(state: &mut State, position: Position) {
    if state.before.as_ref().is_none_or(|before| before.position != position) {
        state.before = Some(Before {
            position,
            catalogue: state.catalogue.clone(),
            systems: state.systems.clone(),
            sources: state.sources.clone(),
        });
    }
}

fn add_models(state: &mut State, models: &ModelsAdded) -> Result<(), ModelErrors> {
    state.catalogue = match &models.upload {
        Some(upload) => state.catalogue.with(upload),
        None => {
            let documents: Vec<Document<'_>> =
                models.documents.iter().map(|text| Document { name: "the log", text }).collect();
            state.catalogue.with(&state.catalogue.plan(&documents)?)
        }
    };
    Ok(())
}
