//! Doubtful pairs are put into the review queue, and decided.

use super::check::{self, KNOWN};
use super::context::Context;
use super::{apart, judge, merge_twins};
use crate::domain::change::Change;
use crate::domain::command::TwinRef;
use crate::domain::curation::{
    ApproveTask, Candidate, CloseTask, Curation, CurationKey, Decided, DecisionKind, Judgement,
    Pair, Proposal, RejectTask, Subject, Task,
};
use crate::domain::fact::{Existence, Link};
use crate::domain::id::{ExternalId, TaskId, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::{Interval, Timestamp};
use crate::dtdl::Dtmi;

/// Most tasks that are open at once.
pub const TASKS_OPEN_MAX: usize = 100_000;
/// A probability that changes by less is the same: estimates tremble from run to run.
const PROBABILITY_TOLERANCE: f64 = 0.01;
/// Most records of a twin that a verdict on the twin is about.
const RECORDS_JUDGED_MAX: usize = 100;

/// Raises tasks, and brings those that are open up to date. What is decided is not asked again.
pub fn raise(
    state: &State,
    proposals: &[Proposal],
    context: &Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let mut room = TASKS_OPEN_MAX.saturating_sub(state.curations.tasks(KNOWN).count());
    let mut changes: Vec<Change> = Vec::new();
    let mut raised = std::collections::HashSet::new();
    for proposal in proposals {
        let mut proposal = proposal.clone().normalised();
        if let Candidate::Twin(twin) = &mut proposal.candidate {
            *twin = state.curations.current(*twin, KNOWN);
        }
        let id = TaskId::of(&proposal.record, &proposal.candidate);
        if is_settled(state, &proposal, context) || !raised.insert(id) {
            continue;
        }
        match state.curations.task(id, KNOWN) {
            Some((open, _)) if is_alike(open, &proposal) => continue,
            Some(_) => {}
            None if room == 0 => {
                return Err(Rejection::LimitReached {
                    what: "open tasks",
                    max: TASKS_OPEN_MAX,
                    setting: "the lower threshold of the matching",
                });
            }
            None => room -= 1,
        }
        let fact = Curation::Task(Box::new(task(state, proposal, context)));
        changes.push(Change::Curated { valid: Interval::ALWAYS, fact });
    }
    Ok(changes)
}

fn is_alike(open: &Task, proposal: &Proposal) -> bool {
    let candidates = |list: &[crate::domain::curation::Alternative]| -> Vec<Candidate> {
        list.iter().map(|a| a.candidate.clone()).collect()
    };
    (open.probability - proposal.probability).abs() <= PROBABILITY_TOLERANCE
        && candidates(&open.alternatives) == candidates(&proposal.alternatives)
}

/// Whether a verdict or a link answers the question already.
fn is_settled(state: &State, proposal: &Proposal, context: &Context<'_>) -> bool {
    let (record, candidate) = (&proposal.record, &proposal.candidate);
    let one = meaning(state, record, context.now);
    let other = match candidate {
        Candidate::Twin(twin) => Some(*twin),
        Candidate::Record(other) => meaning(state, other, context.now),
    };
    if one.is_some() && one == other {
        return true;
    }
    let is_judged = |pair: &Pair| state.curations.verdicts_on(pair, KNOWN).next().is_some();
    match candidate {
        Candidate::Record(other) => {
            Pair::new(record.clone(), other.clone()).is_none_or(|pair| is_judged(&pair))
        }
        Candidate::Twin(twin) => {
            apart::verdicts(state, record, *twin, Interval::ALWAYS).next().is_some()
        }
    }
}

fn task(state: &State, proposal: Proposal, context: &Context<'_>) -> Task {
    let twin = match &proposal.candidate {
        Candidate::Twin(twin) => Some(*twin),
        Candidate::Record(other) => meaning(state, other, context.now),
    };
    let twins = twin.into_iter().chain(meaning(state, &proposal.record, context.now));
    let streams: usize = twins.map(|twin| state.streams.of_twin(twin).count()).sum();
    let doubt = 4.0 * proposal.probability * (1.0 - proposal.probability);
    Task {
        worth: doubt * (1.0 + (1.0 + streams as f64).log2()),
        record: proposal.record,
        candidate: proposal.candidate,
        probability: proposal.probability,
        weights: proposal.weights,
        alternatives: proposal.alternatives,
        raised: context.now,
    }
}

/// The twin that a record describes now.
pub fn meaning(state: &State, record: &ExternalId, now: Timestamp) -> Option<TwinId> {
    state.crosswalks.at(record, now, KNOWN).map(|link| link.value.twin)
}

/// Takes a task out of the queue; one that is closed stays so.
pub fn close(state: &State, command: &CloseTask) -> Vec<Change> {
    let open = state.curations.task(command.task, KNOWN);
    open.map(|_| closing(command.task)).into_iter().collect()
}

/// The change that closes a task.
pub fn closing(task: TaskId) -> Change {
    Change::Uncurated { key: CurationKey::task(task), valid: Interval::ALWAYS }
}

fn open(state: &State, task: TaskId) -> Result<&Task, Rejection> {
    state.curations.task(task, KNOWN).map(|(task, _)| task).ok_or(Rejection::UnknownTask(task))
}

fn subjects(task: &Task) -> Vec<Subject> {
    let candidate = match &task.candidate {
        Candidate::Twin(twin) => Subject::Twin(*twin),
        Candidate::Record(record) => Subject::Id(record.clone()),
    };
    vec![Subject::Task(task.id()), Subject::Id(task.record.clone()), candidate]
}

/// Both are the same thing: a verdict, and the link or merge that follows from it.
pub fn approve(
    state: &State,
    command: &ApproveTask,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let task = open(state, command.task)?;
    let mut decided = Decided::new(DecisionKind::Approve, &command.reason, subjects(task));
    let mut changes = Vec::new();
    for mut change in joined(state, task, command, context)? {
        match &mut change {
            Change::Decided(merge) => decided.conflicts = std::mem::take(&mut merge.conflicts),
            _ => changes.push(change),
        }
    }
    changes.extend(verdicts(state, task, Judgement::Same, &command.reason, context));
    changes.push(closing(command.task));
    changes.insert(0, Change::Decided(Box::new(decided)));
    Ok(changes)
}

/// They are two things: a verdict that keeps them apart.
pub fn reject(
    state: &State,
    command: &RejectTask,
    context: &Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let task = open(state, command.task)?;
    let verdicts = verdicts(state, task, Judgement::Different, &command.reason, context);
    if let (Candidate::Twin(twin), true) = (&task.candidate, verdicts.is_empty()) {
        let twin = state.curations.current(*twin, KNOWN);
        if apart::verdicts(state, &task.record, twin, Interval::ALWAYS).next().is_none() {
            return Err(Rejection::Invalid(format!(
                "twin {twin} has no id that `{}` could be told from; link one to it first",
                task.record
            )));
        }
    }
    let decided = Decided::new(DecisionKind::Reject, &command.reason, subjects(task));
    let mut changes = vec![Change::Decided(Box::new(decided))];
    changes.extend(verdicts);
    changes.push(closing(command.task));
    Ok(changes)
}

/// Verdicts between the record and the other, or the records of the twin: those that have said
/// something, else all its ids.
fn verdicts(
    state: &State,
    task: &Task,
    judgement: Judgement,
    reason: &std::sync::Arc<str>,
    context: &Context<'_>,
) -> Vec<Change> {
    let others = match &task.candidate {
        Candidate::Record(other) => vec![other.clone()],
        Candidate::Twin(twin) => {
            let twin = state.curations.current(*twin, KNOWN);
            let ids = state.crosswalks.of_twin(twin, context.now, KNOWN);
            let ids: Vec<&ExternalId> = ids.into_iter().map(|(id, _)| id).collect();
            let has_record = |id: &&ExternalId| state.records.timeline(id).is_some();
            let spoken: Vec<&ExternalId> = ids.iter().copied().filter(has_record).collect();
            let judged = if spoken.is_empty() { ids } else { spoken };
            judged.into_iter().take(RECORDS_JUDGED_MAX).cloned().collect()
        }
    };
    let pairs = others.into_iter().filter_map(|other| Pair::new(task.record.clone(), other));
    pairs
        .filter_map(|pair| {
            judge::verdict(state, &pair, judgement, reason, Interval::ALWAYS, context)
        })
        .collect()
}

/// What makes both sides one twin.
fn joined(
    state: &State,
    task: &Task,
    command: &ApproveTask,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let ours = meaning(state, &task.record, context.now);
    let (theirs, other) = match &task.candidate {
        Candidate::Twin(twin) => {
            let twin = check::existing(state, &TwinRef::Id(*twin), Interval::ALWAYS)?.0;
            (Some(twin), None)
        }
        Candidate::Record(other) => (meaning(state, other, context.now), Some(other)),
    };
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => {
            let (keep, gone) = match other {
                None => (theirs, ours),
                Some(_) => larger_first(state, ours, theirs),
            };
            merge_twins::merge(state, keep, gone, &command.reason, false, context)
        }
        (None, Some(twin)) => linked(state, &task.record, twin, command, context),
        (Some(twin), None) => other
            .map_or_else(|| Ok(Vec::new()), |other| linked(state, other, twin, command, context)),
        (None, None) => {
            let records = [Some(&task.record), other];
            created(state, records.into_iter().flatten(), command, context)
        }
    }
}

/// The twin with more ids stays; of two alike, the older one.
fn larger_first(state: &State, one: TwinId, other: TwinId) -> (TwinId, TwinId) {
    let rank = |twin| (std::cmp::Reverse(merge_twins::links(state, twin).count()), twin);
    if rank(one) <= rank(other) { (one, other) } else { (other, one) }
}

fn linked(
    state: &State,
    record: &ExternalId,
    twin: TwinId,
    command: &ApproveTask,
    context: &Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    apart::check(state, record, twin, command.valid)?;
    let held = state.crosswalks.timeline(record);
    let held = held.into_iter().flat_map(|t| t.overlapping(command.valid)).map(|f| f.valid);
    let open = command.valid.without_all(held).into_iter();
    Ok(open.map(|valid| link(record, twin, valid, command, context)).collect())
}

fn link(
    record: &ExternalId,
    twin: TwinId,
    valid: Interval,
    command: &ApproveTask,
    context: &Context<'_>,
) -> Change {
    let reason = if command.reason.is_empty() { "approved".into() } else { command.reason.clone() };
    let link = Link { twin, reason, confidence: 1.0, decider: context.actor.clone() };
    Change::Linked { external: record.clone(), valid, link }
}

/// A twin for records that have none yet, of the model that their sources make of them.
fn created<'a>(
    state: &State,
    records: impl Iterator<Item = &'a ExternalId> + Clone,
    command: &ApproveTask,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    let mut model: Option<Dtmi> = None;
    for record in records.clone() {
        let timeline = state.records.timeline(record);
        let said = timeline.and_then(|t| t.spans(KNOWN).last().and_then(|f| f.value.model.clone()));
        model = match (model, said) {
            (Some(held), Some(said)) if state.catalogue.is_a(&said, &held) => Some(said),
            (held, said) => held.or(said),
        };
    }
    let model = model.ok_or_else(|| {
        Rejection::Invalid(
            "neither record means a twin, and no source says what model they are; put a twin with \
             one of these ids first"
                .to_owned(),
        )
    })?;
    check::model(state, &model)?;
    let (twin, valid) = (context.new_twin(), command.valid);
    let mut changes = vec![Change::TwinAsserted { twin, valid, existence: Existence { model } }];
    for record in records {
        changes.extend(linked(state, record, twin, command, context)?);
    }
    Ok(changes)
}
