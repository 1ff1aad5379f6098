//! Decisions → commands.

use std::collections::BTreeMap;

use super::devices::reports;
use super::matching::Matched;
use super::past::{Past, Version};
use super::plan::{Meaning, Plan, Subject};
use crate::domain::command::{Command, LinkId, PutTwin, TwinRef};
use crate::domain::curation::{Alternative, Candidate, Proposal};
use crate::domain::decide::IdSource;
use crate::domain::id::TwinId;
use crate::domain::time::Interval;
use crate::dtdl::Dtmi;
use crate::sources::import::Settled;

/// Most alternatives that a task shows.
const ALTERNATIVES_MAX: usize = 5;

/// What is to be done: groups of commands of which each is done whole, and questions for a person.
pub struct Deeds {
    /// Commands that belong together.
    pub groups: Vec<Vec<Command>>,
    /// Doubtful pairs.
    pub proposals: Vec<Proposal>,
    /// What they amount to.
    pub report: Settled,
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
                        if self.past(*segment).is_recorded {
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
        Deeds { groups, proposals, report }
    }

    fn version(&self, segment: usize) -> &Version {
        &self.past(segment).versions[self.matched.segments[segment].version]
    }

    fn past(&self, segment: usize) -> &Past {
        &self.pasts[self.matched.segments[segment].past]
    }

    /// Whether the record described something else before.
    fn is_later(&self, segment: usize) -> bool {
        self.matched.segments[segment].version > 0
    }

    /// The model of each new thing, by its first segment: what its first record with a model says.
    fn models(&self) -> BTreeMap<usize, Dtmi> {
        let mut models = BTreeMap::new();
        for (segment, meaning) in &self.plan.meanings {
            let Meaning::New { first, .. } = meaning else { continue };
            let found = &self.matched.segments[*segment];
            let versions = self.pasts[found.past].versions.iter().skip(found.version);
            if let Some(model) = versions.filter_map(|v| v.model.clone()).next() {
                models.entry(*first).or_insert(model);
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

    /// The doubtful pairs as questions about the record that was decided last.
    fn proposals(&self, twins: &BTreeMap<usize, TwinId>) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        for doubt in &self.plan.doubts {
            // The record that is new asks about the one that is known.
            let (asks, other) = match self.subjects[doubt.b].twin {
                Some(_) => (doubt.a, doubt.b),
                None => (doubt.b, doubt.a),
            };
            let (record, known) = (self.past(asks).key.clone(), self.past(other).key.clone());
            if record == known || !self.can_be_decided(asks, other) {
                continue;
            }
            let reasons = self.matched.reasons(asks, other);
            proposals.push(Proposal {
                record,
                candidate: Candidate::Record(known),
                probability: (doubt.probability * 1e4).round() / 1e4,
                weights: reasons.map(|r| r.weights).unwrap_or_default(),
                alternatives: self.alternatives(asks, other, twins),
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
