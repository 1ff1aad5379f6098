//! Decisions → commands.

use std::collections::{BTreeMap, HashSet};

use super::devices::reports;
use super::matching::Matched;
use super::past::{Past, Version};
use super::plan::{Meaning, Plan, Subject};
use crate::curation::telemetry::Told;
use crate::domain::command::{Command, LinkId, PutTwin, TwinRef};
use crate::domain::curation::{Alternative, Candidate, Proposal};
use crate::domain::decide::IdSource;
use crate::domain::id::{ExternalId, TaskId, TwinId};
use crate::domain::time::{Interval, Timestamp};
use crate::dtdl::{Catalogue, Dtmi};
use crate::sources::import::Settled;

/// Most alternatives that a task shows.
const ALTERNATIVES_MAX: usize = 5;

/// What is to be done: groups of commands of which each is done whole, and questions for a person.
pub struct Deeds {
    /// Commands that belong together.
    pub groups: Vec<Vec<Command>>,
    /// Doubtful pairs.
    pub proposals: Vec<Proposal>,
    /// Questions that are none any more.
    pub closings: Vec<Command>,
    /// What they amount to.
    pub report: Settled,
    /// Whether all records were matched together.
    pub are_all: bool,
    /// What devices said that were looked at.
    pub told: Vec<(ExternalId, Told)>,
    /// Devices of which history could not be read: they are still to be looked at.
    pub unread: Vec<ExternalId>,
}

impl Deeds {
    /// Nothing is to be done about so many records.
    pub fn none(records: usize) -> Self {
        let report = Settled { records, ..Settled::default() };
        Self {
            groups: Vec::new(),
            proposals: Vec::new(),
            closings: Vec::new(),
            report,
            are_all: false,
            told: Vec::new(),
            unread: Vec::new(),
        }
    }
}

/// What plan, pasts and matching come to.
pub struct Decided<'a> {
    /// The records.
    pub pasts: &'a [Past],
    /// What matching found.
    pub matched: &'a Matched,
    /// Its segments as they were before.
    pub subjects: &'a [Subject],
    /// What was decided.
    pub plan: &'a Plan,
    /// The models.
    pub catalogue: &'a Catalogue,
}

impl Decided<'_> {
    /// The commands that bring it about.
    pub fn deeds(&self, ids: &mut dyn IdSource) -> Deeds {
        let mut report = Settled { records: self.pasts.len(), ..Settled::default() };
        let mut groups: BTreeMap<usize, Vec<Command>> = BTreeMap::new();
        let mut twins: BTreeMap<usize, TwinId> = BTreeMap::new();
        let models = self.models();
        for (segment, meaning) in &self.plan.meanings {
            match meaning {
                Meaning::Twin { twin, because, confidence } => {
                    report.matched += 1;
                    let link = self.link(*segment, *twin, Some(*because), *confidence);
                    groups.entry(*segment).or_default().push(link);
                }
                Meaning::New { first, because, confidence } => {
                    let Some(model) = models.get(first) else {
                        // That a device is nothing anyone else knows is no fault of a declaration.
                        let is_of_device = self.version(*segment).is_corrected;
                        if self.past(*segment).is_recorded && !is_of_device {
                            report.has_no_model(&self.past(*segment).key);
                        }
                        continue;
                    };
                    let twin = *twins.entry(*first).or_insert_with(|| TwinId(ids.next()));
                    let group = groups.entry(*first).or_default();
                    if group.is_empty() {
                        report.created += 1;
                        group.push(created(twin, model.clone()));
                    }
                    report.merged += usize::from(segment != first);
                    group.push(self.link(*segment, twin, *because, *confidence));
                }
            }
            report.changed_meaning += usize::from(self.is_later(*segment));
        }
        for (segment, command) in self.late() {
            groups.entry(segment).or_default().push(command);
        }
        let proposals = self.proposals(&twins);
        report.doubtful = proposals.len();
        let mut groups: Vec<Vec<Command>> = groups.into_values().collect();
        for command in self.of_devices(&models) {
            match &command {
                Command::UnlinkId(_) => report.changed_meaning += 1,
                _ => report.matched += 1,
            }
            groups.push(vec![command]);
        }
        let (closings, told, unread) = Default::default();
        Deeds { groups, proposals, closings, report, are_all: false, told, unread }
    }

    fn version(&self, segment: usize) -> &Version {
        &self.past(segment).versions[self.matched.segments[segment].version]
    }

    /// What means a twin already, from the earlier time on of which the record tells now.
    fn late(&self) -> impl Iterator<Item = (usize, Command)> + '_ {
        self.matched.segments.iter().enumerate().filter_map(|(place, segment)| {
            self.subjects[place].twin?;
            let past = &self.pasts[segment.past];
            let (valid, link) = past.before_link(segment.valid, ACTOR)?;
            let command = Command::LinkId(LinkId {
                external: past.key.clone(),
                twin: TwinRef::Id(link.twin),
                valid,
                reason: link.reason.clone(),
                confidence: link.confidence,
                replace: false,
            });
            Some((place, command))
        })
    }

    fn past(&self, segment: usize) -> &Past {
        &self.pasts[self.matched.segments[segment].past]
    }

    /// Whether the record described something else before.
    fn is_later(&self, segment: usize) -> bool {
        self.matched.segments[segment].version > 0
    }

    /// The model of each new thing, by its first segment: the most specific of what its records say.
    fn models(&self) -> BTreeMap<usize, Dtmi> {
        let mut models: BTreeMap<usize, Dtmi> = BTreeMap::new();
        for (segment, meaning) in &self.plan.meanings {
            let Meaning::New { first, .. } = meaning else { continue };
            let found = &self.matched.segments[*segment];
            let versions = self.pasts[found.past].versions.iter().skip(found.version);
            let Some(model) = versions.filter_map(|v| v.model.clone()).next() else { continue };
            match models.get_mut(first) {
                None => drop(models.insert(*first, model)),
                Some(held) if self.catalogue.is_a(&model, held) => *held = model,
                Some(_) => {}
            }
        }
        models
    }

    fn link(
        &self,
        segment: usize,
        twin: TwinId,
        because: Option<usize>,
        confidence: f64,
    ) -> Command {
        Command::LinkId(LinkId {
            external: self.past(segment).key.clone(),
            twin: TwinRef::Id(twin),
            valid: self.matched.segments[segment].valid,
            reason: self.reason(segment, because).into(),
            confidence: (confidence * 1e4).round() / 1e4,
            replace: self.is_later(segment),
        })
    }

    /// What a device reports of itself goes before what that matches.
    fn reason(&self, segment: usize, because: Option<usize>) -> String {
        let reported =
            reports(self.version(segment)).map(|said| format!("the device reports {said}"));
        let matches = because.map(|other| {
            let words = self.matched.reasons(segment, other).map(|r| r.words);
            let words = words.filter(|w| !w.is_empty()).map(|w| format!(" ({w})"));
            let device = reports(self.version(other)).map(|said| format!(", which reports {said}"));
            let (words, device) = (words.unwrap_or_default(), device.unwrap_or_default());
            format!("matches {}{device}{words}", self.past(other).key)
        });
        match (reported, matches) {
            (Some(reported), Some(matches)) => format!("{reported}, and {matches}"),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => "the first record of this thing".to_owned(),
        }
    }

    /// The doubtful pairs as questions about the record that was decided last; of two records one at a time.
    fn proposals(&self, twins: &BTreeMap<usize, TwinId>) -> Vec<Proposal> {
        let (mut proposals, mut asked) = (Vec::new(), HashSet::new());
        for doubt in &self.plan.doubts {
            // The record that is new asks about the one that is known.
            let (asks, other) = match self.subjects[doubt.b].twin {
                Some(_) => (doubt.a, doubt.b),
                None => (doubt.b, doubt.a),
            };
            let (record, known) = (self.past(asks).key.clone(), self.past(other).key.clone());
            let Some(valid) = self.stretch(asks).and(&self.stretch(other)) else { continue };
            let is_all_of_it = ![asks, other].iter().any(|s| self.goes_on(*s, twins));
            if record == known || !is_all_of_it || !self.can_be_decided(asks, other) {
                continue;
            }
            let candidate = Candidate::Record(known);
            if !asked.insert(TaskId::of(&record, &candidate)) {
                continue;
            }
            let reasons = self.matched.reasons(asks, other);
            proposals.push(Proposal {
                record,
                candidate,
                probability: (doubt.probability * 1e4).round() / 1e4,
                weights: reasons.map(|r| r.weights).unwrap_or_default(),
                alternatives: self.alternatives(asks, other, twins),
                valid,
            });
        }
        proposals
    }

    /// Two devices of which nobody else knows anything: whether they are one helps no one.
    fn can_be_decided(&self, one: usize, other: usize) -> bool {
        let is_known = |segment: usize| {
            self.past(segment).is_recorded || self.subjects[segment].twin.is_some()
        };
        is_known(one) || is_known(other)
    }

    /// When a segment's record described nothing else: the first one counts from the beginning.
    fn stretch(&self, segment: usize) -> Interval {
        let valid = self.matched.segments[segment].valid;
        let from = if self.is_later(segment) { valid.from } else { Timestamp::MIN };
        Interval { from, to: valid.to }
    }

    /// Whether the record means the same twin when it describes something else already: then somebody decided about the
    /// record as a whole, and a doubt about a part of it has no answer that would not take the rest along.
    fn goes_on(&self, segment: usize, twins: &BTreeMap<usize, TwinId>) -> bool {
        let (this, next) = (&self.matched.segments[segment], segment + 1);
        let is_next = self.matched.segments.get(next).is_some_and(|next| next.past == this.past);
        is_next && self.twin(segment, twins).is_some_and(|t| self.twin(next, twins) == Some(t))
    }

    /// What else the record may be, by the other pairs that it is in.
    fn alternatives(
        &self,
        asks: usize,
        other: usize,
        twins: &BTreeMap<usize, TwinId>,
    ) -> Vec<Alternative> {
        let pairs =
            self.plan.doubts.iter().filter_map(|pair| match (pair.a == asks, pair.b == asks) {
                (true, _) => Some((pair.b, pair.probability)),
                (_, true) => Some((pair.a, pair.probability)),
                (false, false) => None,
            });
        let pairs = pairs.filter(|(place, _)| *place != other).take(ALTERNATIVES_MAX);
        pairs
            .map(|(place, probability)| Alternative {
                candidate: match self.twin(place, twins) {
                    Some(twin) => Candidate::Twin(twin),
                    None => Candidate::Record(self.past(place).key.clone()),
                },
                probability: (probability * 1e4).round() / 1e4,
            })
            .collect()
    }

    /// The twin that a segment means after all this.
    fn twin(&self, segment: usize, twins: &BTreeMap<usize, TwinId>) -> Option<TwinId> {
        self.subjects[segment].twin.or_else(|| match self.plan.meanings.get(&segment)? {
            Meaning::Twin { twin, .. } => Some(*twin),
            Meaning::New { first, .. } => twins.get(first).copied(),
        })
    }
}

fn created(twin: TwinId, model: Dtmi) -> Command {
    Command::PutTwin(PutTwin {
        id: Some(twin),
        identifiers: Vec::new(),
        model: Some(model),
        properties: Vec::new(),
        valid: Interval::ALWAYS,
        source: None,
    })
}

/// The name by which the matching signs its links.
pub const ACTOR: &str = "matching";
