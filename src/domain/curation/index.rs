//! All facts of curation, found by what they are about.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use uuid::Uuid;

use super::decision::DecisionId;
use super::fact::{Curation, CurationKey, CurationKind, Undone};
use super::task::Task;
use super::verdict::{Pair, Verdict};
use crate::domain::id::{ExternalId, Position, TaskId, TwinId};
use crate::domain::time::Interval;
use crate::domain::timeline::{Fact, Timeline};

/// Verdicts, redirects, tasks and what was undone, with their history.
#[derive(Debug, Default)]
pub struct Curations {
    timelines: BTreeMap<CurationKey, Timeline<Curation>>,
    /// Verdicts on a record, and tasks about it.
    by_record: HashMap<ExternalId, BTreeSet<CurationKey>>,
    /// Tasks about a twin, and redirects that ever led to it.
    by_twin: HashMap<TwinId, BTreeSet<CurationKey>>,
}

impl Curations {
    /// One timeline.
    pub fn timeline(&self, key: &CurationKey) -> Option<&Timeline<Curation>> {
        self.timelines.get(key)
    }

    /// Every timeline, in order of the keys.
    pub fn all(&self) -> impl Iterator<Item = (&CurationKey, &Timeline<Curation>)> {
        self.timelines.iter()
    }

    /// The verdicts on a record, as known at `known`.
    pub fn verdicts_of(
        &self,
        record: &ExternalId,
        known: Position,
    ) -> impl Iterator<Item = (&Verdict, &Fact<Curation>)> {
        let keys = self.by_record.get(record).into_iter().flatten();
        let facts = keys.filter_map(|key| self.timelines.get(key));
        facts.flat_map(move |t| t.known(known)).filter_map(|fact| match &fact.value {
            Curation::Verdict(verdict) => Some((&**verdict, fact)),
            Curation::Redirect(_) | Curation::Task(_) | Curation::Undone(_) => None,
        })
    }

    /// The verdicts on a pair, as known at `known`.
    pub fn verdicts_on(
        &self,
        pair: &Pair,
        known: Position,
    ) -> impl Iterator<Item = (&Verdict, &Fact<Curation>)> {
        let timeline = self.timelines.get(&CurationKey::verdict(pair));
        let facts = timeline.into_iter().flat_map(move |t| t.known(known));
        facts.filter_map(|fact| match &fact.value {
            Curation::Verdict(verdict) => Some((&**verdict, fact)),
            Curation::Redirect(_) | Curation::Task(_) | Curation::Undone(_) => None,
        })
    }

    /// The twin that a twin's id leads to, as known at `known`: itself unless it was merged away.
    pub fn current(&self, twin: TwinId, known: Position) -> TwinId {
        let mut seen = vec![twin];
        let mut at = twin;
        while let Some(next) = self.redirect(at, known) {
            if seen.contains(&next) {
                // Undone merges can leave a circle in what was believed; a twin in one is itself.
                return twin;
            }
            seen.push(next);
            at = next;
        }
        at
    }

    fn redirect(&self, from: TwinId, known: Position) -> Option<TwinId> {
        let timeline = self.timelines.get(&CurationKey::redirect(from))?;
        timeline.known(known).next()?.value.twin()
    }

    /// The twins that were merged into a twin, directly or on a way, as known at `known`; in order.
    pub fn former(&self, twin: TwinId, known: Position) -> BTreeSet<TwinId> {
        let mut found = BTreeSet::new();
        let mut open = vec![twin];
        while let Some(at) = open.pop() {
            let keys = self.by_twin.get(&at).into_iter().flatten();
            for key in keys.filter(|key| key.kind == CurationKind::Redirect) {
                let from = TwinId(key.id);
                if self.redirect(from, known) == Some(at) && from != twin && found.insert(from) {
                    open.push(from);
                }
            }
        }
        found
    }

    /// A task that is open at `known`.
    pub fn task(&self, id: TaskId, known: Position) -> Option<(&Task, &Fact<Curation>)> {
        open_task(self.timelines.get(&CurationKey::task(id))?, known)
    }

    /// The tasks that are open at `known`, in order of their ids.
    pub fn tasks(&self, known: Position) -> impl Iterator<Item = (&Task, &Fact<Curation>)> {
        let first = CurationKey { kind: CurationKind::Task, id: Uuid::nil() };
        let last = CurationKey { kind: CurationKind::Task, id: Uuid::max() };
        self.timelines.range(first..=last).filter_map(move |(_, t)| open_task(t, known))
    }

    /// The open tasks about a record.
    pub fn tasks_of_record(
        &self,
        record: &ExternalId,
        known: Position,
    ) -> impl Iterator<Item = &Task> {
        self.tasks_among(self.by_record.get(record), known)
    }

    /// The open tasks about a twin.
    pub fn tasks_of_twin(&self, twin: TwinId, known: Position) -> impl Iterator<Item = &Task> {
        self.tasks_among(self.by_twin.get(&twin), known)
    }

    fn tasks_among<'a>(
        &'a self,
        keys: Option<&'a BTreeSet<CurationKey>>,
        known: Position,
    ) -> impl Iterator<Item = &'a Task> {
        let keys = keys.into_iter().flatten().filter(|key| key.kind == CurationKind::Task);
        let timelines = keys.filter_map(|key| self.timelines.get(key));
        timelines.filter_map(move |t| open_task(t, known)).map(|(task, _)| task)
    }

    /// That a decision is undone, as known at `known`, and the entry that undid it.
    pub fn undone(&self, decision: DecisionId, known: Position) -> Option<(&Undone, Position)> {
        let timeline = self.timelines.get(&CurationKey::undone(decision))?;
        let fact = timeline.known(known).next()?;
        match &fact.value {
            Curation::Undone(undone) => Some((undone, fact.recorded_from)),
            Curation::Verdict(_) | Curation::Redirect(_) | Curation::Task(_) => None,
        }
    }

    /// States a fact.
    pub(in crate::domain) fn assert(
        &mut self,
        valid: Interval,
        value: &Curation,
        position: Position,
    ) {
        self.index(value);
        let timeline = self.timelines.entry(value.key()).or_default();
        timeline.assert(valid, value.clone(), position);
    }

    /// Ends facts.
    pub(in crate::domain) fn retract(
        &mut self,
        key: &CurationKey,
        valid: Interval,
        position: Position,
    ) {
        if let Some(timeline) = self.timelines.get_mut(key) {
            timeline.retract(valid, position);
        }
    }

    /// Puts back a fact that a store kept.
    pub(in crate::domain) fn restore(&mut self, fact: Fact<Curation>) {
        self.index(&fact.value);
        self.timelines.entry(fact.value.key()).or_default().restore(fact);
    }

    /// Takes back what the entry at `position` did to a timeline.
    pub(in crate::domain) fn roll_back(&mut self, key: &CurationKey, position: Position) {
        let Some(timeline) = self.timelines.get_mut(key) else {
            return;
        };
        let stated: Vec<Curation> =
            timeline.edits(position).map(|fact| fact.value.clone()).collect();
        timeline.roll_back(position);
        if timeline.is_empty() {
            self.timelines.remove(key);
            stated.iter().for_each(|value| self.forget(value));
        }
    }

    fn index(&mut self, value: &Curation) {
        let key = value.key();
        for record in value.records() {
            note(&mut self.by_record, record, key);
        }
        if let Some(twin) = value.twin() {
            note(&mut self.by_twin, &twin, key);
        }
    }

    fn forget(&mut self, value: &Curation) {
        let key = value.key();
        for record in value.records() {
            unnote(&mut self.by_record, record, &key);
        }
        if let Some(twin) = value.twin() {
            unnote(&mut self.by_twin, &twin, &key);
        }
    }
}

fn open_task(timeline: &Timeline<Curation>, known: Position) -> Option<(&Task, &Fact<Curation>)> {
    let fact = timeline.known(known).next()?;
    match &fact.value {
        Curation::Task(task) => Some((&**task, fact)),
        Curation::Verdict(_) | Curation::Redirect(_) | Curation::Undone(_) => None,
    }
}

fn note<K: Hash + Eq + Clone>(
    index: &mut HashMap<K, BTreeSet<CurationKey>>,
    about: &K,
    key: CurationKey,
) {
    match index.get_mut(about) {
        Some(keys) => {
            keys.insert(key);
        }
        None => {
            index.insert(about.clone(), BTreeSet::from([key]));
        }
    }
}

fn unnote<K: Hash + Eq>(
    index: &mut HashMap<K, BTreeSet<CurationKey>>,
    about: &K,
    key: &CurationKey,
) {
    if let Some(keys) = index.get_mut(about) {
        keys.remove(key);
        if keys.is_empty() {
            index.remove(about);
        }
    }
}
