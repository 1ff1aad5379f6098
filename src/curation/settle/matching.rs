//! Records over time → segments that each mean one thing, and how probable it is that two are one.

use std::collections::HashMap;

use super::kinds::kinds;
use super::past::{Past, Version, day};
use super::plan::{Pair, Subject};
use crate::curation::thresholds::Thresholds;
use crate::curation::work::{Stage, Telling};
use crate::domain::curation::Weight;
use crate::domain::id::{ExternalId, TwinId};
use crate::domain::reconcile::asset::explain::explain;
use crate::domain::reconcile::asset::history::{Event, Traced, trace};
use crate::domain::reconcile::asset::links::{Link, links};
use crate::domain::reconcile::asset::sheet::FIELD_NAMES;
use crate::domain::reconcile::{Explanation, Step};
use crate::domain::time::{Interval, Timestamp};
use crate::dtdl::{Catalogue, Dtmi};

/// Between system and scope where both name a source: it is in no name.
const SEPARATOR: char = '\u{1f}';

/// A part of a record's past in which it describes one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Which past, by its place.
    pub past: usize,
    /// Which version it begins with.
    pub version: usize,
    /// When it holds: until the next segment begins, so that what comes late still finds it.
    pub valid: Interval,
}

/// What matching found.
pub struct Matched {
    /// All segments, in the order of their kinds, their records and of time.
    pub segments: Vec<Segment>,
    /// Pairs of segments from the review threshold on.
    pub pairs: Vec<Pair>,
    /// Pairs that are sure enough to be linked.
    pub sure: Vec<Pair>,
    /// What stands for and against them.
    pub why: Why,
}

/// Where reasons come from.
pub enum Why {
    /// From runs over all records, pair by pair as they are asked for.
    Runs(Runs),
    /// They are told; the left values are those of the lesser segment.
    Told(HashMap<(usize, usize), Reasons>),
}

/// A run for each kind of thing.
pub struct Runs {
    runs: Vec<Run>,
    /// The place of each pair, and the link that it comes from: its run, and its number there.
    index: HashMap<(usize, usize), (usize, (usize, usize))>,
}

/// All that was found among the records of one kind.
struct Run {
    traced: Traced,
    /// The segment that each traced one belongs to.
    places: Vec<usize>,
    /// The first traced one of each segment.
    firsts: Vec<usize>,
    links: Vec<Link>,
    /// How many segments stand before its own.
    before: usize,
}

/// What stands for or against a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasons {
    /// Comparison by comparison, first what says most.
    pub weights: Vec<Weight>,
    /// The same in a few words.
    pub words: String,
}

/// Matches all records. Takes seconds for a hundred thousand: not for a thread that others wait for.
///
/// Records whose models are not of one kind, such as a position and a unit, are never one thing. Each kind is matched by
/// itself, so that what is learnt of one says nothing of another. `telling` hears how many records are done.
pub fn matched(
    pasts: &[Past],
    thresholds: &Thresholds,
    catalogue: &Catalogue,
    telling: &Telling,
) -> Matched {
    let (mut found, mut runs): (Vec<Segment>, Vec<Run>) = Default::default();
    let mut done = 0;
    for kind in kinds(pasts, catalogue) {
        telling.at(Stage::Comparing, done, pasts.len());
        done += kind.len();
        let (events, origins) = events(kind.iter().map(|place| (*place, &pasts[*place])));
        let traced = trace(&events);
        let begins: Vec<(usize, usize)> = traced.spans.iter().map(|s| origins[s.from]).collect();
        let (places, firsts) = joined(&begins, &traced.found.units);
        let before = found.len();
        found.extend(segments(pasts, firsts.iter().map(|first| begins[*first]).collect()));
        let links = links(&traced.found);
        runs.push(Run { traced, places, firsts, links, before });
    }
    let segments = found;
    let mut sure: Vec<Pair> = Vec::new();
    let (mut pairs, mut index): (Vec<Pair>, HashMap<_, (usize, _)>) = Default::default();
    let all = runs.iter().enumerate().flat_map(|(at, run)| {
        run.links.iter().enumerate().map(move |(number, link)| (run, link, (at, number)))
    });
    for (run, link, origin) in all {
        let (a, b) = (run.segment(link.a), run.segment(link.b));
        let pair = Pair { a: a.min(b), b: a.max(b), probability: link.probability() };
        let fits = pair.probability >= thresholds.review;
        if a == b || !fits || !are_of_one_kind(pasts, catalogue, &segments[a], &segments[b]) {
            continue;
        }
        if pair.probability >= thresholds.link && run.is_one(a, b) {
            sure.push(pair);
        }
        // Several versions of a record may fit; the best one speaks for it.
        let (place, held_origin) = index.entry((pair.a, pair.b)).or_insert((pairs.len(), origin));
        match pairs.get_mut(*place) {
            None => pairs.push(pair),
            Some(held) if pair.probability > held.probability => {
                *held = pair;
                *held_origin = origin;
            }
            Some(_) => {}
        }
    }
    Matched { segments, pairs, sure, why: Why::Runs(Runs { runs, index }) }
}

impl Run {
    /// The segment that a row of the run is of, among all.
    fn segment(&self, row: u32) -> usize {
        self.before + self.places[self.traced.found.world.facts[row as usize].segment as usize]
    }

    /// Whether two segments were found to be one thing.
    fn is_one(&self, a: usize, b: usize) -> bool {
        let unit = |segment: usize| self.traced.found.units[self.firsts[segment - self.before]];
        unit(a) == unit(b)
    }
}

/// Neighbouring stretches of one record that turned out to be one unit are one segment, as when a text was only edited: for
/// each stretch, which begins with a version of a record, its segment, and for each segment its first stretch.
fn joined(begins: &[(usize, usize)], units: &[u32]) -> (Vec<usize>, Vec<usize>) {
    let (mut places, mut firsts) = (Vec::with_capacity(begins.len()), Vec::new());
    for at in 0..begins.len() {
        let goes_on = at > 0 && begins[at - 1].0 == begins[at].0 && units[at - 1] == units[at];
        if !goes_on {
            firsts.push(at);
        }
        places.push(firsts.len() - 1);
    }
    (places, firsts)
}

/// Whether the models of two segments allow that they are one thing.
pub fn are_of_one_kind(pasts: &[Past], catalogue: &Catalogue, a: &Segment, b: &Segment) -> bool {
    match (model_of(pasts, a), model_of(pasts, b)) {
        (Some(a), Some(b)) => catalogue.is_a(a, b) || catalogue.is_a(b, a),
        (None, _) | (_, None) => true,
    }
}

fn model_of<'a>(pasts: &'a [Past], segment: &Segment) -> Option<&'a Dtmi> {
    pasts[segment.past].versions[segment.version].model.as_ref()
}

/// Pasts, each with its place, as a feed; for each event its record and version.
pub fn events<'a>(
    pasts: impl Iterator<Item = (usize, &'a Past)>,
) -> (Vec<Event>, Vec<(usize, usize)>) {
    let (mut events, mut origins) = (Vec::new(), Vec::new());
    for (place, past) in pasts {
        let (system, id) = (source_of(&past.key), past.key.id.to_string());
        let mut tell = |version: usize, at: Timestamp, texts: Option<Vec<String>>| {
            events.push(Event { system: system.clone(), id: id.clone(), at: day(at), texts });
            origins.push((place, version));
        };
        for (number, version) in past.versions.iter().enumerate() {
            // A device may have run for years before it first said what it is.
            let is_unknown = number == 0 && !past.is_recorded;
            let from = if is_unknown { Timestamp::MIN } else { version.valid.from };
            tell(number, from, Some(texts_of(version)));
            let next = past.versions.get(number + 1).map(|next| next.valid.from);
            let ends = version.valid.to < Timestamp::MAX && next != Some(version.valid.to);
            if ends {
                tell(number, version.valid.to, None);
            }
        }
    }
    (events, origins)
}

/// What a version says, field by field in the order of the matching's fields.
pub fn texts_of(version: &Version) -> Vec<String> {
    let text = |name: &&str| version.identity.get(*name).map(|t| t.to_string());
    FIELD_NAMES.iter().map(|name| text(name).unwrap_or_default()).collect()
}

/// What counts as one source: a system, or a scope of it that numbers for itself.
pub fn source_of(key: &ExternalId) -> String {
    if key.scope.is_empty() {
        return key.system.to_string();
    }
    format!("{}{SEPARATOR}{}", key.system, key.scope)
}

/// The segments that begin with these versions of these records, both by their places.
pub fn segments(pasts: &[Past], starts: Vec<(usize, usize)>) -> Vec<Segment> {
    let end = |number: usize, past: usize| match starts.get(number + 1) {
        Some((next, version)) if *next == past => pasts[past].versions[*version].valid.from,
        _ => Timestamp::MAX,
    };
    let segment = |(number, (past, version)): (usize, &(usize, usize))| {
        let from = pasts[*past].versions[*version].valid.from;
        let valid = Interval { from, to: end(number, *past) };
        Segment { past: *past, version: *version, valid }
    };
    starts.iter().enumerate().map(segment).collect()
}

/// A segment as a subject: what is linked by anyone stays, but a link of the matching's own says nothing of a later
/// segment that it only happens to reach into.
pub fn subject(pasts: &[Past], segment: &Segment, own: &str) -> Subject {
    let twin = |segment: &Segment| -> Option<TwinId> {
        let (held, link) = pasts[segment.past].link_in(segment.valid)?;
        let reaches_in = segment.version > 0 && held.from < segment.valid.from;
        (!reaches_in || *link.decider != *own).then_some(link.twin)
    };
    Subject {
        twin: twin(segment),
        valid: segment.valid,
        model: model_of(pasts, segment).cloned(),
        withdrawn: pasts[segment.past].withdrawn_in(segment.valid),
    }
}

impl Matched {
    /// The segments as subjects.
    pub fn subjects(&self, pasts: &[Past], own: &str) -> Vec<Subject> {
        self.segments.iter().map(|segment| subject(pasts, segment, own)).collect()
    }

    /// What stands for and against a pair of segments; the left values are those of `a`.
    pub fn reasons(&self, a: usize, b: usize) -> Option<Reasons> {
        let pair = (a.min(b), a.max(b));
        let Runs { runs, index } = match &self.why {
            Why::Runs(runs) => runs,
            Why::Told(told) if a == pair.0 => return told.get(&pair).cloned(),
            Why::Told(told) => return told.get(&pair).cloned().map(Reasons::turned),
        };
        let (_, (run, number)) = index.get(&pair)?;
        let run = &runs[*run];
        let link = &run.links[*number];
        let Traced { found, sheet, .. } = &run.traced;
        let is_left = run.segment(link.a) == a;
        let rows = if is_left { (link.a, link.b) } else { (link.b, link.a) };
        Some(Reasons::of(&explain(&found.world, &found.model, sheet, rows, Some(link))))
    }
}

impl Reasons {
    /// What an explanation says.
    pub fn of(explained: &Explanation) -> Self {
        let mut steps: Vec<_> = explained.steps.iter().filter(|s| s.weight > 0.0).collect();
        steps.sort_by(|x, y| y.weight.total_cmp(&x.weight));
        let words = steps.iter().take(WORDS_MAX);
        let words: Vec<String> = words.map(|s| format!("{}: {}", s.comparison, s.level)).collect();
        Self { weights: weights(explained), words: words.join("; ") }
    }

    /// The same of the pair said the other way.
    pub fn turned(mut self) -> Self {
        for weight in &mut self.weights {
            std::mem::swap(&mut weight.left, &mut weight.right);
        }
        self
    }
}

/// All that adds up to the probability: what is known of any two records, then what each comparison says, first what
/// says most, then the rest of the thing and what else a record may be.
pub fn weights(explained: &Explanation) -> Vec<Weight> {
    let mut steps: Vec<&Step> = explained.steps.iter().filter(|s| s.weight != 0.0).collect();
    steps.sort_by(|x, y| y.weight.abs().total_cmp(&x.weight.abs()));
    let said = |text: &String| Some(text.as_str()).filter(|t| !t.is_empty()).map(Into::into);
    let weight = |step: &Step| Weight {
        comparison: step.comparison.as_str().into(),
        outcome: Some(step.level.as_str().into()),
        left: said(&step.values.0),
        right: said(&step.values.1),
        weight: rounded(step.weight),
    };
    let whole = |comparison: &str, weight: f64| {
        let weight = rounded(weight);
        let comparison = comparison.into();
        let told = Weight { comparison, outcome: None, left: None, right: None, weight };
        (weight != 0.0).then_some(told)
    };
    let before = whole("before comparing", explained.prior).into_iter();
    let after = whole("other records", explained.structure);
    before.chain(steps.into_iter().map(weight)).chain(after).collect()
}

fn rounded(bits: f64) -> f64 {
    (bits * 100.0).round() / 100.0
}

/// Most comparisons that a reason names.
const WORDS_MAX: usize = 4;
