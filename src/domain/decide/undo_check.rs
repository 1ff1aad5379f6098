//! What holds on to a thing that is taken back, and what a thing that comes back holds on to.

use super::apart;
use super::check::{self, KNOWN};
use super::undo::Touched;
use crate::domain::change::Change;
use crate::domain::curation::{Curation, CurationKey};
use crate::domain::fact::{Ends, FactKey};
use crate::domain::graph::Direction;
use crate::domain::id::{ExternalId, Position, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::domain::timeline::Fact;
use crate::dtdl::ContentKind;

/// Checks that nothing later builds on what `changes` take back. The timelines of `touched` were
/// looked at before: what they hold is the undone entry's own.
pub fn check(
    state: &State,
    position: Position,
    touched: &Touched,
    changes: &[Change],
) -> Result<(), Rejection> {
    let check = Check { state, position, touched, changes };
    changes.iter().try_for_each(|change| match change {
        Change::TwinRetracted { twin, valid } => check.nothing_holds(*twin, *valid),
        Change::Linked { external, valid, link } => {
            check.exists(link.twin, *valid)?;
            check.is_not_apart(external, link.twin, *valid)
        }
        Change::Bound { valid, binding, .. } => check.exists(binding.twin, *valid),
        Change::PropertyAsserted { twin, valid, .. } => check.exists(*twin, *valid),
        Change::RelationshipAsserted { ends, valid, .. } => {
            check.exists(ends.source, *valid)?;
            check.exists(ends.target, *valid)?;
            check.has_room(ends, *valid)?;
            check.closes_no_circle(ends, *valid)
        }
        _ => Ok(()),
    })
}

/// A timeline in words.
pub fn named(key: &FactKey) -> String {
    match key {
        FactKey::Twin(twin) => format!("the existence of twin {twin}"),
        FactKey::Property(twin, path, _) => format!("`{path}` of twin {twin}"),
        FactKey::Relationship(id) => format!("relationship {id}"),
        FactKey::Crosswalk(external) => format!("what `{external}` means"),
        FactKey::Binding(stream) => format!("what stream {stream} measures"),
        FactKey::Record(key) => format!("record `{key}`"),
        FactKey::Curation(key) => format!("{} {}", key.kind.as_str(), key.id),
    }
}

struct Check<'a> {
    state: &'a State,
    position: Position,
    touched: &'a Touched,
    changes: &'a [Change],
}

impl Check<'_> {
    /// A later entry that counts: not one of a timeline that is taken back too.
    fn later(&self, key: FactKey, recorded_from: Position) -> Result<(), Rejection> {
        if recorded_from <= self.position || self.touched.contains_key(&key) {
            return Ok(());
        }
        Err(Rejection::ChangedLater { what: named(&key), position: recorded_from })
    }

    /// A twin that will not have existed: nothing may have come to hang on it since.
    fn nothing_holds(&self, twin: TwinId, valid: Interval) -> Result<(), Rejection> {
        for external in self.state.crosswalks.ids_ever(twin) {
            let timeline = self.state.crosswalks.timeline(external).into_iter();
            for fact in timeline.flat_map(|t| t.overlapping(valid)) {
                if fact.value.twin == twin {
                    self.later(FactKey::Crosswalk(external.clone()), fact.recorded_from)?;
                }
            }
        }
        for stream in self.state.streams.of_twin(twin) {
            for fact in stream.bindings.overlapping(valid).filter(|f| f.value.twin == twin) {
                self.later(FactKey::Binding(stream.id), fact.recorded_from)?;
            }
        }
        for direction in [Direction::Outgoing, Direction::Incoming] {
            for edge in self.state.graph.edges_ever(twin, direction) {
                for fact in edge.timeline.overlapping(valid) {
                    self.later(FactKey::Relationship(edge.id), fact.recorded_from)?;
                }
            }
        }
        let node = self.state.graph.twin(twin);
        for said in node.into_iter().flat_map(|n| n.statements()) {
            for fact in said.timeline.overlapping(valid) {
                let (path, source) = (said.path.clone(), said.source.clone());
                self.later(FactKey::Property(twin, path, source), fact.recorded_from)?;
            }
        }
        Ok(())
    }

    /// A twin that something comes back to must be there, if it was there then.
    fn exists(&self, twin: TwinId, valid: Interval) -> Result<(), Rejection> {
        let Some(node) = self.state.graph.twin(twin) else {
            return Ok(());
        };
        let key = CurationKey::redirect(twin);
        let redirect = self.state.curations.timeline(&key).and_then(|t| t.known(KNOWN).next());
        if let Some(redirect) = redirect
            && !self.touched.contains_key(&FactKey::Curation(key))
        {
            let position = redirect.recorded_from;
            return Err(Rejection::ChangedLater { what: named(&FactKey::Twin(twin)), position });
        }
        let before = Position(self.position.0.saturating_sub(1));
        let comes_back = self.changes.iter().any(|change| {
            matches!(change, Change::TwinAsserted { twin: back, valid: when, .. }
                if *back == twin && when.overlaps(&valid))
        });
        let existed = node.existence.known(before).any(|f| f.valid.overlaps(&valid));
        if comes_back || !existed || node.existence.overlapping(valid).next().is_some() {
            return Ok(());
        }
        let ended =
            node.existence.facts().map(|f| f.recorded_to).filter(|at| *at < Position::LATEST);
        let position = ended.max().unwrap_or(self.position);
        Err(Rejection::ChangedLater { what: named(&FactKey::Twin(twin)), position })
    }

    fn is_not_apart(
        &self,
        external: &ExternalId,
        twin: TwinId,
        valid: Interval,
    ) -> Result<(), Rejection> {
        let later = |fact: &Fact<Curation>| {
            fact.recorded_from > self.position
                && !self.touched.contains_key(&FactKey::Curation(fact.value.key()))
        };
        let mut verdicts = apart::verdicts(self.state, external, twin, valid);
        match verdicts.find(|(_, fact)| later(fact)) {
            Some((verdict, _)) => Err(apart::refusal(verdict)),
            None => Ok(()),
        }
    }

    /// A relationship that comes back must not be one too many.
    fn has_room(&self, ends: &Ends, valid: Interval) -> Result<(), Rejection> {
        let Some(max) = self.max(ends, valid) else {
            return Ok(());
        };
        let others = self.state.graph.edges_ever(ends.source, Direction::Outgoing);
        let others = others.filter(|e| e.ends.name == ends.name && e.ends != *ends);
        let standing = others.filter(|e| !self.touched.contains_key(&FactKey::Relationship(e.id)));
        let standing = standing.flat_map(|e| e.timeline.overlapping(valid).map(move |f| (e.id, f)));
        let held: Vec<_> = standing.collect();
        match held.iter().max_by_key(|(_, fact)| fact.recorded_from) {
            Some((id, fact)) if held.len() >= max as usize => {
                self.later(FactKey::Relationship(*id), fact.recorded_from)
            }
            _ => Ok(()),
        }
    }

    fn max(&self, ends: &Ends, valid: Interval) -> Option<u32> {
        let node = self.state.graph.twin(ends.source)?;
        let fact = node.existence.facts().find(|f| f.valid.overlaps(&valid))?;
        let interface = check::model(self.state, &fact.value.model).ok()?;
        match &interface.content(&ends.name)?.kind {
            ContentKind::Relationship { max_multiplicity, .. } => *max_multiplicity,
            _ => None,
        }
    }

    /// A place that comes back around another must not lie inside it by now, because of something later.
    fn closes_no_circle(&self, ends: &Ends, valid: Interval) -> Result<(), Rejection> {
        let places = &self.state.rules.places;
        let is_named = |names: &[String]| names.iter().any(|n| **n == *ends.name);
        let (inner, outer) = if is_named(&places.up) {
            (ends.source, ends.target)
        } else if is_named(&places.down) {
            (ends.target, ends.source)
        } else {
            return Ok(());
        };
        let mut seen = vec![(outer, false)];
        let mut open = vec![(outer, false)];
        while let Some((at, is_later)) = open.pop() {
            if at == inner && is_later {
                let (source_twin, target) = (ends.source, ends.target);
                let name = ends.name.to_string();
                return Err(Rejection::PlaceCircle { name, source_twin, target });
            }
            for (next, since) in self.around(at, valid) {
                let next = (next, is_later || since > self.position);
                if !seen.contains(&next) {
                    seen.push(next);
                    open.push(next);
                }
            }
        }
        Ok(())
    }

    /// The places directly around a twin and since which entry, without the relationships that are taken back.
    fn around(&self, twin: TwinId, valid: Interval) -> Vec<(TwinId, Position)> {
        let places = &self.state.rules.places;
        let moment = check::anchor(valid);
        let ways = [(Direction::Outgoing, &places.up), (Direction::Incoming, &places.down)];
        let mut found = Vec::new();
        for (direction, names) in ways {
            for edge in self.state.graph.edges_at(twin, direction, moment, KNOWN) {
                let is_place = names.iter().any(|n| **n == *edge.ends.name);
                let since = edge.timeline.at(moment, KNOWN).map(|fact| fact.recorded_from);
                if is_place && !self.touched.contains_key(&FactKey::Relationship(edge.id)) {
                    let next = match direction {
                        Direction::Outgoing => edge.ends.target,
                        Direction::Incoming => edge.ends.source,
                    };
                    found.extend(since.map(|since| (next, since)));
                }
            }
        }
        found
    }
}
