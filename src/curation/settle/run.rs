//! One run: look, match, decide, and do it.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use super::commands::{ACTOR, Decided, Deeds};
use super::judged::judged;
use super::matching::{Matched, matched};
use super::past::{Past, RECORDS_A_LOOK, pasts};
use super::plan::plan;
use crate::clock::SystemIds;
use crate::curation::curator::Curator;
use crate::domain::command::{Command, PutRecord};
use crate::domain::curation::{Candidate, CloseTask};
use crate::domain::decide::TASKS_OPEN_MAX;
use crate::domain::id::{ExternalId, Position, TaskId};
use crate::dtdl::Dtmi;
use crate::engine::EngineError;
use crate::sources::import::Settled;

/// Most commands in one request.
const COMMANDS_A_REQUEST: usize = 500;
/// Most doubtful pairs in one request.
pub const PROPOSALS_A_REQUEST: usize = 500;

impl Curator {
    /// Decides all records that mean nothing yet, and those whose meaning changed. Running it again changes nothing.
    ///
    /// What was begun is brought to its end, whether somebody waits for it or not.
    ///
    /// # Errors
    /// Why the engine could not take the decisions; what it took stays, and the next run goes on.
    pub async fn settle(&self) -> Result<Settled, EngineError> {
        let curator = self.clone();
        let work = tokio::spawn(async move { curator.settle_alone().await });
        work.await.map_err(|error| broke_off(&error))?
    }

    async fn settle_alone(&self) -> Result<Settled, EngineError> {
        let _alone = self.inner.settling.lock().await;
        let started = tokio::time::Instant::now();
        let known = self.engine().head();
        let deeds = match self.standing(known).await {
            Some(records) => Deeds::none(records),
            None => self.deeds_at(&[], known).await?,
        };
        let report = self.bring_about(deeds).await?;
        if report.refused.is_empty() && report.without_model == 0 {
            self.inner.standing.lock().settled(known, report.records);
        }
        self.tell(&report, started.elapsed());
        Ok(report)
    }

    /// How many records there are, if nothing that matching reads has changed since they were all decided.
    async fn standing(&self, known: Position) -> Option<usize> {
        self.caught_up(known).await;
        let is_current = *self.inner.followed.borrow() >= known;
        self.inner.standing.lock().records().filter(|_| is_current)
    }

    /// What [`Curator::settle`] would do if these records were kept.
    ///
    /// # Errors
    /// When the matching broke off.
    pub async fn deeds(&self, staged: &[PutRecord]) -> Result<Deeds, EngineError> {
        let known = self.engine().head();
        match self.standing(known).await {
            Some(records) if self.are_kept(staged, known) => Ok(Deeds::none(records)),
            _ => self.deeds_at(staged, known).await,
        }
    }

    fn are_kept(&self, staged: &[PutRecord], known: Position) -> bool {
        staged.chunks(RECORDS_A_LOOK).all(|chunk| {
            self.engine().read(|state| {
                chunk.iter().all(|record| {
                    let held = state.records.timeline(&record.key);
                    let kept = record.record();
                    held.is_some_and(|t| t.said(record.valid, known, |said| *said == kept))
                })
            })
        })
    }

    /// Matches all records together, as known at `known`, with others laid over them.
    async fn deeds_at(&self, staged: &[PutRecord], known: Position) -> Result<Deeds, EngineError> {
        let pasts = pasts(self.engine(), staged, known).await;
        let curator = self.clone();
        // Work of seconds has a thread of its own.
        let work = tokio::task::spawn_blocking(move || {
            let catalogue = curator.engine().catalogue();
            let matched = matched(&pasts, &curator.inner.thresholds, &catalogue);
            let mut deeds = curator.decided(&pasts, &matched, known);
            deeds.closings = curator.answered(&pasts, &deeds, known);
            deeds
        });
        work.await.map_err(|error| broke_off(&error))
    }

    /// What follows from what matching found.
    fn decided(&self, pasts: &[Past], matched: &Matched, known: Position) -> Deeds {
        let catalogue = &self.engine().catalogue();
        let subjects = &matched.subjects(pasts, ACTOR);
        let judged = judged(self.engine(), pasts, &matched.segments, known);
        let is_a = |model: &Dtmi, other: &Dtmi| catalogue.is_a(model, other);
        let plan = &plan(subjects, &matched.pairs, &matched.sure, &judged, &is_a);
        Decided { pasts, matched, subjects, plan, catalogue }.deeds(&mut SystemIds)
    }

    /// Closes open questions about records of which a run over all of them found nothing to ask.
    fn answered(&self, pasts: &[Past], deeds: &Deeds, known: Position) -> Vec<Command> {
        let id =
            |task: &crate::domain::curation::Proposal| TaskId::of(&task.record, &task.candidate);
        let asked: HashSet<TaskId> = deeds.proposals.iter().map(id).collect();
        let records: HashSet<&ExternalId> = pasts.iter().map(|past| &past.key).collect();
        let answered: BTreeSet<TaskId> = self.engine().read(|state| {
            let open = state.curations.tasks(known).map(|(task, _)| task);
            let judged = open.filter(|task| match &task.candidate {
                Candidate::Record(other) => {
                    records.contains(&task.record) && records.contains(other)
                }
                Candidate::Twin(_) => false,
            });
            judged.map(|task| task.id()).filter(|id| !asked.contains(id)).collect()
        });
        answered.into_iter().map(|task| Command::CloseTask(CloseTask { task })).collect()
    }

    /// Does what was decided.
    async fn bring_about(&self, deeds: Deeds) -> Result<Settled, EngineError> {
        let mut report = deeds.report;
        let mut request: Vec<Command> = Vec::new();
        for group in deeds.groups {
            if !request.is_empty() && request.len() + group.len() > COMMANDS_A_REQUEST {
                self.submit(std::mem::take(&mut request), &mut report).await?;
            }
            request.extend(group);
        }
        self.submit(request, &mut report).await?;
        for closings in deeds.closings.chunks(COMMANDS_A_REQUEST) {
            self.submit(closings.to_vec(), &mut report).await?;
        }
        for proposals in deeds.proposals.chunks(PROPOSALS_A_REQUEST) {
            let before = self.open_tasks();
            self.submit(vec![Command::RaiseTasks(proposals.to_vec())], &mut report).await?;
            report.raised += self.open_tasks().saturating_sub(before);
        }
        report.doubtful = self.open_tasks();
        if report.doubtful >= TASKS_OPEN_MAX {
            report.was_refused(full());
        }
        Ok(report)
    }

    async fn submit(
        &self,
        commands: Vec<Command>,
        report: &mut Settled,
    ) -> Result<(), EngineError> {
        if commands.is_empty() {
            return Ok(());
        }
        let receipt = self.engine().submit_all(ACTOR, commands).await?;
        for refused in receipt.outcomes.into_iter().filter_map(Result::err) {
            report.was_refused(refused.to_string());
        }
        Ok(())
    }

    /// How many doubtful pairs wait for a person.
    pub(in crate::curation) fn open_tasks(&self) -> usize {
        let known = self.engine().head();
        self.engine().read(|state| state.curations.tasks(known).count())
    }

    fn tell(&self, report: &Settled, took: Duration) {
        if *report
            == (Settled {
                records: report.records,
                doubtful: report.doubtful,
                ..Settled::default()
            })
        {
            return;
        }
        tracing::info!(
            records = report.records,
            matched = report.matched,
            created = report.created,
            merged = report.merged,
            raised = report.raised,
            took_ms = took.as_millis(),
            "matched records"
        );
    }
}

/// That no more doubtful pairs are put before a person.
pub fn full() -> String {
    let what = "doubtful pairs wait for a person, and no more are put before one; decide some, or raise \
        `[matching] review`";
    format!("{TASKS_OPEN_MAX} {what}")
}

fn broke_off(error: &tokio::task::JoinError) -> EngineError {
    EngineError::Unavailable(format!("the matching broke off: {error}"))
}
