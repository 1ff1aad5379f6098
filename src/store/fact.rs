//! What stores ask of a fact row whatever its kind.

use crate::domain::fact::{FactKey, FactRow};
use crate::domain::id::Position;
use crate::domain::time::Interval;
use crate::domain::timeline::Fact;

/// The two times of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub valid: Interval,
    pub recorded_from: Position,
    pub recorded_to: Position,
}

impl Span {
    fn of<T>(fact: &Fact<T>) -> Self {
        Self { valid: fact.valid, recorded_from: fact.recorded_from, recorded_to: fact.recorded_to }
    }

    /// A fact with this span.
    pub(super) fn fact<T>(self, value: T) -> Fact<T> {
        Fact {
            valid: self.valid,
            recorded_from: self.recorded_from,
            recorded_to: self.recorded_to,
            value,
        }
    }
}

impl FactRow {
    /// The timeline that the fact is on.
    pub(super) fn key(&self) -> FactKey {
        match self {
            Self::Twin(id, _) => FactKey::Twin(*id),
            Self::Property(id, path, fact) => {
                FactKey::Property(*id, path.clone(), fact.value.source.clone())
            }
            Self::Relationship(ends, _) => FactKey::Relationship(ends.id()),
            Self::Crosswalk(external, _) => FactKey::Crosswalk(external.clone()),
            Self::Binding(stream, _) => FactKey::Binding(*stream),
            Self::Record(key, _) => FactKey::Record(key.clone()),
            Self::Curation(fact) => FactKey::Curation(fact.value.key()),
        }
    }

    /// When the fact held, and when it was believed.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Twin(_, fact) => Span::of(fact),
            Self::Property(_, _, fact) => Span::of(fact),
            Self::Relationship(_, fact) => Span::of(fact),
            Self::Crosswalk(_, fact) => Span::of(fact),
            Self::Binding(_, fact) => Span::of(fact),
            Self::Record(_, fact) => Span::of(fact),
            Self::Curation(fact) => Span::of(fact),
        }
    }

    /// Ends the fact at `position`.
    pub(super) fn set_recorded_to(&mut self, position: Position) {
        match self {
            Self::Twin(_, fact) => fact.recorded_to = position,
            Self::Property(_, _, fact) => fact.recorded_to = position,
            Self::Relationship(_, fact) => fact.recorded_to = position,
            Self::Crosswalk(_, fact) => fact.recorded_to = position,
            Self::Binding(_, fact) => fact.recorded_to = position,
            Self::Record(_, fact) => fact.recorded_to = position,
            Self::Curation(fact) => fact.recorded_to = position,
        }
    }
}
