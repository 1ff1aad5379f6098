//! What becomes of records that mean no twin yet. Pure: pairs and what was decided in, decisions out.

use std::collections::BTreeMap;

use super::sets::{IsA, Judged, sets};
use crate::domain::id::TwinId;
use crate::domain::time::Interval;
use crate::dtdl::Dtmi;

/// A stretch of a record's past, as far as deciding needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The twin that it means; nothing for one that is to be decided.
    pub twin: Option<TwinId>,
    /// When it holds.
    pub valid: Interval,
    /// The model of the thing, if its source tells.
    pub model: Option<Dtmi>,
    /// What the matching once took it for, and somebody took back.
    pub withdrawn: Vec<Withdrawn>,
}

/// A link of the matching that somebody took back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// When it held.
    pub valid: Interval,
    /// The twin that the id meant.
    pub twin: TwinId,
    /// Whether no id means that twin any more.
    pub is_bare: bool,
}

/// Two subjects and how probable it is that they are one thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// A subject, by its place.
    pub a: usize,
    /// Another, of a greater place.
    pub b: usize,
    /// From 0 to 1.
    pub probability: f64,
}

/// What a record turns out to mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Meaning {
    /// A twin that there is, because of a record that means it.
    Twin {
        /// The twin.
        twin: TwinId,
        /// The record that speaks for it most.
        because: usize,
        /// How sure.
        confidence: f64,
    },
    /// A thing that nobody told of yet, together with all records of the same number.
    New {
        /// The first record of the thing.
        first: usize,
        /// The record that speaks most for being the same thing; none for the first one.
        because: Option<usize>,
        /// How sure.
        confidence: f64,
    },
}

/// The decisions.
#[derive(Debug, Default, PartialEq)]
pub struct Plan {
    /// What undecided subjects mean, by their place. One that somebody untied from what it would mean again is not among
    /// them: a person has to decide it.
    pub meanings: BTreeMap<usize, Meaning>,
    /// Pairs of subjects of different things that a person has to look at, the most probable first.
    pub doubts: Vec<Pair>,
}

/// Things as they are after the decisions: twins, new ones by their first record, and records that stay undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Twin(TwinId),
    New(usize),
    Undecided(usize),
}

/// Decides the subjects that mean nothing yet.
///
/// `pairs` are those from the review threshold on, of which the `sure` ones are linked as far as `judged` and the models
/// allow. Subjects that mean a twin already stay with it, whatever the matcher says: that two twins look like one is a doubt
/// for a person.
pub fn plan(
    subjects: &[Subject],
    pairs: &[Pair],
    sure: &[Pair],
    judged: &Judged,
    is_a: IsA<'_>,
) -> Plan {
    let sets = sets(subjects, sure, judged, is_a);
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, set) in sets.iter().enumerate() {
        members.entry(*set).or_default().push(place);
    }
    let same = judged.same.iter().map(|(a, b)| Pair { a: *a, b: *b, probability: 1.0 });
    let mut inside: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
    for pair in same.chain(pairs.iter().copied()).filter(|pair| sets[pair.a] == sets[pair.b]) {
        inside.entry(sets[pair.a]).or_default().push(pair);
    }
    let mut plan = Plan::default();
    for (set, members) in &members {
        let evidence = inside.get(set).map_or(&[][..], Vec::as_slice);
        decide(subjects, members, evidence, &mut plan.meanings);
    }
    plan.doubts = doubts(subjects, &plan.meanings, pairs, judged);
    plan
}

impl Plan {
    /// Leaves only decisions by which subjects that are `asked` about join a twin that there is, and the doubts about them.
    pub fn limit_to(&mut self, asked: impl Fn(usize) -> bool) {
        self.meanings.retain(|place, meaning| match meaning {
            Meaning::Twin { .. } => asked(*place),
            Meaning::New { .. } => false,
        });
        self.doubts.retain(|pair| asked(pair.a) || asked(pair.b));
    }
}

/// Decides the undecided members of one set, which means one twin or none.
fn decide(
    subjects: &[Subject],
    members: &[usize],
    evidence: &[Pair],
    meanings: &mut BTreeMap<usize, Meaning>,
) {
    let known = members.iter().copied().find(|m| subjects[*m].twin.is_some());
    let twin = known.and_then(|known| subjects[known].twin);
    let is_open = |m: &usize| subjects[*m].twin.is_none() && !subjects[*m].is_left(twin);
    let open: Vec<usize> = members.iter().copied().filter(is_open).collect();
    let Some(first) = open.first().copied() else { return };
    for subject in open.iter().copied() {
        // The best partner that means the twin speaks for it; where there is none yet, the best one that comes to mean it.
        let speaks = |place: &usize| match twin {
            Some(_) => subjects[*place].twin.is_some(),
            None => open.binary_search(place).is_ok(),
        };
        let best = partners(evidence, subject).filter(|(other, _)| speaks(other)).max_by(order);
        // A member that only touches others of the set goes where they go.
        let (because, confidence) = best.unwrap_or((known.unwrap_or(first), weakest(evidence)));
        let meaning = match twin {
            Some(twin) => Meaning::Twin { twin, because, confidence },
            None if subject == first => Meaning::New { first, because: None, confidence: 1.0 },
            None => Meaning::New { first, because: Some(because), confidence },
        };
        meanings.insert(subject, meaning);
    }
}

impl Subject {
    /// Whether somebody untied it from what it would mean again: from that twin, or from one that nothing else means,
    /// when it would get a new one like it.
    fn is_left(&self, twin: Option<TwinId>) -> bool {
        self.withdrawn.iter().any(|withdrawn| match twin {
            Some(twin) => withdrawn.twin == twin,
            None => withdrawn.is_bare,
        })
    }
}

fn partners(pairs: &[Pair], of: usize) -> impl Iterator<Item = (usize, f64)> {
    pairs.iter().filter_map(move |pair| match (pair.a == of, pair.b == of) {
        (true, _) => Some((pair.b, pair.probability)),
        (_, true) => Some((pair.a, pair.probability)),
        (false, false) => None,
    })
}

/// The more probable one; of equals the one that came first.
fn order(one: &(usize, f64), other: &(usize, f64)) -> std::cmp::Ordering {
    one.1.total_cmp(&other.1).then(other.0.cmp(&one.0))
}

fn weakest(pairs: &[Pair]) -> f64 {
    pairs.iter().map(|pair| pair.probability).fold(1.0, f64::min)
}

/// The most probable pair of each two things that are still two, and that nobody told apart at that time.
fn doubts(
    subjects: &[Subject],
    meanings: &BTreeMap<usize, Meaning>,
    pairs: &[Pair],
    judged: &Judged,
) -> Vec<Pair> {
    let thing = |place: usize| match (subjects[place].twin, meanings.get(&place).copied()) {
        (Some(twin), _) | (None, Some(Meaning::Twin { twin, .. })) => Thing::Twin(twin),
        (None, Some(Meaning::New { first, .. })) => Thing::New(first),
        (None, None) => Thing::Undecided(place),
    };
    let both = |a: Thing, b: Thing| (a.min(b), a.max(b));
    let mut apart: BTreeMap<(Thing, Thing), Vec<Interval>> = BTreeMap::new();
    let pairs_apart = judged.apart.iter().map(|(a, b, when)| (both(thing(*a), thing(*b)), *when));
    let kept = judged.kept_from.iter();
    let kept = kept.map(|(a, twin, when)| (both(thing(*a), Thing::Twin(*twin)), *when));
    for (things, when) in pairs_apart.chain(kept) {
        apart.entry(things).or_default().push(when);
    }
    let mut best: BTreeMap<(Thing, Thing), Pair> = BTreeMap::new();
    for pair in pairs {
        let things = both(thing(pair.a), thing(pair.b));
        // Nobody can be asked whether two were one that never were there at the same time.
        let Some(shared) = subjects[pair.a].valid.and(&subjects[pair.b].valid) else { continue };
        let mut told = apart.get(&things).into_iter().flatten();
        if things.0 == things.1 || told.any(|when| when.overlaps(&shared)) {
            continue;
        }
        let held = best.entry(things).or_insert(*pair);
        if pair.probability > held.probability {
            *held = *pair;
        }
    }
    let mut doubts: Vec<Pair> = best.into_values().collect();
    doubts
        .sort_by(|x, y| y.probability.total_cmp(&x.probability).then((x.a, x.b).cmp(&(y.a, y.b))));
    doubts
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
