//! Doubtful pairs are put into the review queue, and decided.

use super::check::KNOWN;
use super::context::Context;
use super::join::{Join, Joined};
use super::{apart, judge};
use crate::domain::change::Change;
use crate::domain::curation::{
    ApproveTask, Candidate, CloseTask, Curation, CurationKey, Decided, DecisionKind, Judgement,
    Pair, Proposal, RejectTask, Subject, Task,
};
use crate::domain::id::{ExternalId, TaskId, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::{Interval, Timestamp};

/// Most tasks that are open at once.
pub const TASKS_OPEN_MAX: usize = 100_000;
/// A probability that changes by less is the same: estimates tremble from run to run.
const PROBABILITY_TOLERANCE: f64 = 0.01;
/// Most records of a twin that a verdict on the twin is about.
const RECORDS_JUDGED_MAX: usize = 100;

/// Raises tasks while there is room, and brings those that are open up to date. What is decided is not asked again.
pub fn raise(state: &State, proposals: &[Proposal], context: &Context<'_>) -> Vec<Change> {
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
            // The queue is full; what is in it is kept up to date all the same.
            None if room == 0 => continue,
            None => room -= 1,
        }
        let fact = Curation::Task(Box::new(task(state, proposal, context)));
        changes.push(Change::Curated { valid: Interval::ALWAYS, fact });
    }
    changes
}

fn is_alike(open: &Task, proposal: &Proposal) -> bool {
    let candidates = |list: &[crate::domain::curation::Alternative]| -> Vec<Candidate> {
        list.iter().map(|a| a.candidate.clone()).collect()
    };
    open.valid == proposal.valid
        && (open.probability - proposal.probability).abs() <= PROBABILITY_TOLERANCE
        && candidates(&open.alternatives) == candidates(&proposal.alternatives)
}

/// Whether a verdict or a link answers the question already, for the time that it is about.
fn is_settled(state: &State, proposal: &Proposal, context: &Context<'_>) -> bool {
    let Proposal { record, candidate, valid, .. } = proposal;
    let one = meaning(state, record, *valid, context.now);
    let other = match candidate {
        Candidate::Twin(twin) => Some(*twin),
        Candidate::Record(other) => meaning(state, other, *valid, context.now),
    };
    if one.is_some() && one == other {
        return true;
    }
    let is_judged = |pair: &Pair| {
        let mut verdicts = state.curations.verdicts_on(pair, KNOWN);
        verdicts.any(|(_, fact)| fact.valid.overlaps(valid))
    };
    match candidate {
        Candidate::Record(other) => {
            Pair::new(record.clone(), other.clone()).is_none_or(|pair| is_judged(&pair))
        }
        Candidate::Twin(twin) => apart::verdicts(state, record, *twin, *valid).next().is_some(),
    }
}

fn task(state: &State, proposal: Proposal, context: &Context<'_>) -> Task {
    let twin = match &proposal.candidate {
        Candidate::Twin(twin) => Some(*twin),
        Candidate::Record(other) => meaning(state, other, proposal.valid, context.now),
    };
    let ours = meaning(state, &proposal.record, proposal.valid, context.now);
    let twins = twin.into_iter().chain(ours);
    let streams: usize = twins.map(|twin| state.streams.of_twin(twin).count()).sum();
    // Both are apart until somebody decides: the likelier they are one, the likelier a look changes something.
    Task {
        worth: proposal.probability * (1.0 + (1.0 + streams as f64).log2()),
        record: proposal.record,
        candidate: proposal.candidate,
        probability: proposal.probability,
        weights: proposal.weights,
        alternatives: proposal.alternatives,
        raised: context.now,
        valid: proposal.valid,
    }
}

/// The twin that a record describes now; where a question is about another time, at the moment of that time next to now.
pub fn meaning(
    state: &State,
    record: &ExternalId,
    within: Interval,
    now: Timestamp,
) -> Option<TwinId> {
    state.crosswalks.at(record, within.nearest(now), KNOWN).map(|link| link.value.twin)
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
    let Some(valid) = command.valid.and(&task.valid) else {
        return Err(Rejection::Invalid(format!(
            "the two are in question {}, and {} shares no moment with that",
            task.valid, command.valid
        )));
    };
    let join = Join {
        state,
        record: &task.record,
        candidate: &task.candidate,
        within: task.valid,
        valid,
        reason: &command.reason,
        anew: None,
    };
    let Joined { mut changes, conflicts } = join.both_or_new(context)?;
    let mut decided = Decided::new(DecisionKind::Approve, &command.reason, subjects(task));
    decided.conflicts = conflicts;
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
        if apart::verdicts(state, &task.record, twin, task.valid).next().is_none() {
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
            let moment = task.valid.nearest(context.now);
            let ids = state.crosswalks.of_twin(twin, moment, KNOWN);
            let ids: Vec<&ExternalId> = ids.into_iter().map(|(id, _)| id).collect();
            let has_record = |id: &&ExternalId| state.records.timeline(id).is_some();
            let spoken: Vec<&ExternalId> = ids.iter().copied().filter(has_record).collect();
            let judged = if spoken.is_empty() { ids } else { spoken };
            judged.into_iter().take(RECORDS_JUDGED_MAX).cloned().collect()
        }
    };
    let pairs = others.into_iter().filter_map(|other| Pair::new(task.record.clone(), other));
    pairs
        .filter_map(|pair| judge::verdict(state, &pair, judgement, reason, task.valid, context))
        .collect()
}
