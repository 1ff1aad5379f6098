//! Two twins are found to be one: everything of the one goes over to the other, for all of its time.

use std::sync::Arc;

use super::check::{self, KNOWN};
use super::context::Context;
use super::{apart, merge_edges};
use crate::domain::change::Change;
use crate::domain::command::TwinRef;
use crate::domain::curation::{
    Conflict, Curation, Decided, DecisionKind, MergeTwins, Pair, Redirect, Subject,
};
use crate::domain::fact::{Binding, Existence, Link, PropertyValue};
use crate::domain::graph::{Statement, TwinNode};
use crate::domain::id::TwinId;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::domain::timeline::Fact;
use crate::dtdl::Dtmi;

/// Merges two twins; two that are one already stay so.
pub fn decide(
    state: &State,
    command: &MergeTwins,
    context: &Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let keep = check::twin_id(state, &command.keep, context.now)?;
    let gone = check::twin_id(state, &command.gone, context.now)?;
    let apart = if command.replace { Apart::Ends } else { Apart::Stays };
    merge(state, keep, gone, &command.reason, apart, context)
}

/// What becomes of verdicts that keep the two apart.
#[derive(Clone, Copy)]
pub enum Apart<'a> {
    /// They are in the way.
    Stays,
    /// They are in the way, but for those on this pair, which is judged anew.
    ButOf(&'a Pair),
    /// They are withdrawn.
    Ends,
}

/// The changes that make `gone` one with `keep`.
pub fn merge(
    state: &State,
    keep: TwinId,
    gone: TwinId,
    reason: &Arc<str>,
    apart: Apart<'_>,
    context: &Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    if keep == gone {
        return Ok(Vec::new());
    }
    let merge = Merge {
        state,
        keep: known(state, keep)?,
        gone: known(state, gone)?,
        reason,
        actor: &context.actor,
    };
    let subjects = vec![Subject::Twin(keep), Subject::Twin(gone)];
    let mut decided = Decided::new(DecisionKind::Merge, reason, subjects);
    let mut changes = merge.existence()?;
    changes.extend(merge.verdicts(apart)?);
    changes.extend(merge.ids());
    changes.extend(merge.bindings());
    let (moved, conflicts) = merge_edges::moved(state, keep, gone)?;
    changes.extend(moved);
    decided.conflicts = conflicts;
    changes.extend(merge.properties(&mut decided.conflicts));
    changes.push(Change::TwinRetracted { twin: gone, valid: Interval::ALWAYS });
    changes.push(Change::Curated {
        valid: Interval::ALWAYS,
        fact: Curation::Redirect(Redirect {
            from: gone,
            to: keep,
            reason: reason.clone(),
            decider: context.actor.clone(),
        }),
    });
    changes.insert(0, Change::Decided(Box::new(decided)));
    Ok(changes)
}

fn known(state: &State, twin: TwinId) -> Result<&TwinNode, Rejection> {
    let node = state.graph.twin(twin).filter(|t| t.existence.known(KNOWN).next().is_some());
    node.ok_or(Rejection::UnknownTwin { twin: TwinRef::Id(twin), at: None })
}

struct Merge<'a> {
    state: &'a State,
    keep: &'a TwinNode,
    gone: &'a TwinNode,
    reason: &'a Arc<str>,
    actor: &'a Arc<str>,
}

impl Merge<'_> {
    /// The kept twin exists whenever either did, as the more specific of both models.
    fn existence(&self) -> Result<Vec<Change>, Rejection> {
        let kept = self.keep.existence.spans(KNOWN);
        let gone = self.gone.existence.spans(KNOWN);
        let mut changes = Vec::new();
        let mut overlap = false;
        let twin = self.keep.id;
        for theirs in &gone {
            let model = &theirs.value.model;
            for gap in theirs.valid.without_all(kept.iter().map(|ours| ours.valid)) {
                let existence = Existence { model: model.clone() };
                changes.push(Change::TwinAsserted { twin, valid: gap, existence });
            }
            for ours in &kept {
                let Some(valid) = ours.valid.and(&theirs.valid) else {
                    continue;
                };
                overlap = true;
                let chosen = self.more_specific(&ours.value.model, model)?;
                if *chosen != ours.value.model {
                    let existence = Existence { model: chosen.clone() };
                    changes.push(Change::TwinAsserted { twin, valid, existence });
                }
            }
        }
        if let (false, Some(ours), Some(theirs)) = (overlap, kept.last(), gone.last()) {
            self.more_specific(&ours.value.model, &theirs.value.model)?;
        }
        Ok(changes)
    }

    fn more_specific<'m>(&self, ours: &'m Dtmi, theirs: &'m Dtmi) -> Result<&'m Dtmi, Rejection> {
        if self.state.catalogue.is_a(ours, theirs) {
            Ok(ours)
        } else if self.state.catalogue.is_a(theirs, ours) {
            Ok(theirs)
        } else {
            Err(Rejection::NotMergeable {
                keep: self.keep.id,
                model: ours.clone(),
                gone: self.gone.id,
                other: theirs.clone(),
            })
        }
    }

    /// Verdicts that keep the two apart: refused, or withdrawn.
    fn verdicts(&self, apart: Apart<'_>) -> Result<Vec<Change>, Rejection> {
        let mut changes = Vec::new();
        for (external, fact) in links(self.state, self.gone.id) {
            for (verdict, stands) in apart::verdicts(self.state, external, self.keep.id, fact.valid)
            {
                match apart {
                    Apart::ButOf(pair) if *pair == verdict.pair => {}
                    Apart::Stays | Apart::ButOf(_) => return Err(apart::refusal(verdict)),
                    Apart::Ends => {
                        let key = stands.value.key();
                        changes.push(Change::Uncurated { key, valid: stands.valid });
                    }
                }
            }
        }
        Ok(changes)
    }

    fn ids(&self) -> Vec<Change> {
        let moved = |(external, fact): (&crate::domain::id::ExternalId, &Fact<Link>)| {
            let reason = if self.reason.is_empty() {
                Arc::from("merged")
            } else {
                Arc::from(format!("merged: {}", self.reason))
            };
            Change::Linked {
                external: external.clone(),
                valid: fact.valid,
                link: Link {
                    twin: self.keep.id,
                    reason,
                    confidence: fact.value.confidence,
                    decider: self.actor.clone(),
                },
            }
        };
        links(self.state, self.gone.id).map(moved).collect()
    }

    fn bindings(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        for stream in self.state.streams.of_twin(self.gone.id) {
            for fact in stream.bindings.known(KNOWN).filter(|f| f.value.twin == self.gone.id) {
                let binding = Binding { twin: self.keep.id, ..fact.value.clone() };
                changes.push(Change::Bound { stream: stream.id, valid: fact.valid, binding });
            }
        }
        changes
    }

    /// Stated values go over where the same author stated none of the kept twin.
    fn properties(&self, conflicts: &mut Vec<Conflict>) -> Vec<Change> {
        let mut changes = Vec::new();
        let (keep, gone) = (self.keep.id, self.gone.id);
        for Statement { path, source, timeline } in self.gone.statements() {
            for fact in timeline.known(KNOWN) {
                let ours = self.keep.statement(path, source.as_deref());
                let held: Vec<&Fact<PropertyValue>> =
                    ours.into_iter().flat_map(|t| t.overlapping(fact.valid)).collect();
                for gap in fact.valid.without_all(held.iter().map(|f| f.valid)) {
                    let (path, value) = (path.clone(), fact.value.clone());
                    changes.push(Change::PropertyAsserted { twin: keep, path, valid: gap, value });
                }
                for other in held.iter().filter(|f| f.value.value != fact.value.value) {
                    conflicts.extend(other.valid.and(&fact.valid).map(|valid| Conflict {
                        path: path.clone(),
                        valid,
                        kept: other.value.value.clone(),
                        lost: fact.value.value.clone(),
                    }));
                }
                let (path, source, valid) = (path.clone(), source.clone(), fact.valid);
                changes.push(Change::PropertyRetracted { twin: gone, path, valid, source });
            }
        }
        changes
    }
}

/// The ids that mean a twin at any time, with when and why.
pub fn links(
    state: &State,
    twin: TwinId,
) -> impl Iterator<Item = (&crate::domain::id::ExternalId, &Fact<Link>)> {
    state.crosswalks.ids_ever(twin).flat_map(move |external| {
        let timeline = state.crosswalks.timeline(external).into_iter();
        let facts = timeline.flat_map(|t| t.known(KNOWN));
        facts.filter(move |fact| fact.value.twin == twin).map(move |fact| (external, fact))
    })
}
