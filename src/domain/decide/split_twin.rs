//! One twin is found to be two: some of its ids, with what hangs on them, go over to another.

use super::check::{self, KNOWN};
use super::context::Context;
use super::{apart, judge, merge_twins, relate};
use crate::domain::change::Change;
use crate::domain::command::TwinRef;
use crate::domain::curation::{
    CurationKey, Decided, DecisionKind, Judgement, Pair, SplitInto, SplitTwin, Subject,
};
use crate::domain::fact::{Binding, Ends, Existence, Link};
use crate::domain::graph::Edge;
use crate::domain::id::{ExternalId, Position, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::stream::Stream;
use crate::domain::time::Interval;
use crate::dtdl::{ContentKind, Dtmi};

/// Most verdicts that one split states.
const VERDICTS_MAX: usize = 10_000;

/// Splits a twin.
pub fn decide(
    state: &State,
    command: &SplitTwin,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    if command.records.is_empty() {
        return Err(Rejection::Invalid(
            "a split moves at least one id; name those that mean the other thing".to_owned(),
        ));
    }
    let from = check::twin_id(state, &command.twin, context.now)?;
    let (to, mut changes, model) = target(state, command, from, context)?;
    let mut subjects = vec![Subject::Twin(from), Subject::Twin(to)];
    subjects.extend(command.records.iter().cloned().map(Subject::Id));
    let split = Split { state, command, from, to, model };
    for external in &command.records {
        changes.extend(split.id(external, context)?);
    }
    changes.extend(split.bindings()?);
    for id in &command.relationships {
        let edge = state.graph.edge(*id).ok_or(Rejection::UnknownRelationship(*id))?;
        changes.extend(split.relationship(edge)?);
    }
    if command.keep_apart {
        changes.extend(split.verdicts(context)?);
    }
    let decided = Decided::new(DecisionKind::Split, &command.reason, subjects);
    changes.insert(0, Change::Decided(Box::new(decided)));
    Ok(changes)
}

/// The twin that the ids go to, what makes it exist, and its model.
fn target(
    state: &State,
    command: &SplitTwin,
    from: TwinId,
    context: &mut Context<'_>,
) -> Result<(TwinId, Vec<Change>, Dtmi), Rejection> {
    match &command.into {
        SplitInto::New(model) => {
            if let Some(model) = model {
                check::model(state, model)?;
            }
            let twin = context.new_twin();
            let node = state.graph.twin(from);
            let held = node.into_iter().flat_map(|n| n.existence.known(KNOWN));
            let changes: Vec<Change> = held
                .filter_map(|fact| {
                    let valid = fact.valid.and(&command.valid)?;
                    let model = model.as_ref().unwrap_or(&fact.value.model).clone();
                    Some(Change::TwinAsserted { twin, valid, existence: Existence { model } })
                })
                .collect();
            let model = model_of(&changes).ok_or_else(|| unknown(from, command.valid))?;
            Ok((twin, changes, model))
        }
        SplitInto::Twin(twin) if *twin == from => Err(Rejection::Invalid(format!(
            "the ids mean twin {from} already; name another twin, or none for a new one"
        ))),
        SplitInto::Twin(twin) => match state.curations.current(*twin, KNOWN) {
            current if current == from => revived(state, *twin, command.valid),
            current => {
                let (twin, fact) = check::existing(state, &TwinRef::Id(current), command.valid)?;
                Ok((twin, Vec::new(), fact.value.model.clone()))
            }
        },
    }
}

fn unknown(twin: TwinId, valid: Interval) -> Rejection {
    Rejection::UnknownTwin { twin: TwinRef::Id(twin), at: Some(check::anchor(valid)) }
}

fn model_of(changes: &[Change]) -> Option<Dtmi> {
    changes.iter().find_map(|change| match change {
        Change::TwinAsserted { existence, .. } => Some(existence.model.clone()),
        _ => None,
    })
}

/// A twin that was merged away exists again, when and as it did before.
fn revived(
    state: &State,
    twin: TwinId,
    valid: Interval,
) -> Result<(TwinId, Vec<Change>, Dtmi), Rejection> {
    let key = CurationKey::redirect(twin);
    let redirect = state.curations.timeline(&key).and_then(|t| t.known(KNOWN).next());
    let Some(redirect) = redirect else {
        return Err(unknown(twin, valid));
    };
    let before = Position(redirect.recorded_from.0.saturating_sub(1));
    let node = state.graph.twin(twin);
    let existed = node.into_iter().flat_map(|n| n.existence.known(before));
    let mut changes = vec![Change::Uncurated { key, valid: redirect.valid }];
    changes.extend(existed.map(|fact| Change::TwinAsserted {
        twin,
        valid: fact.valid,
        existence: fact.value.clone(),
    }));
    let model = model_of(&changes).ok_or_else(|| unknown(twin, valid))?;
    Ok((twin, changes, model))
}

struct Split<'a> {
    state: &'a State,
    command: &'a SplitTwin,
    from: TwinId,
    to: TwinId,
    /// The model of the twin that the ids go to.
    model: Dtmi,
}

impl Split<'_> {
    fn id(&self, external: &ExternalId, context: &Context<'_>) -> Result<Vec<Change>, Rejection> {
        let timeline = self.state.crosswalks.timeline(external);
        let held = timeline.into_iter().flat_map(|t| t.overlapping(self.command.valid));
        let mut changes = Vec::new();
        for fact in held.filter(|fact| fact.value.twin == self.from) {
            let Some(valid) = fact.valid.and(&self.command.valid) else {
                continue;
            };
            apart::check(self.state, external, self.to, valid, None)?;
            let link = Link {
                twin: self.to,
                reason: if self.command.reason.is_empty() {
                    "split".into()
                } else {
                    format!("split: {}", self.command.reason).into()
                },
                confidence: 1.0,
                decider: context.actor.clone(),
            };
            changes.push(Change::Linked { external: external.clone(), valid, link });
        }
        if changes.is_empty() {
            return Err(Rejection::NotMeant { external: external.clone(), twin: self.from });
        }
        Ok(changes)
    }

    /// Bindings of the streams that are named, and of those whose device goes.
    fn bindings(&self) -> Result<Vec<Change>, Rejection> {
        let mut changes = Vec::new();
        for key in &self.command.streams {
            let stream = self.state.streams.find(key.as_ref());
            let moved = stream.and_then(|id| self.state.streams.get(id));
            let moved = moved.map_or_else(|| Ok(Vec::new()), |stream| self.binding(stream))?;
            if moved.is_empty() {
                return Err(Rejection::NotBound(key.clone()));
            }
            changes.extend(moved);
        }
        for device in &self.command.records {
            for stream in self.state.streams.of_device(device) {
                if !self.command.streams.contains(&stream.key) {
                    changes.extend(self.binding(stream)?);
                }
            }
        }
        Ok(changes)
    }

    fn binding(&self, stream: &Stream) -> Result<Vec<Change>, Rejection> {
        let mut changes = Vec::new();
        let held = stream.bindings.overlapping(self.command.valid);
        for fact in held.filter(|fact| fact.value.twin == self.from) {
            let path = &fact.value.path;
            check::content(self.state, &self.model, path, "telemetry or property")?;
            if let Some(valid) = fact.valid.and(&self.command.valid) {
                let binding = Binding { twin: self.to, ..fact.value.clone() };
                changes.push(Change::Bound { stream: stream.id, valid, binding });
            }
        }
        Ok(changes)
    }

    fn relationship(&self, edge: &Edge) -> Result<Vec<Change>, Rejection> {
        let swapped = |twin: TwinId| if twin == self.from { self.to } else { twin };
        let ends = Ends {
            source: swapped(edge.ends.source),
            target: swapped(edge.ends.target),
            ..edge.ends.clone()
        };
        if ends == edge.ends {
            return Err(Rejection::Invalid(format!(
                "relationship {} is not one of twin {}; name relationships of the twin that is split",
                edge.id, self.from
            )));
        }
        let mut changes = Vec::new();
        for fact in edge.timeline.overlapping(self.command.valid) {
            let Some(valid) = fact.valid.and(&self.command.valid) else {
                continue;
            };
            changes.push(Change::RelationshipRetracted { id: edge.id, valid });
            if ends.source != ends.target {
                self.fits(&ends, valid)?;
                let (ends, properties) = (ends.clone(), fact.value.clone());
                changes.push(Change::RelationshipAsserted { ends, valid, properties });
            }
        }
        Ok(changes)
    }

    /// Checks that the model of the twin that the ids go to allows the relationship.
    fn fits(&self, ends: &Ends, valid: Interval) -> Result<(), Rejection> {
        if ends.source == self.to {
            let interface = check::model(self.state, &self.model)?;
            let content = interface.content(&ends.name).map(|c| &c.kind);
            let Some(ContentKind::Relationship { max_multiplicity, .. }) = content else {
                return Err(check::unknown_content(interface, &ends.name, "relationship"));
            };
            if let Some(max) = max_multiplicity {
                relate::room_for_one_more(self.state, ends, valid, *max)?;
            }
        }
        relate::no_circle(self.state, ends, valid)
    }

    /// Tells each record that goes from each that stays.
    fn verdicts(&self, context: &Context<'_>) -> Result<Vec<Change>, Rejection> {
        let goes = &self.command.records;
        let mut stays: Vec<&ExternalId> = merge_twins::links(self.state, self.from)
            .filter(|(external, fact)| {
                fact.valid.overlaps(&self.command.valid) && !goes.contains(external)
            })
            .map(|(external, _)| external)
            .collect();
        stays.dedup();
        if goes.len() * stays.len() > VERDICTS_MAX {
            return Err(Rejection::Invalid(format!(
                "{} ids that go and {} that stay make more than {VERDICTS_MAX} verdicts; \
                 split without keeping them apart, and judge the pairs that matter",
                goes.len(),
                stays.len()
            )));
        }
        let pairs = goes.iter().flat_map(|goes| stays.iter().map(move |stays| (goes, *stays)));
        let pairs = pairs.filter_map(|(goes, stays)| Pair::new(goes.clone(), stays.clone()));
        let (reason, valid) = (&self.command.reason, self.command.valid);
        let judge = |pair: Pair| {
            judge::verdict(self.state, &pair, Judgement::Different, reason, valid, context)
        };
        Ok(pairs.filter_map(judge).collect())
    }
}
