//! What becomes of records that mean no twin yet. Pure: pairs and clusters in, decisions out.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::TwinId;

/// A record, as far as deciding needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The twin that it means; nothing for a record that is to be decided.
    pub twin: Option<TwinId>,
}

/// Two subjects and how probable it is that they are one thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// A subject, by its place.
    pub a: usize,
    /// Another.
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
    /// What each undecided subject means, by its place.
    pub meanings: BTreeMap<usize, Meaning>,
    /// Pairs of subjects of different things that a person has to look at, the most probable first.
    pub doubts: Vec<Pair>,
}

/// Things as they are after the decisions: twins, and new ones by their first record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Twin(TwinId),
    New(usize),
}

/// Decides the subjects that mean nothing yet.
///
/// `clusters` says which subjects the matcher takes for one thing; those that mean a twin already
/// stay with it, whatever the matcher says: that two twins look like one is a doubt for a person.
/// `pairs` are those from the review threshold on; `apart` are those of which somebody decided that they are two
/// things: no pair of them counts, nor does one bring a record to the twin of the other.
pub fn plan(
    subjects: &[Subject],
    clusters: &[usize],
    pairs: &[Pair],
    apart: &BTreeSet<(usize, usize)>,
) -> Plan {
    let are_apart = |a: usize, b: usize| apart.contains(&(a.min(b), a.max(b)));
    let pairs: Vec<Pair> = pairs.iter().filter(|p| !are_apart(p.a, p.b)).copied().collect();
    let pairs = &pairs[..];
    let mut plan = Plan::default();
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, cluster) in clusters.iter().enumerate() {
        members.entry(*cluster).or_default().push(place);
    }
    let inside = pairs_inside(clusters, pairs);
    for (cluster, members) in &members {
        let evidence = inside.get(cluster).map_or(&[][..], Vec::as_slice);
        Cluster { subjects, members, evidence, are_apart: &are_apart }.decide(&mut plan.meanings);
    }
    plan.doubts = doubts(subjects, &plan.meanings, pairs);
    plan
}

fn pairs_inside(clusters: &[usize], pairs: &[Pair]) -> BTreeMap<usize, Vec<Pair>> {
    let mut inside: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
    for pair in pairs.iter().filter(|pair| clusters[pair.a] == clusters[pair.b]) {
        inside.entry(clusters[pair.a]).or_default().push(*pair);
    }
    inside
}

/// Subjects that the matcher takes for one thing.
struct Cluster<'a> {
    subjects: &'a [Subject],
    members: &'a [usize],
    /// The pairs among them that count.
    evidence: &'a [Pair],
    /// Whether somebody decided that two of them are two things.
    are_apart: &'a dyn Fn(usize, usize) -> bool,
}

impl Cluster<'_> {
    /// Decides the undecided members.
    fn decide(&self, meanings: &mut BTreeMap<usize, Meaning>) {
        // New things, each with those that mean it, the first one first.
        let mut things: Vec<Vec<usize>> = Vec::new();
        let undecided = self.members.iter().copied().filter(|m| self.subjects[*m].twin.is_none());
        for subject in undecided {
            let meaning = self.known(subject, meanings);
            let meaning = meaning.unwrap_or_else(|| self.thing(subject, &mut things));
            meanings.insert(subject, meaning);
        }
    }

    /// The twin in the cluster that a subject means, if it can mean one.
    fn known(&self, subject: usize, meanings: &BTreeMap<usize, Meaning>) -> Option<Meaning> {
        let means = |member: usize| match meanings.get(&member) {
            Some(Meaning::Twin { twin, .. }) => Some(*twin),
            _ => self.twin(member),
        };
        let barred: BTreeSet<TwinId> = self.apart_from(subject).filter_map(means).collect();
        let speaks = |place: usize| self.twin(place).is_some_and(|twin| !barred.contains(&twin));
        // The best partner speaks for the twin it means.
        let best =
            partners(self.evidence, subject).filter(|(other, _)| speaks(*other)).max_by(order);
        // A member that only touches others of the cluster goes where the nearest twin is.
        let reached = || self.members.iter().copied().find(|member| speaks(*member));
        let (because, confidence) =
            best.or_else(|| reached().map(|because| (because, weakest(self.evidence))))?;
        let twin = self.twin(because)?;
        Some(Meaning::Twin { twin, because, confidence })
    }

    /// The new thing that a subject means: one that others of the cluster mean, unless it is apart from one of them.
    fn thing(&self, subject: usize, things: &mut Vec<Vec<usize>>) -> Meaning {
        let parted = |thing: &Vec<usize>| thing.iter().any(|m| (self.are_apart)(*m, subject));
        let Some(thing) = things.iter_mut().find(|thing| !parted(thing)) else {
            things.push(vec![subject]);
            return Meaning::New { first: subject, because: None, confidence: 1.0 };
        };
        // Partners speak only where they mean no twin.
        let best =
            partners(self.evidence, subject).filter(|(other, _)| self.twin(*other).is_none());
        let best = best.max_by(order);
        thing.push(subject);
        let (because, confidence) = (best.map(|(other, _)| other), best.map_or(1.0, |(_, p)| p));
        Meaning::New { first: thing[0], because, confidence }
    }

    fn apart_from(&self, subject: usize) -> impl Iterator<Item = usize> {
        self.members.iter().copied().filter(move |member| (self.are_apart)(*member, subject))
    }

    fn twin(&self, member: usize) -> Option<TwinId> {
        self.subjects[member].twin
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

/// The most probable pair of each two things that are still two.
fn doubts(subjects: &[Subject], meanings: &BTreeMap<usize, Meaning>, pairs: &[Pair]) -> Vec<Pair> {
    let thing = |place: usize| match (subjects[place].twin, meanings.get(&place).copied()) {
        (Some(twin), _) | (None, Some(Meaning::Twin { twin, .. })) => Some(Thing::Twin(twin)),
        (None, Some(Meaning::New { first, .. })) => Some(Thing::New(first)),
        (None, None) => None,
    };
    let mut best: BTreeMap<(Thing, Thing), Pair> = BTreeMap::new();
    for pair in pairs {
        let (Some(a), Some(b)) = (thing(pair.a), thing(pair.b)) else { continue };
        if a == b {
            continue;
        }
        let held = best.entry((a.min(b), a.max(b))).or_insert(*pair);
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
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn twin(number: u128) -> TwinId {
        TwinId(Uuid::from_u128(number))
    }

    fn subjects(twins: &[u128]) -> Vec<Subject> {
        twins.iter().map(|n| Subject { twin: (*n > 0).then(|| twin(*n)) }).collect()
    }

    fn pair(a: usize, b: usize, probability: f64) -> Pair {
        Pair { a, b, probability }
    }

    #[test]
    fn a_record_joins_the_twin_of_the_record_that_fits_best() {
        let pairs = [pair(0, 2, 0.97), pair(1, 2, 0.99)];
        let plan = plan(&subjects(&[1, 1, 0]), &[0, 0, 0], &pairs, &BTreeSet::new());
        let meaning = Meaning::Twin { twin: twin(1), because: 1, confidence: 0.99 };
        assert_eq!(plan.meanings, BTreeMap::from([(2, meaning)]));
        assert!(plan.doubts.is_empty());
    }

    #[test]
    fn records_that_fit_each_other_and_no_twin_are_one_new_thing() {
        let plan = plan(&subjects(&[0, 0]), &[0, 0], &[pair(0, 1, 0.98)], &BTreeSet::new());
        let first = Meaning::New { first: 0, because: None, confidence: 1.0 };
        let second = Meaning::New { first: 0, because: Some(0), confidence: 0.98 };
        assert_eq!(plan.meanings, BTreeMap::from([(0, first), (1, second)]));
    }

    #[test]
    fn two_twins_that_look_like_one_are_a_doubt_and_stay_two() {
        let pairs = [pair(0, 1, 0.9), pair(0, 2, 0.97), pair(1, 2, 0.99)];
        let plan = plan(&subjects(&[1, 2, 0]), &[0, 0, 0], &pairs, &BTreeSet::new());
        let meaning = Meaning::Twin { twin: twin(2), because: 1, confidence: 0.99 };
        assert_eq!(plan.meanings, BTreeMap::from([(2, meaning)]));
        assert_eq!(plan.doubts, [pair(0, 2, 0.97)]);
    }

    #[test]
    fn a_record_that_may_be_a_twin_is_a_thing_of_its_own_and_a_doubt() {
        let plan = plan(&subjects(&[1, 0]), &[0, 1], &[pair(0, 1, 0.7)], &BTreeSet::new());
        let own = Meaning::New { first: 1, because: None, confidence: 1.0 };
        assert_eq!(plan.meanings, BTreeMap::from([(1, own)]));
        assert_eq!(plan.doubts, [pair(0, 1, 0.7)]);
    }

    #[test]
    fn a_record_that_is_apart_from_a_twin_s_record_is_a_thing_of_its_own_though_others_lead_there()
    {
        let pairs = [pair(0, 1, 0.99), pair(0, 2, 0.98), pair(1, 2, 0.97)];
        let plan = plan(&subjects(&[1, 0, 0]), &[0, 0, 0], &pairs, &BTreeSet::from([(0, 2)]));
        let joins = Meaning::Twin { twin: twin(1), because: 0, confidence: 0.99 };
        let own = Meaning::New { first: 2, because: None, confidence: 1.0 };
        assert_eq!(plan.meanings, BTreeMap::from([(1, joins), (2, own)]));
        assert_eq!(plan.doubts, [pair(1, 2, 0.97)]);
    }

    proptest! {
        #[test]
        fn records_that_are_apart_never_come_to_mean_one_thing(
            twins in prop::collection::vec(0u128..3, 1..10),
            raw in prop::collection::vec((0usize..10, 0usize..10, 0.5f64..1.0), 0..30),
            parted in prop::collection::btree_set((0usize..10, 0usize..10), 0..6),
        ) {
            let subjects = subjects(&twins);
            let fits = |a: usize, b: usize| a < b && b < subjects.len();
            let pairs: Vec<Pair> =
                raw.iter().filter(|r| fits(r.0, r.1)).map(|(a, b, p)| pair(*a, *b, *p)).collect();
            let apart: BTreeSet<(usize, usize)> =
                parted.into_iter().filter(|(a, b)| fits(*a, *b)).collect();
            let plan = plan(&subjects, &vec![0; subjects.len()], &pairs, &apart);
            let thing = |place: usize| match plan.meanings.get(&place) {
                Some(Meaning::Twin { twin, .. }) => Thing::Twin(*twin),
                Some(Meaning::New { first, .. }) => Thing::New(*first),
                None => Thing::Twin(subjects[place].twin.expect("it is decided")),
            };
            for (a, b) in apart {
                if subjects[a].twin.is_none() || subjects[b].twin.is_none() {
                    prop_assert_ne!(thing(a), thing(b), "{:?}", plan);
                }
            }
        }

        #[test]
        fn every_undecided_record_means_one_thing_and_decided_ones_are_left_alone(
            twins in prop::collection::vec(0u128..4, 1..12),
            clusters in prop::collection::vec(0usize..4, 12),
            raw in prop::collection::vec((0usize..12, 0usize..12, 0.5f64..1.0), 0..30),
        ) {
            let subjects = subjects(&twins);
            let clusters = &clusters[..subjects.len()];
            let fits = |(a, b, _): &(usize, usize, f64)| a != b && a.max(b) < &subjects.len();
            let pairs: Vec<Pair> =
                raw.iter().filter(|r| fits(r)).map(|(a, b, p)| pair(*a, *b, *p)).collect();
            let plan = plan(&subjects, clusters, &pairs, &BTreeSet::new());
            for (place, subject) in subjects.iter().enumerate() {
                prop_assert_eq!(plan.meanings.contains_key(&place), subject.twin.is_none());
            }
            for meaning in plan.meanings.values() {
                if let Meaning::New { first, .. } = meaning {
                    let own = matches!(plan.meanings[first], Meaning::New { because: None, .. });
                    prop_assert!(own, "{:?}", plan);
                }
            }
        }
    }
}
