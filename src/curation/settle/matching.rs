//! Records over time → segments that each mean one thing, and how probable it is that two are one.

use std::collections::{BTreeMap, HashMap};

use petgraph::unionfind::UnionFind;

use super::past::{Past, Version, day};
use super::plan::{Pair, Subject};
use crate::curation::thresholds::Thresholds;
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
    /// For each segment the group that is sure enough to be linked.
    pub clusters: Vec<usize>,
    /// Pairs of segments from the review threshold on.
    pub pairs: Vec<Pair>,
    runs: Vec<Run>,
    /// The place of each pair, and the link that it comes from: its run, and its number there.
    index: HashMap<(usize, usize), (usize, (usize, usize))>,
}

/// What was found among the records of one kind.
struct Run {
    traced: Traced,
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
/// itself, so that what is learnt of one says nothing of another.
pub fn matched(pasts: &[Past], thresholds: &Thresholds, catalogue: &Catalogue) -> Matched {
    let (mut segments, mut runs) = (Vec::new(), Vec::new());
    for kind in kinds(pasts, catalogue) {
        let (events, origins) = events(kind.iter().map(|place| (*place, &pasts[*place])));
        let traced = trace(&events);
        let starts = traced.spans.iter().map(|span| origins[span.from]);
        let before = segments.len();
        segments.extend(segments_of(pasts, starts.collect()));
        let links = links(&traced.found);
        runs.push(Run { traced, links, before });
    }
    let mut sure = UnionFind::<usize>::new(segments.len());
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
            sure.union(a, b);
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
    let clusters = sure.into_labeling();
    Matched { segments, clusters, pairs, runs, index }
}

impl Run {
    /// The segment that a row of the run is of, among all.
    fn segment(&self, row: u32) -> usize {
        self.before + self.traced.found.world.facts[row as usize].segment as usize
    }

    /// Whether two segments were found to be one thing.
    fn is_one(&self, a: usize, b: usize) -> bool {
        let units = &self.traced.found.units;
        units[a - self.before] == units[b - self.before]
    }
}

/// The places of the pasts, by kind: what one record says may be something of another model only where one of the two
/// models extends the other. Who says no model may be anything, and then all are looked at together.
pub fn kinds(pasts: &[Past], catalogue: &Catalogue) -> Vec<Vec<usize>> {
    let mut models: Vec<&Dtmi> = Vec::new();
    let (mut of_past, mut number) = (Vec::new(), HashMap::new());
    for past in pasts {
        let said = past.versions.iter().map(|version| version.model.as_ref());
        let said: Option<Vec<usize>> = said
            .map(|model| {
                let model = model?;
                Some(*number.entry(model).or_insert_with(|| {
                    models.push(model);
                    models.len() - 1
                }))
            })
            .collect();
        let Some(said) = said else { return vec![(0..pasts.len()).collect()] };
        of_past.push(said);
    }
    let mut same = UnionFind::<usize>::new(models.len());
    for (a, model) in models.iter().enumerate() {
        for (b, other) in models.iter().enumerate().skip(a + 1) {
            if catalogue.is_a(model, other) || catalogue.is_a(other, model) {
                same.union(a, b);
            }
        }
    }
    for said in &of_past {
        said.windows(2).for_each(|pair| {
            same.union(pair[0], pair[1]);
        });
    }
    let mut kinds: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, said) in of_past.iter().enumerate() {
        kinds.entry(same.find(said.first().copied().unwrap_or_default())).or_default().push(place);
    }
    let mut kinds: Vec<Vec<usize>> = kinds.into_values().collect();
    kinds.sort();
    kinds
}

fn are_of_one_kind(pasts: &[Past], catalogue: &Catalogue, a: &Segment, b: &Segment) -> bool {
    let model = |of: &Segment| pasts[of.past].versions[of.version].model.as_ref();
    match (model(a), model(b)) {
        (Some(a), Some(b)) => catalogue.is_a(a, b) || catalogue.is_a(b, a),
        (None, _) | (_, None) => true,
    }
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

fn segments_of(pasts: &[Past], starts: Vec<(usize, usize)>) -> Vec<Segment> {
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

impl Matched {
    /// The segments as subjects: what is linked by anyone stays, but a link of the matching's own says nothing of a later
    /// segment that it only happens to reach into.
    pub fn subjects(&self, pasts: &[Past], own: &str) -> Vec<Subject> {
        let twin = |segment: &Segment| -> Option<TwinId> {
            let (held, link) = pasts[segment.past].link_in(segment.valid)?;
            let reaches_in = segment.version > 0 && held.from < segment.valid.from;
            (!reaches_in || *link.decider != *own).then_some(link.twin)
        };
        self.segments.iter().map(|segment| Subject { twin: twin(segment) }).collect()
    }

    /// What stands for and against a pair of segments; the left values are those of `a`.
    pub fn reasons(&self, a: usize, b: usize) -> Option<Reasons> {
        let (_, (run, number)) = self.index.get(&(a.min(b), a.max(b)))?;
        let run = &self.runs[*run];
        let link = &run.links[*number];
        let Traced { found, sheet, .. } = &run.traced;
        let is_left = run.segment(link.a) == a;
        let rows = if is_left { (link.a, link.b) } else { (link.b, link.a) };
        let explained = explain(&found.world, &found.model, sheet, rows, Some(link));
        let mut steps: Vec<_> = explained.steps.iter().filter(|s| s.weight > 0.0).collect();
        steps.sort_by(|x, y| y.weight.total_cmp(&x.weight));
        let words = steps.iter().take(WORDS_MAX);
        let words: Vec<String> = words.map(|s| format!("{}: {}", s.comparison, s.level)).collect();
        Some(Reasons { weights: weights(&explained), words: words.join("; ") })
    }
}

/// What each comparison says, first what says most.
pub fn weights(explained: &Explanation) -> Vec<Weight> {
    let mut steps: Vec<_> = explained.steps.iter().filter(|s| s.weight != 0.0).collect();
    steps.sort_by(|x, y| y.weight.abs().total_cmp(&x.weight.abs()));
    let said = |text: &String| Some(text.as_str()).filter(|t| !t.is_empty()).map(Into::into);
    let weight = |step: &&Step| Weight {
        comparison: step.comparison.as_str().into(),
        left: said(&step.values.0),
        right: said(&step.values.1),
        weight: (step.weight * 100.0).round() / 100.0,
    };
    steps.iter().map(weight).collect()
}

/// Most comparisons that a reason names.
const WORDS_MAX: usize = 4;
