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
        let mut open = valid.from;
        for fact in self.spans(Position::LATEST_KNOWN) {
            if fact.valid.contains(open) && same(&fact.value) {
                open = fact.valid.to;
                if open >= valid.to {
                    return true;
                }
            }
        }
        false
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
