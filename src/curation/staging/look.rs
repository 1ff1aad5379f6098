//! Staging: an import is read and previewed; committing does it.

use std::sync::Arc;

use serde::Serialize;

use super::collect::Rehearsal;
use super::shelf::{StagedId, StagedImport};
use crate::clock::SystemIds;
use crate::curation::curator::Curator;
use crate::domain::command::{Command, PutRecord};
use crate::domain::curation::Proposal;
use crate::domain::decide::IdSource;
use crate::domain::id::{Position, TaskId};
use crate::domain::impact::{Effect, Impact};
use crate::domain::rejection::Rejection;
use crate::engine::EngineError;
use crate::sources::declaration::Declaration;
use crate::sources::import::{Outcome, Report, Settled, import};
use crate::sources::text::Input;

/// Most streams whose readings are counted for a preview.
const STREAMS_COUNTED_MAX: usize = 1_000;
/// Most commands in one request.
const COMMANDS_A_REQUEST: usize = 500;

/// Why an import could not be staged or committed.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    /// There is none of that name.
    #[error(
        "no staged import is `{0}`: it was committed or discarded, or forgotten for newer ones or by a restart; stage it again"
    )]
    Unknown(StagedId),
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

    /// Does a staged import: its statements, and then what its records mean as things are then.
    ///
    /// # Errors
    /// When there is none, or the engine could not take it; what it took stays.
    pub async fn commit(&self, id: StagedId, actor: &str) -> Result<Report, StagingError> {
        let import = self.inner.shelf.lock().take(id).ok_or(StagingError::Unknown(id))?;
        let done = self.carry_out(&import, actor).await;
        if done.is_err() {
            // What the engine took is found unchanged by the next attempt.
            self.inner.shelf.lock().put(import);
        }
        done
    }

    async fn carry_out(&self, import: &StagedImport, actor: &str) -> Result<Report, StagingError> {
        let mut report = Report { files: import.files.len(), ..Report::default() };
        let (first, then): (Vec<Command>, Vec<Command>) =
            import.commands.iter().cloned().partition(Report::is_before_matching);
        self.submit_staged(first, actor, &mut report).await?;
        report.matching = Some(self.settle_new().await?);
        self.submit_staged(then, actor, &mut report).await?;
        Ok(report)
    }

    /// Forgets a staged import.
    ///
    /// # Errors
    /// When there is none.
    pub fn discard(&self, id: StagedId) -> Result<(), StagingError> {
        let taken = self.inner.shelf.lock().take(id);
        taken.map(drop).ok_or(StagingError::Unknown(id))
    }

    async fn submit_staged(
        &self,
        commands: Vec<Command>,
        actor: &str,
        report: &mut Report,
    ) -> Result<(), StagingError> {
        for chunk in commands.chunks(COMMANDS_A_REQUEST) {
            let receipt = self.engine().submit_all(actor, chunk.to_vec()).await?;
            for (command, outcome) in chunk.iter().zip(receipt.outcomes) {
                report.done(command, outcome.map(|done| done.changes));
            }
        }
        Ok(())
    }

    /// What the commands, and what matching makes of them, would do.
    async fn look(
        &self,
        commands: &[Command],
        staged: &mut Staged,
    ) -> Result<(Vec<Result<Outcome, Rejection>>, Settled), EngineError> {
        let records: Vec<PutRecord> = commands.iter().filter_map(record).cloned().collect();
        self.engine().read(|state| {
            for record in &records {
                match state.records.timeline(&record.key) {
                    None => staged.records_created += 1,
                    Some(held) if !held.says(record.valid, |said| *said == record.record()) => {
                        staged.records_updated += 1;
                    }
                    Some(_) => {}
                }
            }
        });
        let mut deeds = self.deeds(&records).await?;
        let is_first = |command: &&Command| Report::is_before_matching(command);
        let (mut all, mut places) = (Vec::new(), Vec::new());
        for (place, command) in commands.iter().enumerate().filter(|(_, c)| is_first(c)) {
            places.push((place, all.len()));
            all.push(command.clone());
        }
        let decided = all.len();
        all.extend(std::mem::take(&mut deeds.groups).into_iter().flatten());
        let decided = decided..all.len();
        for (place, command) in commands.iter().enumerate().filter(|(_, c)| !is_first(c)) {
            places.push((place, all.len()));
            all.push(command.clone());
        }
        // Those that are open already are only brought up to date.
        let (known, new) = self.by_novelty(std::mem::take(&mut deeds.proposals));
        all.extend([known, new].map(Command::RaiseTasks));
        let declared: Vec<bool> = all.iter().map(declares).collect();
        let asked = all.iter().filter(|command| !declares(command)).cloned().collect();
        let preview = self.engine().preview("import", asked).await?;
        let mut found = preview.outcomes.into_iter();
        let outcomes: Vec<Result<usize, Rejection>> = all
            .iter()
            .zip(declared)
            .map(|(command, declares)| match declares {
                true => Ok(self.declared_anew(command)),
                false => found.next().unwrap_or(Ok(Default::default())).map(|done| done.changes),
            })
            .collect();
        let mut by_place = vec![Ok(Outcome { changes: 0 }); commands.len()];
        for (place, at) in places {
            by_place[place] = outcomes[at].clone().map(|changes| Outcome { changes });
        }
        for refused in outcomes[decided].iter().filter_map(|outcome| outcome.as_ref().err()) {
            deeds.report.was_refused(refused.to_string());
        }
        let raised = outcomes.last().and_then(|outcome| outcome.as_ref().ok());
        deeds.report.raised = raised.copied().unwrap_or_default();
        deeds.report.doubtful = self.open_tasks() + deeds.report.raised;
        self.take_up(&preview.impact, staged).await?;
        Ok((by_place, deeds.report))
    }

    /// Doubtful pairs that wait already, and the others.
    fn by_novelty(&self, proposals: Vec<Proposal>) -> (Vec<Proposal>, Vec<Proposal>) {
        self.engine().read(|state| {
            proposals.into_iter().map(Proposal::normalised).partition(|proposal| {
                let id = TaskId::of(&proposal.record, &proposal.candidate);
                state.curations.task(id, Position::LATEST_KNOWN).is_some()
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
