//! One run: look, match, decide, and do it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::runtime::Handle;

use super::commands::{ACTOR, Decided, Deeds};
use super::judged::judged;
use super::matching::{Matched, matched};
use super::near::Around;
use super::news::{About, News};
use super::past::{Past, RECORDS_A_LOOK, empty, pasts, pasts_of};
use super::plan::plan;
use crate::clock::SystemIds;
use crate::curation::curator::Curator;
use crate::curation::unsettled::{Unsettled, are_few};
use crate::curation::work::Stage;
use crate::domain::command::{Command, DeleteTwin, LinkId, PutRecord, PutTwin, TwinRef};
use crate::domain::curation::{Candidate, CloseTask, Proposal};
use crate::domain::decide::TASKS_OPEN_MAX;
use crate::domain::id::{ExternalId, Position, TaskId, TwinId};
use crate::domain::time::Timestamp;
use crate::dtdl::Dtmi;
use crate::engine::{Engine, EngineError};
use crate::sources::import::Settled;

/// Most commands in one request.
const COMMANDS_A_REQUEST: usize = 500;
/// Most doubtful pairs in one request.
pub const PROPOSALS_A_REQUEST: usize = 500;

impl Curator {
    /// Decides all records that mean nothing yet, and those whose meaning changed. Running it again
    /// changes nothing.
    ///
    /// # Errors
    /// Why the engine could not take the decisions; what it took stays, and the next run goes on.
    pub async fn settle(&self) -> Result<Settled, EngineError> {
        self.inner.unsettled.lock().lost_count();
        self.settle_new().await
    }

    /// Decides records that came or changed since records were last decided: against those that are known when they are
    /// few, else with all of them together.
    ///
    /// What was begun is brought to its end, whether somebody waits for it or not.
    ///
    /// # Errors
    /// Why the engine could not take the decisions; what it took stays, and the next run goes on.
    pub async fn settle_new(&self) -> Result<Settled, EngineError> {
        let curator = self.clone();
        let work = tokio::spawn(async move { curator.settle_alone().await });
        work.await.map_err(|error| broke_off(&error))?
    }

    async fn settle_alone(&self) -> Result<Settled, EngineError> {
        let _alone = self.inner.settling.lock().await;
        let known = self.engine().head();
        let is_current = self.follows(known).await;
        let taken = self.inner.unsettled.lock().take();
        let spoken = self.inner.spoken.take();
        let started = tokio::time::Instant::now();
        let done = self.settle_taken(&taken, &spoken, known, is_current).await;
        match &done {
            Ok(report) => {
                report.count();
                self.tell(report, started.elapsed());
                if self.inner.keeps_learnt.load(Ordering::Relaxed)
                    && !self.inner.learning.is_ready()
                {
                    self.inner.learning.prepare(self.engine());
                }
            }
            Err(_) => {
                self.inner.unsettled.lock().put_back(taken);
                self.inner.spoken.put_back(spoken);
            }
        }
        done
    }

    async fn settle_taken(
        &self,
        records: &Unsettled,
        spoken: &Unsettled,
        known: Position,
        is_current: bool,
    ) -> Result<Settled, EngineError> {
        let news = self.news(spoken, known).await;
        let mut deeds = self.deeds_of(records, &news, known, is_current).await?;
        let (told, unread) = (std::mem::take(&mut deeds.told), std::mem::take(&mut deeds.unread));
        let report = self.bring_about(deeds, known).await?;
        self.were_told(news, told, unread);
        Ok(report)
    }

    /// Waits until everything up to a position was noted; whether it is.
    pub(super) async fn follows(&self, known: Position) -> bool {
        self.caught_up(known).await;
        *self.inner.followed.borrow() >= known
    }

    async fn deeds_of(
        &self,
        records: &Unsettled,
        news: &News,
        known: Position,
        is_current: bool,
    ) -> Result<Deeds, EngineError> {
        if !news.devices.is_nothing() {
            self.inner.standing.lock().lost_count(known);
        }
        let standing = self.inner.standing.lock().records();
        match (standing, records.and(&news.devices)) {
            (Some(records), _) if is_current => Ok(Deeds::none(records)),
            (_, Unsettled::These(keys)) if news.are_few(keys.len(), self.records_known()) => {
                self.deeds_near(keys, Vec::new(), About::Everything, known).await
            }
            (_, Unsettled::These(_) | Unsettled::Any) => {
                self.deeds_of_all(&[], About::Everything, known).await
            }
        }
    }

    /// What [`Curator::settle_new`] would do if these records were kept.
    ///
    /// # Errors
    /// When the matching broke off.
    pub async fn deeds(&self, staged: &[PutRecord]) -> Result<Deeds, EngineError> {
        let known = self.engine().head();
        let is_current = self.follows(known).await;
        let news = self.news(&self.inner.spoken.waiting(), known).await;
        let is_current = is_current && news.devices.is_nothing();
        let standing = self.inner.standing.lock().records().filter(|_| is_current);
        let is_noted = matches!(&*self.inner.unsettled.lock(), Unsettled::These(_));
        match standing {
            Some(records) if self.are_kept(staged, known) => Ok(Deeds::none(records)),
            _ if is_noted && are_few(staged.len(), self.records_known()) => {
                let keys = staged.iter().map(|record| record.key.clone()).collect();
                self.deeds_near(keys, staged.to_vec(), About::Everything, known).await
            }
            _ => self.deeds_of_all(staged, About::Everything, known).await,
        }
    }

    /// Whether records say nothing but what is kept.
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

    pub(super) fn records_known(&self) -> usize {
        self.engine().read(|state| state.records.len())
    }

    /// Matches a few records, with others laid over them, with those that are known.
    pub(super) async fn deeds_near(
        &self,
        keys: BTreeSet<ExternalId>,
        staged: Vec<PutRecord>,
        about: About,
        known: Position,
    ) -> Result<Deeds, EngineError> {
        let records = keys.len();
        if keys.is_empty() {
            return Ok(Deeds::none(records));
        }
        metrics::counter!("counterpart_match_runs_total", "records" => "few").increment(1);
        let curator = self.clone();
        let asked = self.inner.learning.ask(self.engine(), move |matcher| {
            let started = std::time::Instant::now();
            let (engine, thresholds) = (curator.engine(), curator.inner.thresholds);
            let catalogue = engine.catalogue();
            let mut around = Around { matcher, engine, thresholds, catalogue: &catalogue, known };
            let near = around.near(near_pasts(engine, &keys, &staged, known));
            if !staged.is_empty() {
                around.forget(keys.iter());
            }
            metrics::histogram!("counterpart_match_seconds").record(started.elapsed());
            near
        });
        let (pasts, matched) = asked.await?;
        let mut deeds = self.decided(&pasts, &matched, about, known);
        deeds.report.records = records;
        Ok(deeds)
    }

    /// Matches all records together, with others laid over them.
    pub(super) async fn deeds_of_all(
        &self,
        staged: &[PutRecord],
        about: About,
        known: Position,
    ) -> Result<Deeds, EngineError> {
        metrics::counter!("counterpart_match_runs_total", "records" => "all").increment(1);
        let telling = self.telling();
        let read = |done, total| telling.at(Stage::Reading, done, total);
        let (pasts, unread) = pasts(self.engine(), staged, known, read).await;
        let curator = self.clone();
        // Work of seconds has a thread of its own.
        let work = tokio::task::spawn_blocking(move || {
            let catalogue = curator.engine().catalogue();
            let matched = matched(&pasts, &curator.inner.thresholds, &catalogue, &telling);
            let mut deeds = curator.decided(&pasts, &matched, about, known);
            // Of what could not be read, a question may be.
            if about == About::Everything && unread.is_empty() {
                deeds.closings = curator.answered(&pasts, &deeds, known);
                deeds.are_all = true;
            }
            let devices = pasts.into_iter().filter(|past| past.told.is_some());
            deeds.told = devices.map(|past| (past.key, past.told)).collect();
            deeds.unread = unread;
            deeds
        });
        work.await.map_err(|error| broke_off(&error))
    }

    /// What follows from what matching found.
    fn decided(&self, pasts: &[Past], matched: &Matched, about: About, known: Position) -> Deeds {
        let catalogue = &self.engine().catalogue();
        let subjects = &matched.subjects(pasts, ACTOR);
        let judged = judged(self.engine(), pasts, &matched.segments, known);
        let is_a = |model: &Dtmi, other: &Dtmi| catalogue.is_a(model, other);
        let mut plan = plan(subjects, &matched.pairs, &matched.sure, &judged, &is_a);
        if about == About::Devices {
            plan.limit_to(|segment| pasts[matched.segments[segment].past].told.is_some());
        }
        Decided { pasts, matched, subjects, plan: &plan, catalogue }.deeds(&mut SystemIds)
    }

    /// Closes open questions about records of which a run over all of them found nothing to ask.
    fn answered(&self, pasts: &[Past], deeds: &Deeds, known: Position) -> Vec<Command> {
        let asked: HashSet<TaskId> = deeds.proposals.iter().map(id_of).collect();
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

    /// Does what was decided by what was known.
    pub(super) async fn bring_about(
        &self,
        deeds: Deeds,
        known: Position,
    ) -> Result<Settled, EngineError> {
        let mut report = deeds.report;
        let telling = self.telling();
        let mut request: Vec<Command> = Vec::new();
        let total = deeds.groups.iter().map(Vec::len).sum::<usize>() + deeds.closings.len();
        let mut done = 0;
        for group in deeds.groups {
            if !request.is_empty() && request.len() + group.len() > COMMANDS_A_REQUEST {
                telling.at(Stage::Linking, done, total);
                done += request.len();
                self.submit(std::mem::take(&mut request), &mut report).await?;
            }
            request.extend(group);
        }
        telling.at(Stage::Linking, done, total);
        done += request.len();
        self.submit(request, &mut report).await?;
        for closings in deeds.closings.chunks(COMMANDS_A_REQUEST) {
            telling.at(Stage::Linking, done, total);
            done += closings.len();
            self.submit(closings.to_vec(), &mut report).await?;
        }
        for (number, proposals) in deeds.proposals.chunks(PROPOSALS_A_REQUEST).enumerate() {
            telling.at(Stage::Asking, number * PROPOSALS_A_REQUEST, deeds.proposals.len());
            let before = self.open_among(proposals);
            self.submit(vec![Command::RaiseTasks(proposals.to_vec())], &mut report).await?;
            report.raised += self.open_among(proposals).saturating_sub(before);
        }
        report.doubtful = self.open_tasks();
        if report.doubtful >= TASKS_OPEN_MAX {
            report.was_refused(full());
        }
        if deeds.are_all && report.refused.is_empty() && report.without_model == 0 {
            self.inner.standing.lock().settled(known, report.records);
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
        let made = made(&commands);
        let receipt = self.engine().submit_all(ACTOR, commands).await?;
        // A new twin whose records all mean something else by now is nothing.
        let is_empty = |(_, links): &(TwinId, Vec<usize>)| {
            links.iter().all(|place| receipt.outcomes.get(*place).is_none_or(Result::is_err))
        };
        let gone = made.into_iter().filter(is_empty).map(|(twin, _)| {
            Command::DeleteTwin(DeleteTwin { twin: TwinRef::Id(twin), at: Timestamp::MIN })
        });
        let gone: Vec<Command> = gone.collect();
        if !gone.is_empty() {
            self.engine().submit_all(ACTOR, gone).await?;
        }
        for refused in receipt.outcomes.into_iter().filter_map(Result::err) {
            report.was_refused(refused.to_string());
        }
        Ok(())
    }

    /// How many of these doubtful pairs wait for a person.
    fn open_among(&self, proposals: &[Proposal]) -> usize {
        let known = self.engine().head();
        let ids: BTreeSet<TaskId> = proposals.iter().map(id_of).collect();
        self.engine().read(|state| {
            ids.iter().filter(|id| state.curations.task(**id, known).is_some()).count()
        })
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

/// The pasts of these records, with what is staged laid over them; on a thread of its own.
fn near_pasts(
    engine: &Engine,
    keys: &BTreeSet<ExternalId>,
    staged: &[PutRecord],
    known: Position,
) -> Vec<Past> {
    let (read, _) = Handle::current().block_on(pasts_of(engine, keys.iter().cloned(), known));
    let found = read.into_iter().map(|(key, past)| {
        let past = past.unwrap_or_else(|| engine.read(|state| empty(state, &key, known)));
        (key, past)
    });
    let mut found: BTreeMap<ExternalId, Past> = found.collect();
    for record in staged {
        if let Some(past) = found.get_mut(&record.key) {
            past.lay_over(record.valid, &record.record());
        }
    }
    found.into_values().collect()
}

/// The twins that commands make for records that are linked to them, with the places of those links.
fn made(commands: &[Command]) -> BTreeMap<TwinId, Vec<usize>> {
    let mut made: BTreeMap<TwinId, Vec<usize>> = BTreeMap::new();
    for (place, command) in commands.iter().enumerate() {
        match command {
            Command::PutTwin(PutTwin { id: Some(twin), .. }) => {
                made.insert(*twin, Vec::new());
            }
            Command::LinkId(LinkId { twin: TwinRef::Id(twin), .. }) => {
                made.entry(*twin).and_modify(|links| links.push(place));
            }
            _ => {}
        }
    }
    made
}

/// The task that a proposal is.
fn id_of(proposal: &Proposal) -> TaskId {
    TaskId::of(&proposal.record, &proposal.candidate)
}

/// That no more doubtful pairs are put before a person.
pub fn full() -> String {
    format!(
        "{TASKS_OPEN_MAX} doubtful pairs wait for a person, and no more are put before one; decide some, or raise \
         `[matching] review`"
    )
}

pub(super) fn broke_off(error: &tokio::task::JoinError) -> EngineError {
    EngineError::Unavailable(format!("the matching broke off: {error}"))
}
