//! One run: look, match, decide, and do it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::commands::{ACTOR, Decided, Deeds};
use super::matching::{Matched, matched};
use super::near::Around;
use super::past::{Past, empty, past, pasts};
use super::plan::{self, Plan};
use crate::clock::SystemIds;
use crate::curation::curator::Curator;
use crate::curation::unsettled::{Unsettled, are_few};
use crate::domain::command::{Command, DeleteTwin, LinkId, PutRecord, PutTwin, TwinRef};
use crate::domain::curation::{Judgement, Pair, Proposal};
use crate::domain::id::{ExternalId, Position, TaskId, TwinId};
use crate::domain::time::Timestamp;
use crate::engine::{Engine, EngineError};
use crate::sources::import::Settled;

/// Most commands in one request.
const COMMANDS_A_REQUEST: usize = 500;
/// Most doubtful pairs in one request.
const PROPOSALS_A_REQUEST: usize = 500;

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
    /// # Errors
    /// Why the engine could not take the decisions; what it took stays, and the next run goes on.
    pub async fn settle_new(&self) -> Result<Settled, EngineError> {
        let _alone = self.inner.settling.lock().await;
        self.caught_up(self.engine().head()).await;
        let taken = self.inner.unsettled.lock().take();
        let started = tokio::time::Instant::now();
        let done = match self.deeds_of(&taken).await {
            Ok(deeds) => self.do_deeds(deeds).await,
            Err(error) => Err(error),
        };
        match &done {
            Ok(report) => {
                self.tell(report, started.elapsed());
                if self.inner.keeps_learnt.load(Ordering::Relaxed)
                    && !self.inner.learning.is_ready()
                {
                    self.inner.learning.prepare(self.engine());
                }
            }
            Err(_) => self.inner.unsettled.lock().put_back(taken),
        }
        done
    }

    async fn deeds_of(&self, unsettled: &Unsettled) -> Result<Deeds, EngineError> {
        match unsettled {
            Unsettled::These(keys) if are_few(keys.len(), self.records_known()) => {
                self.deeds_near(keys.clone(), Vec::new()).await
            }
            Unsettled::These(_) => self.deeds_of_all(&[], true).await,
            Unsettled::Any => self.deeds_of_all(&[], false).await,
        }
    }

    /// What [`Curator::settle_new`] would do if these records were kept.
    ///
    /// # Errors
    /// When the matching broke off.
    pub async fn deeds(&self, staged: &[PutRecord]) -> Result<Deeds, EngineError> {
        let is_current = matches!(&*self.inner.unsettled.lock(), Unsettled::These(_));
        if !is_current || !are_few(staged.len(), self.records_known()) {
            return self.deeds_of_all(staged, is_current && !staged.is_empty()).await;
        }
        let keys = staged.iter().map(|record| record.key.clone()).collect();
        self.deeds_near(keys, staged.to_vec()).await
    }

    fn records_known(&self) -> usize {
        self.engine().read(|state| state.records.len())
    }

    /// Matches a few records, with others laid over them, with those that are known.
    async fn deeds_near(
        &self,
        keys: BTreeSet<ExternalId>,
        staged: Vec<PutRecord>,
    ) -> Result<Deeds, EngineError> {
        let records = keys.len();
        if keys.is_empty() {
            return Ok(Deeds::none(records));
        }
        let (engine, thresholds) = (self.engine().clone(), self.inner.thresholds);
        let asked = self.inner.learning.ask(self.engine(), move |matcher| {
            let started = std::time::Instant::now();
            let catalogue = engine.catalogue();
            let mut around = Around { matcher, engine: &engine, thresholds, catalogue: &catalogue };
            let near = around.near(pasts_of(&engine, &keys, &staged));
            if !staged.is_empty() {
                around.forget(keys.iter());
            }
            metrics::histogram!("counterpart_match_seconds").record(started.elapsed());
            near
        });
        let (pasts, matched) = asked.await?;
        let mut deeds = self.decided(&pasts, &matched);
        deeds.report.records = records;
        Ok(deeds)
    }

    /// Matches all records together, with others laid over them: if one may be undecided, or some are known to have changed.
    async fn deeds_of_all(
        &self,
        staged: &[PutRecord],
        have_changed: bool,
    ) -> Result<Deeds, EngineError> {
        let pasts = pasts(self.engine(), staged).await;
        if !have_changed && !pasts.iter().any(|past| past.is_open(ACTOR)) {
            return Ok(Deeds::none(pasts.len()));
        }
        let (thresholds, catalogue) = (self.inner.thresholds, self.engine().catalogue());
        // Work of seconds has a thread of its own.
        let work = tokio::task::spawn_blocking(move || {
            let matched = matched(&pasts, &thresholds, &catalogue);
            (pasts, matched)
        });
        let (pasts, matched) = work
            .await
            .map_err(|e| EngineError::Unavailable(format!("the matching broke off: {e}")))?;
        Ok(self.decided(&pasts, &matched))
    }

    /// What follows from what matching found.
    fn decided(&self, pasts: &[Past], matched: &Matched) -> Deeds {
        let subjects = matched.subjects(pasts, ACTOR);
        let known = self.engine().head();
        let apart = self.engine().read(|state| {
            let judged = |pair: &&plan::Pair| {
                let key = |place: usize| pasts[matched.segments[place].past].key.clone();
                let on = Pair::new(key(pair.a), key(pair.b));
                let different = |pair: Pair| {
                    let mut verdicts = state.curations.verdicts_on(&pair, known);
                    verdicts.any(|(verdict, _)| verdict.judgement == Judgement::Different)
                };
                on.is_some_and(different)
            };
            matched.pairs.iter().filter(judged).map(|pair| (pair.a, pair.b)).collect()
        });
        let plan: Plan = plan::plan(&subjects, &matched.clusters, &matched.pairs, &apart);
        let decided = Decided { pasts, matched, subjects: &subjects, plan: &plan };
        decided.deeds(&mut SystemIds)
    }

    /// Does what was decided.
    async fn do_deeds(&self, deeds: Deeds) -> Result<Settled, EngineError> {
        let mut report = deeds.report;
        let mut request: Vec<Command> = Vec::new();
        for group in deeds.groups {
            if !request.is_empty() && request.len() + group.len() > COMMANDS_A_REQUEST {
                self.submit(std::mem::take(&mut request), &mut report).await?;
            }
            request.extend(group);
        }
        self.submit(request, &mut report).await?;
        for proposals in deeds.proposals.chunks(PROPOSALS_A_REQUEST) {
            let before = self.open_among(proposals);
            self.submit(vec![Command::RaiseTasks(proposals.to_vec())], &mut report).await?;
            report.raised += self.open_among(proposals).saturating_sub(before);
        }
        report.doubtful = self.open_tasks();
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
        let id = |proposal: &Proposal| {
            let Proposal { record, candidate, .. } = proposal.clone().normalised();
            TaskId::of(&record, &candidate)
        };
        let known = self.engine().head();
        let ids: BTreeSet<TaskId> = proposals.iter().map(id).collect();
        self.engine().read(|state| {
            ids.iter().filter(|id| state.curations.task(**id, known).is_some()).count()
        })
    }

    /// How many doubtful pairs wait for a person.
    pub(in crate::curation) fn open_tasks(&self) -> usize {
        self.engine().read(|state| state.curations.tasks(Position::LATEST_KNOWN).count())
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

/// The pasts of these records, with what is staged laid over them.
fn pasts_of(engine: &Engine, keys: &BTreeSet<ExternalId>, staged: &[PutRecord]) -> Vec<Past> {
    let known = engine.head();
    let read = |key| {
        engine.read(|state| past(state, key, known).unwrap_or_else(|| empty(state, key, known)))
    };
    let mut found: BTreeMap<&ExternalId, Past> = keys.iter().map(|key| (key, read(key))).collect();
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
