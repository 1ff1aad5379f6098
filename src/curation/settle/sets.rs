//! Which subjects are one thing: the surest pairs first, as far as what people decided and the models allow. Pure.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use super::plan::{Pair, Subject};
use crate::domain::id::TwinId;
use crate::domain::time::Interval;
use crate::dtdl::Dtmi;

/// What people decided about the subjects.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    /// Pairs that are one thing.
    pub same: BTreeSet<(usize, usize)>,
    /// Pairs that are two things, and when.
    pub apart: Vec<(usize, usize, Interval)>,
    /// Subjects that are not what a twin is, and when: they were told from an id of it.
    pub kept_from: Vec<(usize, TwinId, Interval)>,
}

/// Whether a model is another one, or a subtype of it.
pub type IsA<'a> = &'a dyn Fn(&Dtmi, &Dtmi) -> bool;

/// For each subject the set that it is in.
///
/// Subjects that mean one twin are in one set, whatever else; no other set holds two twins, two subjects that are judged
/// to be two things, or two models that exclude each other. So no third one brings together what may not be one.
pub fn sets(subjects: &[Subject], sure: &[Pair], judged: &Judged, is_a: IsA<'_>) -> Vec<usize> {
    let mut sets = Sets::new(subjects, judged, is_a);
    let mut of_twin: BTreeMap<TwinId, usize> = BTreeMap::new();
    for (place, subject) in subjects.iter().enumerate() {
        if let Some(twin) = subject.twin {
            sets.unite(*of_twin.entry(twin).or_insert(place), place);
        }
    }
    let mut sure = sure.to_vec();
    sure.sort_by(|x, y| y.probability.total_cmp(&x.probability).then((x.a, x.b).cmp(&(y.a, y.b))));
    let sure = sure.iter().map(|pair| (pair.a, pair.b));
    for (a, b) in judged.same.iter().copied().chain(sure) {
        if sets.may_unite(a, b) {
            sets.unite(a, b);
        }
    }
    sets.sets.into_labeling()
}

/// What holds of a set.
#[derive(Default)]
struct Held {
    twin: Option<TwinId>,
    /// The most specific model.
    model: Option<Dtmi>,
    /// Subjects that may not be in it.
    apart: Vec<usize>,
    /// Twins that may not be in it.
    kept_from: Vec<TwinId>,
}

struct Sets<'a> {
    sets: UnionFind<usize>,
    /// What holds of each set, at its representative.
    held: Vec<Held>,
    is_a: IsA<'a>,
}

impl<'a> Sets<'a> {
    fn new(subjects: &[Subject], judged: &Judged, is_a: IsA<'a>) -> Self {
        let held = |subject: &Subject| Held {
            twin: subject.twin,
            model: subject.model.clone(),
            ..Held::default()
        };
        let mut held: Vec<Held> = subjects.iter().map(held).collect();
        for (a, b, _) in &judged.apart {
            held[*a].apart.push(*b);
            held[*b].apart.push(*a);
        }
        for (place, twin, _) in &judged.kept_from {
            held[*place].kept_from.push(*twin);
        }
        Self { sets: UnionFind::new(subjects.len()), held, is_a }
    }

    fn may_unite(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        let (ours, theirs) = (&self.held[a], &self.held[b]);
        let is_twin_of = |twin: &TwinId, held: &Held| held.twin == Some(*twin);
        let twins_agree = ours.twin.is_none() || theirs.twin.is_none() || ours.twin == theirs.twin;
        let models_agree = match (&ours.model, &theirs.model) {
            (Some(one), Some(other)) => (self.is_a)(one, other) || (self.is_a)(other, one),
            (None, _) | (_, None) => true,
        };
        // What is told apart is noted on both sides.
        let are_apart = ours.apart.iter().any(|place| self.sets.find(*place) == b)
            || ours.kept_from.iter().any(|twin| is_twin_of(twin, theirs))
            || theirs.kept_from.iter().any(|twin| is_twin_of(twin, ours));
        a == b || (twins_agree && models_agree && !are_apart)
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.sets.find(a), self.sets.find(b));
        if !self.sets.union(a, b) {
            return;
        }
        let at = self.sets.find(a);
        let gone = std::mem::take(&mut self.held[if at == a { b } else { a }]);
        let held = &mut self.held[at];
        held.twin = held.twin.or(gone.twin);
        held.apart.extend(gone.apart);
        held.kept_from.extend(gone.kept_from);
        held.model = match (held.model.take(), gone.model) {
            (Some(one), Some(other)) if (self.is_a)(&other, &one) => Some(other),
            (one, other) => one.or(other),
        };
    }
}
