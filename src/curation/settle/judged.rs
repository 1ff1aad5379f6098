//! What people decided about the records that are matched.

use std::collections::HashMap;

use super::matching::Segment;
use super::past::{Past, RECORDS_A_LOOK};
use super::sets::Judged;
use crate::domain::curation::{Judgement, Verdict};
use crate::domain::id::{ExternalId, Position};
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::engine::Engine;

/// The verdicts on these records, as known at `known`, for the segments that they hold in.
pub fn judged(engine: &Engine, pasts: &[Past], segments: &[Segment], known: Position) -> Judged {
    let mut places: HashMap<&ExternalId, Vec<usize>> = HashMap::new();
    for (place, segment) in segments.iter().enumerate() {
        places.entry(&pasts[segment.past].key).or_default().push(place);
    }
    let about = About { segments, places: &places, known };
    let mut judged = Judged::default();
    for chunk in pasts.chunks(RECORDS_A_LOOK) {
        engine.read(|state| {
            for past in chunk {
                for (verdict, fact) in state.curations.verdicts_of(&past.key, known) {
                    about.take(state, &past.key, verdict, fact.valid, &mut judged);
                }
            }
        });
    }
    judged
}

struct About<'a> {
    segments: &'a [Segment],
    /// The segments of each record.
    places: &'a HashMap<&'a ExternalId, Vec<usize>>,
    known: Position,
}

impl About<'_> {
    /// Takes up a verdict as it is about one of its records.
    fn take(
        &self,
        state: &State,
        record: &ExternalId,
        verdict: &Verdict,
        valid: Interval,
        judged: &mut Judged,
    ) {
        let other = verdict.pair.other(record);
        let of = |key| self.places.get(key).into_iter().flatten().copied();
        for a in of(record) {
            let Some(ours) = self.segments[a].valid.and(&valid) else { continue };
            let pairs = of(other).filter(|b| a < *b);
            let shared = pairs.filter_map(|b| Some((b, ours.and(&self.segments[b].valid)?)));
            match verdict.judgement {
                Judgement::Same => judged.same.extend(shared.map(|(b, _)| (a, b))),
                Judgement::Different => {
                    judged.apart.extend(shared.map(|(b, when)| (a, b, when)));
                    let links = state.crosswalks.timeline(other).into_iter();
                    let links = links.flat_map(|links| links.known(self.known));
                    let kept =
                        links.filter_map(|link| Some((link.value.twin, link.valid.and(&ours)?)));
                    judged.kept_from.extend(kept.map(|(twin, when)| (a, twin, when)));
                }
            }
        }
    }
}
