//! Staging: an import is read and previewed.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;

use super::collect::Rehearsal;
use super::shelf::{StagedId, StagedImport};
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
use crate::sources::import::{Outcome, Report, Settled, import};
use crate::sources::text::Input;

/// Most streams whose readings are counted for a preview.
const STREAMS_COUNTED_MAX: usize = 1_000;

/// Why an import could not be staged or committed.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    /// There is none of that name.
    #[error(
        "no staged import is `{0}`: it was committed or discarded, or forgotten for newer ones or by a restart; stage it again"
    )]
    Unknown(StagedId),
    /// It is more than the writer does without letting others in.
    #[error(
        "{statements} statements, with {decided} that the matching makes of them, are more than the \
         {PREVIEW_COMMANDS_MAX} that can be staged at once; stage the file in parts, or import it without staging"
    )]
    TooMany {
        /// How many statements the files hold.
        statements: usize,
        /// What the matching makes of them.
        decided: usize,
    },
    /// The engine did not take it.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What a staged import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Staged {
    /// What was read, and what would become of it; `matching` tells what the records would mean.
    pub report: Report,
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
    /// # Errors
    /// Why the engine could not look.
    pub async fn stage(
        &self,
        inputs: &[Input],
        sources: &[Arc<Declaration>],
    ) -> Result<Arc<StagedImport>, StagingError> {
        let rehearsal = Rehearsal::new(self.engine());
        let read = import(&rehearsal, inputs, sources, &mut |_| {}).await;
        let mut staged = Staged { report: read, ..Staged::default() };
        let commands = rehearsal.collected();
        if staged.report.stopped.is_none() {
            // Read once more, so that each outcome is told with its place in the files.
            let (outcomes, settled) = self.look(&commands, &mut staged).await?;
            rehearsal.play_back(outcomes, settled);
            staged.report = import(&rehearsal, inputs, sources, &mut |_| {}).await;
        }
        let import = Arc::new(StagedImport {
            id: SystemIds.next(),
            at: rehearsal.began(),
            files: inputs.iter().map(|input| input.name().to_string()).collect(),
            staged,
            commands,
        });
        if import.staged.report.stopped.is_none() {
            self.inner.shelf.lock().put(import.clone());
        }
        Ok(import)
    }

    /// The imports that wait, the last one first.
    pub fn staged(&self) -> Vec<Arc<StagedImport>> {
        self.inner.shelf.lock().all()
    }

    /// What the commands, and what matching makes of them, would do.
    async fn look(
        &self,
        commands: &[Command],
        staged: &mut Staged,
    ) -> Result<(Vec<Result<Outcome, Rejection>>, Settled), StagingError> {
        let records: Vec<PutRecord> = commands.iter().filter_map(record).cloned().collect();
        self.count_records(&records, staged);
        let mut deeds = self.deeds(&records).await?;
        let trial = self.trial(commands, &mut deeds);
        let tried = trial.all.iter().filter(|command| !declares(command)).count();
        if tried > PREVIEW_COMMANDS_MAX {
            let (statements, decided) = (commands.len(), trial.decided.len() + trial.asked.len());
            return Err(StagingError::TooMany { statements, decided });
        }
        let asked = trial.all.iter().filter(|command| !declares(command)).cloned().collect();
        let preview = self.engine().preview("import", asked).await?;
        let mut found = preview.outcomes.into_iter();
        let outcome = |command| match declares(command) {
            true => Ok(self.declared_anew(command)),
            false => found.next().unwrap_or(Ok(Default::default())).map(|done| done.changes),
        };
        let outcomes: Vec<Result<usize, Rejection>> = trial.all.iter().map(outcome).collect();
        let mut by_place = vec![Ok(Outcome { changes: 0 }); commands.len()];
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
        self.take_up(&preview.impact, staged).await?;
        Ok((by_place, deeds.report))
    }

    /// Counts records, each once however many stretches of time are told of it.
    fn count_records(&self, records: &[PutRecord], staged: &mut Staged) {
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
        (staged.records_created, staged.records_updated) = (created.len(), updated.len());
    }

    /// All commands in the order in which a commit does them.
    fn trial(&self, commands: &[Command], deeds: &mut Deeds) -> Trial {
        let mut trial = Trial::default();
        let is_first = |command: &&Command| Report::is_before_matching(command);
        for (place, command) in commands.iter().enumerate().filter(|(_, c)| is_first(c)) {
            trial.places.push((place, trial.all.len()));
            trial.all.push(command.clone());
        }
        let groups = std::mem::take(&mut deeds.groups).into_iter().flatten();
        trial.decided = trial.take(groups);
        for (place, command) in commands.iter().enumerate().filter(|(_, c)| !is_first(c)) {
            trial.places.push((place, trial.all.len()));
            trial.all.push(command.clone());
        }
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

    async fn take_up(&self, impact: &Impact, staged: &mut Staged) -> Result<(), EngineError> {
        let count = |effect| impact.twins.values().filter(|found| **found == effect).count();
        staged.twins_created = count(Effect::Created);
        staged.twins_changed = count(Effect::Changed);
        staged.twins_ended = count(Effect::Ended);
        staged.ids_moved = impact.ids.iter().filter(|moved| moved.from.is_some()).count();
        staged.bindings_moved = impact.streams.len();
        staged.relationships = impact.relationships.len();
        staged.readings_uncounted = impact.streams.len() > STREAMS_COUNTED_MAX;
        for moved in impact.streams.iter().take(STREAMS_COUNTED_MAX) {
            staged.readings_moved += self.engine().readings_of(moved).await?;
        }
        if let Some(feed) = &self.inner.feed {
            staged.subscribers = feed.subscribers_of(impact.twins.keys().copied());
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
