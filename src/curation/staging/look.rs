//! Staging: an import is read and previewed.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::collect::Rehearsal;
use super::error::StagingError;
use super::pack::{Declarations, pack};
use super::shelf::StagedImport;
use crate::clock::SystemIds;
use crate::curation::curator::Curator;
use crate::curation::settle::{Deeds, PROPOSALS_A_REQUEST, RECORDS_A_LOOK, full};
use crate::domain::command::{Command, PutRecord};
use crate::domain::curation::Proposal;
use crate::domain::decide::{IdSource, TASKS_OPEN_MAX};
use crate::domain::id::TaskId;
use crate::domain::impact::{Effect, Impact};
use crate::domain::rejection::Rejection;
use crate::engine::{EngineError, PREVIEW_COMMANDS_MAX};
use crate::sources::declaration::Declaration;
use crate::sources::import::{ImportTarget, Outcome, Report, Settled, import};
use crate::sources::text::Input;

/// Most streams whose readings are counted for a preview.
const STREAMS_COUNTED_MAX: usize = 1_000;

/// What a staged import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Staged {
    /// What was read, and what would become of it; `matching` tells what the records would mean.
    pub report: Report,
    /// What would change.
    pub effects: Effects,
}

/// What a staged import would change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Effects {
    /// Records that are new.
    pub records_created: usize,
    /// Records that would say something else than before.
    pub records_updated: usize,
    /// Twins that would be made.
    pub twins_created: usize,
    /// Twins of which something would change.
    pub twins_changed: usize,
    /// Twins that would end.
    pub twins_ended: usize,
    /// Ids that would mean another twin than now.
    pub ids_moved: usize,
    /// Streams that would measure something else.
    pub bindings_moved: usize,
    /// Readings that would change hands.
    pub readings_moved: u64,
    /// Whether more streams move than were counted, so that there are more such readings.
    pub readings_uncounted: bool,
    /// Relationships that would begin, end or change.
    pub relationships: usize,
    /// Subscribers who would hear of it.
    pub subscribers: usize,
}

impl Curator {
    /// Reads files and looks at what they would do, without doing it.
    ///
    /// It is not kept when `abandoned` is cancelled before its end: nobody would know its name.
    ///
    /// # Errors
    /// Why the engine could not look, or why it cannot wait.
    pub async fn stage(
        &self,
        inputs: &[Input],
        sources: &[Arc<Declaration>],
        abandoned: &CancellationToken,
    ) -> Result<StagedImport, StagingError> {
        self.has_room().await?;
        // Before it is looked at, as that may take minutes.
        let packed = pack(inputs)?;
        let rehearsal = Rehearsal::new(self.engine());
        let read = import(&rehearsal, inputs, sources, &mut |_| {}).await;
        let mut staged = Staged { report: read, ..Staged::default() };
        let commands = rehearsal.collected();
        if staged.report.stopped.is_none() {
            is_awaited(abandoned)?;
            // Read once more, so that each outcome is told with its place in the files.
            let (outcomes, settled) = self.look(commands, &mut staged.effects).await?;
            rehearsal.play_back(outcomes, settled);
            staged.report = import(&rehearsal, inputs, sources, &mut |_| {}).await;
            rehearsal.came_out_even()?;
        }
        let import = StagedImport {
            id: SystemIds.next(),
            at: rehearsal.began(),
            files: inputs.iter().map(|input| input.name().to_string()).collect(),
            staged,
        };
        if import.staged.report.stopped.is_none() {
            let declarations = Declarations::of(inputs, sources, ImportTarget::kept(&rehearsal));
            self.keep(&import, packed, &declarations, abandoned).await?;
        }
        Ok(import)
    }

    /// What the commands, and what matching makes of them, would do.
    async fn look(
        &self,
        commands: Vec<Command>,
        effects: &mut Effects,
    ) -> Result<(Vec<Result<Outcome, Rejection>>, Settled), StagingError> {
        let statements = commands.len();
        let records: Vec<PutRecord> = commands.iter().filter_map(record).cloned().collect();
        self.count_records(&records, effects);
        let mut deeds = self.deeds(&records).await?;
        drop(records);
        let mut trial = self.trial(commands, &mut deeds);
        // What declares something stays here.
        let declared: Vec<Option<usize>> =
            trial.all.iter().map(|c| declares(c).then(|| self.declared_anew(c))).collect();
        let mut tried = std::mem::take(&mut trial.all);
        tried.retain(|command| !declares(command));
        if tried.len() > PREVIEW_COMMANDS_MAX {
            let decided = trial.decided.len() + trial.asked.len();
            return Err(StagingError::TooMany { statements, decided });
        }
        let tried_count = tried.len();
        let preview = self.engine().preview("import", tried).await?;
        if preview.outcomes.len() != tried_count {
            let outcomes = preview.outcomes.len();
            return Err(StagingError::Uneven { statements: tried_count, outcomes });
        }
        let mut found = preview.outcomes.into_iter().map(|done| done.map(|done| done.changes));
        let outcome = |declared: Option<usize>| declared.map(Ok).or_else(|| found.next());
        let outcomes: Vec<Result<usize, Rejection>> =
            declared.into_iter().filter_map(outcome).collect();
        let mut by_place = vec![Ok(Outcome { changes: 0 }); statements];
        for (place, at) in &trial.places {
            by_place[*place] = outcomes[*at].clone().map(|changes| Outcome { changes });
        }
        let own = outcomes[trial.decided.clone()].iter().chain(&outcomes[trial.asked.start..]);
        for refused in own.filter_map(|outcome| outcome.as_ref().err()) {
            deeds.report.was_refused(refused.to_string());
        }
        let made = |within: Range<usize>| -> usize { outcomes[within].iter().flatten().sum() };
        deeds.report.raised = made(trial.raised.clone());
        let waiting = self.open_tasks() + deeds.report.raised;
        deeds.report.doubtful = waiting.saturating_sub(made(trial.closed.clone()));
        if deeds.report.doubtful >= TASKS_OPEN_MAX {
            deeds.report.was_refused(full());
        }
        self.take_up(&preview.impact, effects).await?;
        Ok((by_place, deeds.report))
    }

    /// Counts records, each once however many stretches of time are told of it.
    fn count_records(&self, records: &[PutRecord], effects: &mut Effects) {
        let known = self.engine().head();
        let (mut created, mut updated) = (HashSet::new(), HashSet::new());
        for chunk in records.chunks(RECORDS_A_LOOK) {
            self.engine().read(|state| {
                for record in chunk {
                    let held = state.records.timeline(&record.key);
                    match held.filter(|held| held.known(known).next().is_some()) {
                        None => drop(created.insert(&record.key)),
                        Some(held) => {
                            let kept = record.record();
                            if !held.said(record.valid, known, |said| *said == kept) {
                                updated.insert(&record.key);
                            }
                        }
                    }
                }
            });
        }
        (effects.records_created, effects.records_updated) = (created.len(), updated.len());
    }

    /// All commands in the order in which a commit does them.
    fn trial(&self, commands: Vec<Command>, deeds: &mut Deeds) -> Trial {
        let mut trial = Trial::default();
        let placed = commands.into_iter().enumerate();
        let (first, then): (Vec<_>, Vec<_>) =
            placed.partition(|(_, command)| Report::is_before_matching(command));
        trial.take_placed(first);
        let groups = std::mem::take(&mut deeds.groups).into_iter().flatten();
        trial.decided = trial.take(groups);
        trial.take_placed(then);
        trial.closed = trial.take(std::mem::take(&mut deeds.closings));
        // Those that are open already are only brought up to date.
        let (open, new) = self.by_novelty(std::mem::take(&mut deeds.proposals));
        let raise = |proposals: Vec<Proposal>| -> Vec<Command> {
            let chunks = proposals.chunks(PROPOSALS_A_REQUEST);
            chunks.map(|chunk| Command::RaiseTasks(chunk.to_vec())).collect()
        };
        let refreshed = trial.take(raise(open));
        trial.raised = trial.take(raise(new));
        trial.asked = trial.closed.start..refreshed.end.max(trial.raised.end);
        trial
    }

    /// Doubtful pairs that wait already, and the others.
    fn by_novelty(&self, proposals: Vec<Proposal>) -> (Vec<Proposal>, Vec<Proposal>) {
        let known = self.engine().head();
        self.engine().read(|state| {
            proposals.into_iter().map(Proposal::normalised).partition(|proposal| {
                let id = TaskId::of(&proposal.record, &proposal.candidate);
                state.curations.task(id, known).is_some()
            })
        })
    }

    /// How many changes it would make to name a system or source.
    fn declared_anew(&self, command: &Command) -> usize {
        let known = self.engine().read(|state| match command {
            Command::DeclareSystem(c) => state.systems.get(&c.name) == Some(&c.title),
            Command::DeclareSource(c) => state.sources.get(&c.name) == Some(&c.declaration),
            _ => false,
        });
        usize::from(!known)
    }

    async fn take_up(&self, impact: &Impact, effects: &mut Effects) -> Result<(), EngineError> {
        let count = |effect| impact.twins.values().filter(|found| **found == effect).count();
        effects.twins_created = count(Effect::Created);
        effects.twins_changed = count(Effect::Changed);
        effects.twins_ended = count(Effect::Ended);
        effects.ids_moved = impact.ids.iter().filter(|moved| moved.from.is_some()).count();
        effects.bindings_moved = impact.streams.len();
        effects.relationships = impact.relationships.len();
        effects.readings_uncounted = impact.streams.len() > STREAMS_COUNTED_MAX;
        for moved in impact.streams.iter().take(STREAMS_COUNTED_MAX) {
            effects.readings_moved += self.engine().readings_of(moved).await?;
        }
        if let Some(feed) = &self.inner.feed {
            effects.subscribers = feed.subscribers_of(impact.twins.keys().copied());
        }
        Ok(())
    }
}

/// The commands that a preview does, and which of them are what.
#[derive(Default)]
struct Trial {
    all: Vec<Command>,
    /// Where the statements of the files stand, by their places there.
    places: Vec<(usize, usize)>,
    /// What the matching decides.
    decided: Range<usize>,
    /// The questions that it closes.
    closed: Range<usize>,
    /// Those that it raises.
    raised: Range<usize>,
    /// All that it does about questions.
    asked: Range<usize>,
}

impl Trial {
    fn take_placed(&mut self, commands: Vec<(usize, Command)>) {
        for (place, command) in commands {
            self.places.push((place, self.all.len()));
            self.all.push(command);
        }
    }

    fn take(&mut self, commands: impl IntoIterator<Item = Command>) -> Range<usize> {
        let from = self.all.len();
        self.all.extend(commands);
        from..self.all.len()
    }
}

fn record(command: &Command) -> Option<&PutRecord> {
    match command {
        Command::PutRecord(record) => Some(record),
        _ => None,
    }
}

/// Whether a command names something that readers see at once, so that it cannot be tried.
fn declares(command: &Command) -> bool {
    matches!(command, Command::DeclareSystem(_) | Command::DeclareSource(_))
}

/// That somebody waits for the answer.
pub(super) fn is_awaited(abandoned: &CancellationToken) -> Result<(), StagingError> {
    match abandoned.is_cancelled() {
        true => Err(StagingError::Abandoned),
        false => Ok(()),
    }
}
