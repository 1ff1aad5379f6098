//! A golden value, and a record that describes a twin.

use std::sync::Arc;

use serde_json::Value;

use crate::domain::fact::{Link, PropertyValue, SourceRecord};
use crate::domain::id::{ExternalId, Position};
use crate::domain::reconcile::survive::{Author, Claim};
use crate::domain::time::{Interval, Timestamp};
use crate::domain::timeline::Fact;

/// The value of a property, and who says so.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Golden<'a> {
    /// The value.
    pub value: &'a Value,
    /// Who says so.
    pub author: Author<'a>,
    /// When the author last touched it, as far as that is known.
    pub stated: Option<Timestamp>,
    /// When its author says so, and of this twin.
    pub valid: Interval,
    /// The entry from which on that was known.
    pub recorded_from: Position,
}

impl<'a> Golden<'a> {
    /// A value that was stated of the twin itself.
    pub(super) fn stated(fact: &'a Fact<PropertyValue>) -> Self {
        Self {
            value: &fact.value.value,
            author: author_of(fact),
            stated: date(fact.valid.from),
            valid: fact.valid,
            recorded_from: fact.recorded_from,
        }
    }

    /// A value that a claim brings.
    pub fn claimed(value: &'a Value, claim: &Claim<'a>) -> Self {
        Self {
            value,
            author: claim.author,
            stated: claim.stated,
            valid: claim.valid,
            recorded_from: claim.recorded_from,
        }
    }

    /// The system that says so; `None` for a steward's override.
    pub fn source(&self) -> Option<&'a Arc<str>> {
        match self.author {
            Author::Steward => None,
            Author::Source { system, .. } => Some(system),
        }
    }

    /// The record that says so.
    pub fn record(&self) -> Option<&'a ExternalId> {
        match self.author {
            Author::Steward => None,
            Author::Source { record, .. } => record,
        }
    }
}

/// A record that describes a twin at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Described<'a> {
    /// What its system calls the thing.
    pub key: &'a ExternalId,
    /// That this means the twin.
    pub link: &'a Fact<Link>,
    /// What the system says.
    pub record: &'a Fact<SourceRecord>,
}

impl Described<'_> {
    /// When the record says so and means the twin.
    pub fn valid(&self) -> Interval {
        let (link, record) = (self.link.valid, self.record.valid);
        Interval { from: link.from.max(record.from), to: link.to.min(record.to) }
    }

    /// When its source last touched it: as it says itself, else when it began to be so.
    pub fn stated(&self) -> Option<Timestamp> {
        self.record.value.stated.or_else(|| date(self.record.valid.from))
    }

    /// The entry from which on it was known.
    pub fn recorded_from(&self) -> Position {
        self.link.recorded_from.max(self.record.recorded_from)
    }
}

/// Who stated a value of the twin itself.
pub(super) fn author_of(fact: &Fact<PropertyValue>) -> Author<'_> {
    match &fact.value.source {
        None => Author::Steward,
        Some(system) => Author::Source { system, record: None },
    }
}

/// What has always been so has no date.
pub(super) fn date(from: Timestamp) -> Option<Timestamp> {
    (from != Timestamp::MIN).then_some(from)
}
