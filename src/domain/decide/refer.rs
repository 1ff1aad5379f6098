//! Relationships that rest on what records say: they hold while a record says so, between what its id and the other
//! one mean at each time. Several records may say the same; it ends where the last of them does not say it any more.

use super::check::{self, KNOWN};
use super::relate;
use crate::domain::change::Change;
use crate::domain::command::{Refer, Relate, TwinRef};
use crate::domain::fact::{Ends, JsonMap, Reference};
use crate::domain::graph::Direction;
use crate::domain::id::{ExternalId, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;

/// Joins two twins for the time in which the record says so.
pub fn decide(state: &State, command: &Refer) -> Result<Vec<Change>, Rejection> {
    let Refer { record, reference, valid } = command;
    let said = said(state, record, *valid).filter(|(said, _)| *said == reference);
    let said = joined(said.map(|(_, part)| part).collect());
    let meant: Vec<_> =
        said.iter().flat_map(|part| meant(state, record, reference, *part)).collect();
    if let (true, Some(first)) = (meant.is_empty(), said.first()) {
        for id in [record, &reference.other] {
            check::existing(state, &TwinRef::External(id.clone()), *first)?;
        }
    }
    let mut changes = Vec::new();
    for (own, other, part) in meant {
        changes.extend(related(state, &relation(reference, own, other, part))?);
    }
    Ok(changes)
}

/// Joins two twins. Where the model allows only one target and records name two for a while, as when one system is
/// late to tell of a move, what was stated first stays, and this holds for the rest of its time.
fn related(state: &State, relate: &Relate) -> Result<Vec<Change>, Rejection> {
    let refused = match relate::decide(state, relate) {
        Err(refused @ Rejection::TooManyTargets { max: 1, .. }) => refused,
        decided => return decided,
    };
    let (source, _) = check::existing(state, &relate.source, relate.valid)?;
    let (target, _) = check::existing(state, &relate.target, relate.valid)?;
    let others = state.graph.edges_ever(source, Direction::Outgoing);
    let others = others.filter(|edge| edge.ends.name == relate.name && edge.ends.target != target);
    let taken = others.flat_map(|edge| edge.timeline.overlapping(relate.valid)).map(|f| f.valid);
    let free = relate.valid.without_all(taken);
    if free.is_empty() {
        return Err(refused);
    }
    let free = free.into_iter().map(|valid| Relate { valid, ..relate.clone() });
    let decided = free.map(|relate| relate::decide(state, &relate));
    Ok(decided.collect::<Result<Vec<_>, Rejection>>()?.concat())
}

/// Ends what rests on the record's word during `valid`, when it says `instead` then.
pub fn unsaid(
    state: &State,
    record: &ExternalId,
    valid: Interval,
    instead: &[Reference],
) -> Vec<Change> {
    let mut changes = Vec::new();
    let counts = |by: &ExternalId, _: &Reference| by != record;
    for (reference, lost) in said(state, record, valid) {
        if instead.contains(reference) {
            continue;
        }
        for (own, other, part) in meant(state, record, reference, lost) {
            let ends = ends(reference, own, other);
            let mut still = stated(state, &ends, part, counts);
            // Another id of the same thing says the same.
            let same = instead.iter().filter(|r| is_alike(r, reference));
            let again = same.flat_map(|r| meanings(state, &r.other, part));
            still.extend(again.filter(|(twin, _)| *twin == other).map(|(_, part)| part));
            retract(state, &ends, part.without_all(still), &mut changes);
        }
    }
    changes
}

/// Takes what records say of an id along when it means `to`, or nothing, during `valid`: it ends at the twins that the
/// id meant before, and holds at the new one where the models allow it.
pub fn moved(state: &State, id: &ExternalId, to: Option<TwinId>, valid: Interval) -> Vec<Change> {
    let mut changes = Vec::new();
    let counts = |by: &ExternalId, reference: &Reference| by != id && reference.other != *id;
    let left = meanings(state, id, valid).into_iter().filter(|(from, _)| Some(*from) != to);
    for (from, part) in left {
        for Claim { reference, is_own, other, part } in claims(state, id, from, part) {
            let between = |twin| if is_own { (twin, other) } else { (other, twin) };
            let (own, target) = between(from);
            let ends = ends(reference, own, target);
            let lost = part.without_all(stated(state, &ends, part, counts));
            retract(state, &ends, lost, &mut changes);
            let Some((own, target)) = to.map(between) else { continue };
            // What does not fit there is told when the record is read again.
            let moved = relate::decide(state, &relation(reference, own, target, part));
            let new = moved.unwrap_or_default().into_iter();
            let new = new.filter(|change| !changes.iter().any(|c| is_same(c, change)));
            changes.extend(new.collect::<Vec<_>>());
        }
    }
    changes
}

/// What a record says about a twin while an id means it.
struct Claim<'a> {
    reference: &'a Reference,
    /// Whether the id's own record says so, or another one that refers to the id.
    is_own: bool,
    /// The twin at the other end.
    other: TwinId,
    part: Interval,
}

/// All that is said of a twin while the id means it.
fn claims<'a>(
    state: &'a State,
    id: &'a ExternalId,
    twin: TwinId,
    within: Interval,
) -> Vec<Claim<'a>> {
    let mut found = Vec::new();
    for (reference, part) in said(state, id, within) {
        let others = meanings(state, &reference.other, part).into_iter();
        let is_own = true;
        found.extend(others.map(|(other, part)| Claim { reference, is_own, other, part }));
    }
    let edges = |direction| state.graph.edges_ever(twin, direction);
    let outgoing = edges(Direction::Outgoing).map(|edge| (edge, edge.ends.target, true));
    let incoming = edges(Direction::Incoming).map(|edge| (edge, edge.ends.source, false));
    for (edge, other, is_incoming) in outgoing.chain(incoming) {
        if edge.timeline.overlapping(within).next().is_none() {
            continue;
        }
        for record in state.crosswalks.ids_ever(other) {
            let about = |r: &Reference| {
                r.other == *id && r.name == edge.ends.name && r.is_incoming == is_incoming
            };
            let about = said(state, record, within).filter(|(reference, _)| about(reference));
            for (reference, part) in about {
                let meant = meanings(state, record, part).into_iter();
                let meant = meant.filter(|(twin, _)| *twin == other);
                let is_own = false;
                found.extend(meant.map(|(other, part)| Claim { reference, is_own, other, part }));
            }
        }
    }
    found
}

/// All that a record refers to within an interval, and when.
fn said<'a>(
    state: &'a State,
    record: &ExternalId,
    within: Interval,
) -> impl Iterator<Item = (&'a Reference, Interval)> + use<'a> {
    let facts = state.records.timeline(record).into_iter();
    let facts = facts.flat_map(move |timeline| timeline.overlapping(within));
    facts.flat_map(move |fact| {
        let part = fact.valid.and(&within);
        fact.value.references.iter().filter_map(move |reference| Some((reference, part?)))
    })
}

/// When records say that a relationship holds; only what `counts` is asked.
fn stated(
    state: &State,
    ends: &Ends,
    within: Interval,
    counts: impl Fn(&ExternalId, &Reference) -> bool,
) -> Vec<Interval> {
    let mut found = Vec::new();
    let ways = [(ends.source, ends.target, false), (ends.target, ends.source, true)];
    for (own, other, is_incoming) in ways {
        for record in state.crosswalks.ids_ever(own) {
            let says = said(state, record, within).filter(|(r, _)| {
                r.name == ends.name && r.is_incoming == is_incoming && counts(record, r)
            });
            for (reference, part) in says {
                let meant = meant(state, record, reference, part).into_iter();
                let same = meant.filter(|(a, b, _)| (*a, *b) == (own, other));
                found.extend(same.map(|(_, _, part)| part));
            }
        }
    }
    found
}

/// The twins that a record and what it refers to mean, when.
fn meant(
    state: &State,
    record: &ExternalId,
    reference: &Reference,
    within: Interval,
) -> Vec<(TwinId, TwinId, Interval)> {
    let mut found = Vec::new();
    for (own, part) in meanings(state, record, within) {
        let others = meanings(state, &reference.other, part).into_iter();
        found.extend(others.map(|(other, part)| (own, other, part)));
    }
    found
}

/// The twins that an id means within an interval, in order.
fn meanings(state: &State, id: &ExternalId, within: Interval) -> Vec<(TwinId, Interval)> {
    let facts = state.crosswalks.timeline(id).into_iter().flat_map(|t| t.spans(KNOWN));
    let parts = facts.filter_map(|fact| Some((fact.value.twin, fact.valid.and(&within)?)));
    let mut found: Vec<(TwinId, Interval)> = Vec::new();
    for (twin, part) in parts {
        match found.last_mut() {
            Some((last, held)) if *last == twin && held.to == part.from => held.to = part.to,
            Some(_) | None => found.push((twin, part)),
        }
    }
    found
}

fn joined(mut parts: Vec<Interval>) -> Vec<Interval> {
    parts.sort_by_key(|part| part.from);
    let mut joined: Vec<Interval> = Vec::new();
    for part in parts {
        match joined.last_mut() {
            Some(last) if last.to >= part.from => last.to = last.to.max(part.to),
            Some(_) | None => joined.push(part),
        }
    }
    joined
}

fn retract(state: &State, ends: &Ends, lost: Vec<Interval>, changes: &mut Vec<Change>) {
    let Some(edge) = state.graph.edge(ends.id()) else { return };
    for valid in lost {
        let change = Change::RelationshipRetracted { id: edge.id, valid };
        let is_new = !changes.iter().any(|c| is_same(c, &change));
        if is_new && edge.timeline.overlapping(valid).next().is_some() {
            changes.push(change);
        }
    }
}

/// Whether two changes of relationships are the same one.
fn is_same(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (
            Change::RelationshipAsserted { ends, valid, .. },
            Change::RelationshipAsserted { ends: other, valid: also, .. },
        ) => (ends, valid) == (other, also),
        (
            Change::RelationshipRetracted { id, valid },
            Change::RelationshipRetracted { id: other, valid: also },
        ) => (id, valid) == (other, also),
        _ => false,
    }
}

fn is_alike(one: &Reference, other: &Reference) -> bool {
    (&one.name, one.is_incoming) == (&other.name, other.is_incoming)
}

/// The relationship's ends, with the record's own twin first.
fn ends(reference: &Reference, own: TwinId, other: TwinId) -> Ends {
    let (source, target) = if reference.is_incoming { (other, own) } else { (own, other) };
    Ends { source, name: reference.name.clone(), target, key: "".into() }
}

fn relation(reference: &Reference, own: TwinId, other: TwinId, valid: Interval) -> Relate {
    let Ends { source, name, target, key } = ends(reference, own, other);
    let (source, target) = (TwinRef::Id(source), TwinRef::Id(target));
    Relate { source, name, target, key, properties: JsonMap::new(), valid, gives_way: false }
}
