//! Tasks that a decision answers by the way are closed with it.

use std::collections::{BTreeSet, HashMap};

use super::check::KNOWN;
use super::context::Context;
use super::tasks::{closing, meaning};
use crate::domain::change::Change;
use crate::domain::command::Command;
use crate::domain::curation::{Candidate, Curation, Pair, Task, Verdict};
use crate::domain::id::{ExternalId, TaskId, TwinId};
use crate::domain::state::State;
use crate::domain::time::{Interval, Timestamp};

/// The changes that close tasks which `changes` answer.
pub fn settled(
    state: &State,
    command: &Command,
    changes: &[Change],
    context: &Context<'_>,
) -> Vec<Change> {
    let after = After::new(state, changes, context.now);
    if after.links.is_empty() && after.verdicts.is_empty() && after.merged.is_empty() {
        return Vec::new();
    }
    // Who says what a record means has answered every question which twin it describes.
    let is_answer =
        matches!(command, Command::LinkId(_) | Command::ApproveTask(_) | Command::Judge(_));
    let closed = changes.iter().filter_map(|change| match change {
        Change::Uncurated { key, .. } => Some(key.id),
        _ => None,
    });
    let closed: BTreeSet<_> = closed.collect();
    let open = after.questions().into_iter().filter(|(id, _)| !closed.contains(&id.0));
    let answered = open.filter(|(_, task)| {
        let is_linked = is_answer
            && after.link_of(&task.record, task.valid).is_some()
            && matches!(task.candidate, Candidate::Twin(_));
        is_linked || after.is_judged(task) || after.is_one(task)
    });
    answered.map(|(id, _)| closing(id)).collect()
}

/// What the changes make of the state.
struct After<'a> {
    state: &'a State,
    now: Timestamp,
    /// What records mean, when.
    links: HashMap<&'a ExternalId, Vec<(Interval, TwinId)>>,
    verdicts: Vec<(&'a Verdict, Interval)>,
    /// Twins that became others.
    merged: HashMap<TwinId, TwinId>,
}

impl<'a> After<'a> {
    fn new(state: &'a State, changes: &'a [Change], now: Timestamp) -> Self {
        let mut after = Self {
            state,
            now,
            links: HashMap::new(),
            verdicts: Vec::new(),
            merged: HashMap::new(),
        };
        for change in changes {
            match change {
                Change::Linked { external, valid, link } => {
                    after.links.entry(external).or_default().push((*valid, link.twin));
                }
                Change::Curated { valid, fact: Curation::Verdict(verdict) } => {
                    after.verdicts.push((verdict, *valid));
                }
                Change::Curated { fact: Curation::Redirect(redirect), .. } => {
                    after.merged.insert(redirect.from, redirect.to);
                }
                _ => {}
            }
        }
        after
    }

    /// The open tasks about anything that changed.
    fn questions(&self) -> HashMap<TaskId, &'a Task> {
        let curations = &self.state.curations;
        let judged = self.verdicts.iter().flat_map(|(v, _)| [v.pair.first(), v.pair.second()]);
        let records = self.links.keys().copied().chain(judged);
        let of_records = records.flat_map(|record| curations.tasks_of_record(record, KNOWN));
        let twins = self.merged.iter().flat_map(|(from, to)| [*from, *to]);
        let of_twins = twins.flat_map(|twin| curations.tasks_of_twin(twin, KNOWN));
        of_records.chain(of_twins).map(|task| (task.id(), task)).collect()
    }

    fn is_judged(&self, task: &Task) -> bool {
        let mut verdicts = self.verdicts.iter().filter(|(_, valid)| valid.overlaps(&task.valid));
        verdicts.any(|(verdict, _)| match &task.candidate {
            Candidate::Record(other) => {
                Pair::new(task.record.clone(), other.clone()).as_ref() == Some(&verdict.pair)
            }
            Candidate::Twin(twin) => {
                let is_ours = [verdict.pair.first(), verdict.pair.second()].contains(&&task.record);
                let other = verdict.pair.other(&task.record);
                is_ours && self.means(other, task.valid) == Some(self.current(*twin))
            }
        })
    }

    fn is_one(&self, task: &Task) -> bool {
        let other = match &task.candidate {
            Candidate::Twin(twin) => Some(self.current(*twin)),
            Candidate::Record(other) => self.means(other, task.valid),
        };
        let ours = self.means(&task.record, task.valid);
        ours.is_some() && ours == other
    }

    /// What a record means while a question is about it.
    fn means(&self, record: &ExternalId, within: Interval) -> Option<TwinId> {
        let meant = || meaning(self.state, record, within, self.now);
        self.link_of(record, within).or_else(meant).map(|twin| self.current(twin))
    }

    /// What the changes make a record mean then.
    fn link_of(&self, record: &ExternalId, within: Interval) -> Option<TwinId> {
        let moment = within.nearest(self.now);
        let mut links = self.links.get(record)?.iter().rev();
        links.find(|(valid, _)| valid.contains(moment)).map(|(_, twin)| *twin)
    }

    fn current(&self, twin: TwinId) -> TwinId {
        let twin = self.state.curations.current(twin, KNOWN);
        self.merged.get(&twin).copied().unwrap_or(twin)
    }
}
