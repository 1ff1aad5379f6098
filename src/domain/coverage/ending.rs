//! Mappings that are about to end, with nothing after them.

use crate::domain::fact::{Binding, Link};
use crate::domain::id::{ExternalId, StreamId};
use crate::domain::stream::Stream;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Fact, Timeline};
use crate::domain::view::View;

/// A mapping that is about to end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// What an external id means.
    Link(ExternalId),
    /// What a stream measures.
    Binding(StreamId),
}

impl View<'_> {
    /// When what an id means ends, if that is before `until`, and it means nothing after it.
    pub fn link_ending(&self, links: &Timeline<Link>, until: Timestamp) -> Option<Timestamp> {
        self.ending(links, until)
    }

    /// When what a stream measures ends, if that is before `until`, and it measures nothing after it.
    pub fn binding_ending(&self, stream: &Stream, until: Timestamp) -> Option<Timestamp> {
        self.ending::<Binding>(&stream.bindings, until)
    }

    fn ending<T: Clone + PartialEq>(
        &self,
        mapping: &Timeline<T>,
        until: Timestamp,
    ) -> Option<Timestamp> {
        let fact: &Fact<T> = mapping.at(self.scope.moment, self.scope.known)?;
        let ends = fact.valid.to;
        let goes_on = ends == Timestamp::MAX || mapping.at(ends, self.scope.known).is_some();
        (!goes_on && ends <= until).then_some(ends)
    }
}
