//! A few records and those that they may be one thing with, by the index: as the run over all records would match them.

use std::collections::{BTreeMap, HashMap};

use tokio::runtime::Handle;

use super::commands::ACTOR;
use super::matching::{Matched, Reasons, Segment, Why, are_of_one_kind, events, segments, subject};
use super::past::{Past, pasts_of};
use super::plan::Pair;
use crate::curation::matcher::{Alike, Matcher};
use crate::curation::thresholds::Thresholds;
use crate::domain::id::{ExternalId, Position};
use crate::domain::reconcile::asset::history::latest;
use crate::dtdl::Catalogue;
use crate::engine::Engine;

/// Most records that mean nothing yet and are looked at because others may be one thing with them.
const OPEN_MAX: usize = 100;

/// What is needed to look around.
pub struct Around<'a> {
    /// Knows all records.
    pub matcher: &'a mut Matcher,
    /// Has their pasts.
    pub engine: &'a Engine,
    /// From which probability on pairs count.
    pub thresholds: Thresholds,
    /// The models.
    pub catalogue: &'a Catalogue,
    /// As of when: what is beyond may be taken back.
    pub known: Position,
}

/// The records that were found, by their places, and their pairs.
#[derive(Default)]
struct Found {
    pasts: Vec<Past>,
    segments: Vec<Segment>,
    places: HashMap<ExternalId, usize>,
    pairs: BTreeMap<(usize, usize), (f64, Reasons)>,
}

impl Around<'_> {
    /// Matches records that came with all others. Each is the last thing that its record meant: what it meant before is
    /// for the run over all records.
    ///
    /// The matcher takes the records in as they are given; if they are not kept, [`Around::forget`] takes them back.
    pub fn near(&mut self, came: Vec<Past>) -> (Vec<Past>, Matched) {
        // All are there before one is asked, so that two that come together find each other.
        for past in &came {
            self.matcher.take_in(&past.key, Some(past), self.catalogue);
        }
        let mut found = Found::default();
        for past in came {
            found.place(past);
        }
        let count = found.pasts.len();
        let (mut place, mut open) = (0, 0);
        while place < found.pasts.len() && open < OPEN_MAX {
            let is_new = place < count;
            if is_new || found.is_open(place) {
                open += usize::from(!is_new);
                let alike = self.matcher.alike(&found.pasts[place].key, self.thresholds.review);
                self.meet(&mut found, place, alike);
            }
            place += 1;
        }
        self.matched(found)
    }

    /// Makes the matcher know of these records only what is kept.
    pub fn forget<'b>(&mut self, staged: impl Iterator<Item = &'b ExternalId>) {
        let known = self.engine.head();
        for key in staged {
            let kept = self.past(key, known);
            self.matcher.take_in(key, kept.as_ref(), self.catalogue);
        }
    }

    /// What an id says, by its record and by its device; on a thread of its own.
    fn past(&self, key: &ExternalId, known: Position) -> Option<Past> {
        let asked = pasts_of(self.engine, [key.clone()], known);
        Handle::current().block_on(asked).0.pop()?.1
    }

    fn meet(&self, found: &mut Found, place: usize, alike: Vec<Alike>) {
        for Alike { key, probability, why } in alike {
            let other = match found.places.get(&key) {
                Some(other) => Some(*other),
                None => self.past(&key, self.known).and_then(|past| found.place(past)),
            };
            let Some(other) = other.filter(|other| *other != place) else { continue };
            let reasons = Reasons::of(&why);
            let told = if place < other { reasons } else { reasons.turned() };
            found.pairs.entry((place.min(other), place.max(other))).or_insert((probability, told));
        }
    }

    fn matched(&self, found: Found) -> (Vec<Past>, Matched) {
        let Found { pasts, segments, pairs: all, .. } = found;
        let (mut pairs, mut sure, mut told) = (Vec::new(), Vec::new(), HashMap::new());
        for ((a, b), (probability, reasons)) in all {
            if !are_of_one_kind(&pasts, self.catalogue, &segments[a], &segments[b]) {
                continue;
            }
            let pair = Pair { a, b, probability };
            // The index takes both for one thing exactly from one half on.
            if probability >= self.thresholds.link.max(0.5) {
                sure.push(pair);
            }
            pairs.push(pair);
            told.insert((a, b), reasons);
        }
        (pasts, Matched { segments, pairs, sure, why: Why::Told(told) })
    }
}

impl Found {
    /// Gives a record a place, unless it says nothing to match by.
    fn place(&mut self, past: Past) -> Option<usize> {
        past.versions.last().filter(|version| !version.identity.is_empty())?;
        let place = self.pasts.len();
        let (told, origins) = events(std::iter::once((0, &past)));
        let begins = latest(&told)?.begins;
        let starts = begins.into_iter().map(|event| origins[event]).collect();
        let last = segments(std::slice::from_ref(&past), starts).pop()?;
        self.places.insert(past.key.clone(), place);
        self.pasts.push(past);
        self.segments.push(Segment { past: place, ..last });
        Some(place)
    }

    /// Whether it is still to be decided what a record means.
    fn is_open(&self, place: usize) -> bool {
        subject(&self.pasts, &self.segments[place], ACTOR).twin.is_none()
    }
}
