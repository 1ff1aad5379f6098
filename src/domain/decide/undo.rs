//! A decision is taken back: what was believed before it is believed again, wherever nothing later
//! builds on it. That is a decision too, and can be taken back.

use std::collections::BTreeMap;

use super::check::KNOWN;
use super::context::Context;
use super::undo_check;
use crate::domain::change::Change;
use crate::domain::curation::{Curation, CurationKind, Undo, Undone, decisions_of};
use crate::domain::fact::FactKey;
use crate::domain::id::Position;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::domain::timeline::Timeline;

/// What a decision touched: timelines, and which parts of each.
pub type Touched = BTreeMap<FactKey, Vec<Interval>>;

/// Takes a decision back.
pub fn decide(
    state: &State,
    command: &Undo,
    context: &Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let decisions = command.decisions();
    for decision in &decisions {
        if let Some((_, by)) = state.curations.undone(*decision, KNOWN) {
            return Err(Rejection::AlreadyUndone { decision: *decision, by });
        }
    }
    let nothing = || {
        let (position, index) = (command.position, command.index.unwrap_or_default());
        Rejection::NothingToUndo { position, index }
    };
    let (ours, others) = changes_of(command).ok_or_else(nothing)?;
    let (touched, others) = (touched(&ours)?, touched(&others).unwrap_or_default());
    let mut changes = Vec::new();
    for (key, within) in &touched {
        let shared = others.get(key).into_iter().flatten();
        if shared.into_iter().any(|other| within.iter().any(|part| part.overlaps(other))) {
            return Err(Rejection::Invalid(format!(
                "another decision of entry {} changed the same thing, {}; undo the whole entry",
                command.position,
                undo_check::named(key)
            )));
        }
        match restored(state, key, within, command.position) {
            Ok(found) => changes.extend(found),
            // Whether a question is open follows from the other facts.
            Err(_) if matches!(key, FactKey::Curation(key) if key.kind == CurationKind::Task) => {}
            Err(position) => {
                return Err(Rejection::ChangedLater { what: undo_check::named(key), position });
            }
        }
    }
    if changes.is_empty() {
        return Err(nothing());
    }
    undo_check::check(state, command.position, &touched, &changes)?;
    changes.extend(decisions.into_iter().map(|decision| Change::Curated {
        valid: Interval::ALWAYS,
        fact: Curation::Undone(Undone {
            decision,
            reason: command.reason.clone(),
            decider: context.actor.clone(),
        }),
    }));
    Ok(changes)
}

type Parts<'a> = (Vec<&'a Change>, Vec<&'a Change>);

/// The changes of the decision, and the others of its entry.
fn changes_of(command: &Undo) -> Option<Parts<'_>> {
    let all = &command.entry;
    let Some(index) = command.index else {
        return Some((all.iter().collect(), Vec::new()));
    };
    let found = decisions_of(all).find(|(at, _, _)| *at == index);
    let Some((_, _, ours)) = found else {
        let unmarked = index == 0 && decisions_of(all).next().is_none();
        return unmarked.then(|| (all.iter().collect(), Vec::new()));
    };
    let first = ours.as_ptr_range();
    let is_ours = |change: &&Change| first.contains(&std::ptr::from_ref::<Change>(change));
    let others = all.iter().filter(|change| !is_ours(change)).collect();
    Some((ours.iter().collect(), others))
}

fn touched(changes: &[&Change]) -> Result<Touched, Rejection> {
    let mut touched = Touched::new();
    for change in changes {
        let (key, valid) = match change {
            Change::TwinAsserted { twin, valid, .. } | Change::TwinRetracted { twin, valid } => {
                (FactKey::Twin(*twin), valid)
            }
            Change::PropertyAsserted { twin, path, valid, value } => {
                (FactKey::Property(*twin, path.clone(), value.source.clone()), valid)
            }
            Change::PropertyRetracted { twin, path, valid, source } => {
                (FactKey::Property(*twin, path.clone(), source.clone()), valid)
            }
            Change::RelationshipAsserted { ends, valid, .. } => {
                (FactKey::Relationship(ends.id()), valid)
            }
            Change::RelationshipRetracted { id, valid } => (FactKey::Relationship(*id), valid),
            Change::Linked { external, valid, .. } | Change::Unlinked { external, valid } => {
                (FactKey::Crosswalk(external.clone()), valid)
            }
            Change::Bound { stream, valid, .. } | Change::Unbound { stream, valid } => {
                (FactKey::Binding(*stream), valid)
            }
            Change::RecordStored { key, valid, .. } | Change::RecordRetracted { key, valid } => {
                (FactKey::Record(key.clone()), valid)
            }
            Change::Curated { valid, fact } => (FactKey::Curation(fact.key()), valid),
            Change::Uncurated { key, valid } => (FactKey::Curation(*key), valid),
            Change::StreamOpened { .. } | Change::Decided(_) => continue,
            Change::ModelsAdded(_)
            | Change::ModelsMarked { .. }
            | Change::SystemDeclared { .. }
            | Change::SourceDeclared { .. } => {
                return Err(Rejection::Invalid(
                    "the entry changes models or names systems or sources; that cannot be taken back"
                        .to_owned(),
                ));
            }
        };
        touched.entry(key).or_default().push(*valid);
    }
    Ok(touched)
}

/// The changes that restore a timeline inside `within`.
fn restored(
    state: &State,
    key: &FactKey,
    within: &[Interval],
    position: Position,
) -> Result<Vec<Change>, Position> {
    match key {
        FactKey::Twin(twin) => {
            let (twin, timeline) = (*twin, state.graph.twin(*twin).map(|t| &t.existence));
            each(timeline, position, within, |valid, value| match value {
                Some(existence) => Change::TwinAsserted { twin, valid, existence },
                None => Change::TwinRetracted { twin, valid },
            })
        }
        FactKey::Property(twin, path, source) => {
            let node = state.graph.twin(*twin);
            let timeline = node.and_then(|t| t.statement(path, source.as_deref()));
            each(timeline, position, within, |valid, value| {
                let (twin, path, source) = (*twin, path.clone(), source.clone());
                match value {
                    Some(value) => Change::PropertyAsserted { twin, path, valid, value },
                    None => Change::PropertyRetracted { twin, path, valid, source: source.clone() },
                }
            })
        }
        FactKey::Relationship(id) => {
            let Some(edge) = state.graph.edge(*id) else {
                return Ok(Vec::new());
            };
            each(Some(&edge.timeline), position, within, |valid, value| match value {
                Some(properties) => {
                    Change::RelationshipAsserted { ends: edge.ends.clone(), valid, properties }
                }
                None => Change::RelationshipRetracted { id: *id, valid },
            })
        }
        FactKey::Crosswalk(external) => {
            let timeline = state.crosswalks.timeline(external);
            each(timeline, position, within, |valid, value| match value {
                Some(link) => Change::Linked { external: external.clone(), valid, link },
                None => Change::Unlinked { external: external.clone(), valid },
            })
        }
        FactKey::Binding(stream) => {
            let (stream, timeline) = (*stream, state.streams.get(*stream).map(|s| &s.bindings));
            each(timeline, position, within, |valid, value| match value {
                Some(binding) => Change::Bound { stream, valid, binding },
                None => Change::Unbound { stream, valid },
            })
        }
        FactKey::Record(key) => {
            each(state.records.timeline(key), position, within, |valid, value| match value {
                Some(record) => Change::RecordStored { key: key.clone(), valid, record },
                None => Change::RecordRetracted { key: key.clone(), valid },
            })
        }
        FactKey::Curation(key) => {
            each(state.curations.timeline(key), position, within, |valid, value| match value {
                Some(fact) => Change::Curated { valid, fact },
                None => Change::Uncurated { key: *key, valid },
            })
        }
    }
}

fn each<T: Clone + PartialEq>(
    timeline: Option<&Timeline<T>>,
    position: Position,
    within: &[Interval],
    change: impl Fn(Interval, Option<T>) -> Change,
) -> Result<Vec<Change>, Position> {
    let restored = timeline.map_or_else(|| Ok(Vec::new()), |t| t.take_back(position, within))?;
    Ok(restored.into_iter().map(|(valid, value)| change(valid, value)).collect())
}
