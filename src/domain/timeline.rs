//! Bitemporal timelines: what was true when (valid time), and when we knew it (positions in the log).
//!
//! One generic type serves twins, properties, relationships, crosswalks, bindings and source records.

use smallvec::SmallVec;

use super::id::Position;
use super::time::{Interval, Timestamp};

/// One fact: `value` held during `valid`, and was believed from `recorded_from` until `recorded_to`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact<T> {
    /// When it was true.
    pub valid: Interval,
    /// The entry that stated it.
    pub recorded_from: Position,
    /// The entry that withdrew or replaced it; [`Position::LATEST`] while it stands.
    pub recorded_to: Position,
    /// What was true.
    pub value: T,
}

impl<T> Fact<T> {
    /// Whether the fact was believed at `known`.
    pub fn believed(&self, known: Position) -> bool {
        self.recorded_from <= known && known < self.recorded_to
    }

    /// Whether the fact still stands.
    pub fn stands(&self) -> bool {
        self.recorded_to == Position::LATEST
    }
}

/// A set of facts of which, at any position, no two overlap in valid time.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline<T> {
    facts: SmallVec<[Fact<T>; 1]>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self { facts: SmallVec::new() }
    }
}

impl<T: Clone + PartialEq> Timeline<T> {
    /// States that `value` holds during `valid`, replacing whatever was believed of that time.
    pub fn assert(&mut self, valid: Interval, value: T, position: Position) {
        self.retract(valid, position);
        self.facts.push(Fact {
            valid,
            recorded_from: position,
            recorded_to: Position::LATEST,
            value,
        });
    }

    /// States that nothing holds during `valid`.
    pub fn retract(&mut self, valid: Interval, position: Position) {
        let mut remainders: SmallVec<[Fact<T>; 2]> = SmallVec::new();
        for fact in self.facts.iter_mut().filter(|f| f.stands() && f.valid.overlaps(&valid)) {
            for part in fact.valid.without(&valid) {
                remainders.push(Fact {
                    valid: part,
                    recorded_from: position,
                    recorded_to: Position::LATEST,
                    value: fact.value.clone(),
                });
            }
            fact.recorded_to = position;
        }
        // What one entry states and withdraws again was never known.
        self.facts.retain(|f| f.recorded_from < f.recorded_to);
        self.facts.extend(remainders);
    }

    /// Takes back all that the entry at `position` did. Only the last entry can be taken back.
    pub fn roll_back(&mut self, position: Position) {
        self.facts.retain(|f| f.recorded_from != position);
        for fact in self.facts.iter_mut().filter(|f| f.recorded_to == position) {
            fact.recorded_to = Position::LATEST;
        }
    }

    /// Puts back a fact that a store kept.
    pub fn restore(&mut self, fact: Fact<T>) {
        self.facts.push(fact);
    }

    /// The fact that held at `moment`, as known at `known`.
    pub fn at(&self, moment: Timestamp, known: Position) -> Option<&Fact<T>> {
        self.facts.iter().find(|f| f.believed(known) && f.valid.contains(moment))
    }

    /// The facts as known at `known`, in no particular order.
    pub fn known(&self, known: Position) -> impl Iterator<Item = &Fact<T>> {
        self.facts.iter().filter(move |f| f.believed(known))
    }

    /// The facts as known at `known`, by valid time.
    pub fn spans(&self, known: Position) -> Vec<&Fact<T>> {
        let mut spans: Vec<_> = self.known(known).collect();
        spans.sort_by_key(|f| f.valid.from);
        spans
    }

    /// The standing facts that share a moment with `valid`.
    pub fn overlapping(&self, valid: Interval) -> impl Iterator<Item = &Fact<T>> {
        self.facts.iter().filter(move |f| f.stands() && f.valid.overlaps(&valid))
    }

    /// Whether facts that satisfy `same` already cover the whole of `valid`: then stating it again changes nothing.
    pub fn says(&self, valid: Interval, same: impl Fn(&T) -> bool) -> bool {
        self.said(valid, Position::LATEST_KNOWN, same)
    }

    /// Whether facts that satisfy `same` cover the whole of `valid`, as known at `known`.
    pub fn said(&self, valid: Interval, known: Position, same: impl Fn(&T) -> bool) -> bool {
        let mut open = valid.from;
        for fact in self.spans(known) {
            if fact.valid.contains(open) && same(&fact.value) {
                open = fact.valid.to;
                if open >= valid.to {
                    return true;
                }
            }
        }
        false
    }

    /// Where the entry at `position` changed what is believed: before, and since.
    pub fn differences(&self, position: Position) -> Vec<(Interval, Option<&T>, Option<&T>)> {
        let before = Position(position.0.saturating_sub(1));
        let parts = self.parts(&[Interval::ALWAYS], &[before, position]);
        let said = |part: &Interval, known| self.at(part.from, known).map(|f| &f.value);
        let both = parts.into_iter().map(|p| (p, said(&p, before), said(&p, position)));
        both.filter(|(_, was, is)| was != is).collect()
    }

    /// Whether just this was said of just this time once, and what `counts` stands in that time now: the rest was decided
    /// otherwise since.
    pub fn was_cut(
        &self,
        valid: Interval,
        is_it: impl Fn(&T) -> bool,
        counts: impl Fn(&T) -> bool,
    ) -> bool {
        self.facts.iter().any(|fact| fact.valid == valid && is_it(&fact.value))
            && self.overlapping(valid).any(|fact| counts(&fact.value))
    }

    /// Facts that were taken back, as known at `known`, and the parts of their time for which they were: since then nothing
    /// is believed of it, or again what was believed before the fact.
    pub fn taken_back(&self, known: Position) -> impl Iterator<Item = (&Fact<T>, Interval)> {
        let ended = self.facts.iter().filter(move |fact| fact.recorded_to <= known);
        ended.flat_map(|fact| {
            let before = Position(fact.recorded_from.0.saturating_sub(1));
            let parts = self.parts(&[fact.valid], &[before, fact.recorded_to]);
            let said = |part: &Interval, known| self.at(part.from, known).map(|f| &f.value);
            let is_back = move |part: &Interval| {
                let since = said(part, fact.recorded_to);
                since.is_none_or(|s| *s != fact.value && Some(s) == said(part, before))
            };
            parts.into_iter().filter(is_back).map(move |part| (fact, part))
        })
    }

    /// What takes back the entry at `position` inside `within`: intervals, and what was believed
    /// of each before; nothing, where that is `None`.
    ///
    /// # Errors
    /// The position of a later entry that changed the same time again.
    pub fn take_back(
        &self,
        position: Position,
        within: &[Interval],
    ) -> Result<Vec<(Interval, Option<T>)>, Position> {
        let before = Position(position.0.saturating_sub(1));
        let mut restored: Vec<(Interval, Option<&Fact<T>>)> = Vec::new();
        for part in self.parts(within, &[before, position, Position::LATEST_KNOWN]) {
            let fact = self.at(part.from, before);
            let said = |known| self.at(part.from, known).map(|f| &f.value);
            let (was, became) = (fact.map(|f| &f.value), said(position));
            if was == became {
                continue;
            }
            if said(Position::LATEST_KNOWN) != became {
                return Err(self.changed_after(position, part.from));
            }
            match restored.last_mut() {
                // Parts of one fact come back as one; two facts stay two, even of one value.
                Some((last, value)) if last.to == part.from && is_same(*value, fact) => {
                    last.to = part.to;
                }
                _ => restored.push((part, fact)),
            }
        }
        let values = restored.into_iter().map(|(part, fact)| (part, fact.map(|f| f.value.clone())));
        Ok(self.whole(position, values.collect()))
    }

    /// `within`, cut where what is believed at one of these positions changes; in order.
    fn parts(&self, within: &[Interval], known: &[Position]) -> Vec<Interval> {
        let facts = self.facts.iter().filter(|f| known.iter().any(|known| f.believed(*known)));
        let edges = facts.flat_map(|f| [f.valid.from, f.valid.to]);
        let mut edges: Vec<Timestamp> =
            edges.chain(within.iter().flat_map(|i| [i.from, i.to])).collect();
        edges.sort_unstable();
        edges.dedup();
        let parts = edges.windows(2).map(|pair| Interval { from: pair[0], to: pair[1] });
        parts.filter(|part| within.iter().any(|interval| interval.covers(part))).collect()
    }

    /// The first entry after `position` that changed what was believed of `moment`.
    fn changed_after(&self, position: Position, moment: Timestamp) -> Position {
        let said = |known| self.at(moment, known).map(|f| &f.value);
        let about = self.facts.iter().filter(|f| f.valid.contains(moment));
        let mut later: Vec<Position> = about
            .flat_map(|f| [f.recorded_from, f.recorded_to])
            .filter(|at| *at > position && *at < Position::LATEST)
            .collect();
        later.sort_unstable();
        let changed = later.into_iter().find(|at| said(*at) != said(position));
        changed.unwrap_or(position)
    }

    /// Where all of a fact that the entry ended holds again, it is restored whole: what was one fact
    /// does not come back as several.
    fn whole(
        &self,
        position: Position,
        mut restored: Vec<(Interval, Option<T>)>,
    ) -> Vec<(Interval, Option<T>)> {
        for fact in self.facts.iter().filter(|f| f.recorded_to == position) {
            let back = |(part, value): &(Interval, Option<T>)| {
                value.as_ref() == Some(&fact.value) && fact.valid.covers(part)
            };
            let (again, ended): (Vec<_>, Vec<_>) = restored.iter().partition(|part| back(part));
            let again: Vec<Interval> = again.iter().map(|(part, _)| *part).collect();
            let ended: Vec<Interval> = ended.iter().map(|(part, _)| *part).collect();
            let held = self.overlapping(fact.valid).filter(|f| f.value == fact.value);
            let held: Vec<Interval> =
                held.flat_map(|f| f.valid.without_all(ended.iter().copied())).collect();
            let is_whole = again.is_empty() && held.contains(&fact.valid);
            let covered = again.into_iter().chain(held);
            if !is_whole && fact.valid.without_all(covered).is_empty() {
                restored.retain(|part| !back(part));
                restored.push((fact.valid, Some(fact.value.clone())));
            }
        }
        restored.sort_by_key(|(part, _)| part.from);
        restored
    }

    /// Every fact ever recorded.
    pub fn facts(&self) -> impl Iterator<Item = &Fact<T>> {
        self.facts.iter()
    }

    /// What the entry at `position` added, and what it ended.
    pub fn edits(&self, position: Position) -> impl Iterator<Item = &Fact<T>> {
        self.facts.iter().filter(move |f| f.recorded_from == position || f.recorded_to == position)
    }

    /// Whether nothing was ever recorded.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }
}

fn is_same<T>(one: Option<&T>, other: Option<&T>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => std::ptr::eq(one, other),
        _ => false,
    }
}
