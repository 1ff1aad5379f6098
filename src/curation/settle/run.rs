//! One run: look, match, decide, and do it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::commands::{ACTOR, Decided, Deeds};
use super::matching::{Matched, matched};
use super::near::Around;
use super::past::{Past, empty, past, pasts};
use super::plan::{self, Plan};
use crate::clock::SystemIds;
use crate::curation::curator::Curator;
use crate::curation::unsettled::{Unsettled, are_few};
use crate::domain::command::{Command, PutRecord};
use crate::domain::curation::{Judgement, Pair};
use crate::domain::id::{ExternalId, Position};
use crate::domain::state::State;
use crate::engine::EngineError;
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
            Ok(report) => self.tell(report, started.elapsed()),
            Err(_) => self.inner.unsettled.lock().put_back(taken),
        }
        done
    }

    async fn deeds_of(&self, unsettled: &Unsettled) -> Result<Deeds, EngineError> {
        match unsettled {
            Unsettled::These(keys) if are_few(keys.len(), self.records_known()) => {
                let known = self.engine().head();
                let read = |key: &ExternalId| self.engine().read(|state| past(state, key, known));
                self.deeds_near(keys.iter().filter_map(read).collect(), false).await
            }
            Unsettled::These(_) | Unsettled::Any => self.deeds_of_all(&[]).await,
        }
    }

    /// What [`Curator::settle_new`] would do if these records were kept.
    ///
    /// # Errors
    /// When the matching broke off.
    pub async fn deeds(&self, staged: &[PutRecord]) -> Result<Deeds, EngineError> {
        let is_current = matches!(&*self.inner.unsettled.lock(), Unsettled::These(_));
        if !is_current || !are_few(staged.len(), self.records_known()) {
            return self.deeds_of_all(staged).await;
        }
        let known = self.engine().head();
        let mut came: BTreeMap<&ExternalId, Past> = BTreeMap::new();
        for record in staged {
            let read = || {
                let kept = |state: &State| past(state, &record.key, known);
                let read =
                    |state: &State| kept(state).unwrap_or_else(|| empty(state, &record.key, known));
                self.engine().read(read)
            };
            let past = came.entry(&record.key).or_insert_with(read);
            past.lay_over(record.valid, &record.record());
        }
        self.deeds_near(came.into_values().collect(), true).await
    }

    fn records_known(&self) -> usize {
        self.engine().read(|state| state.records.len())
    }

    /// Matches a few records with those that are known.
    async fn deeds_near(&self, came: Vec<Past>, are_staged: bool) -> Result<Deeds, EngineError> {
        let records = came.len();
        if came.is_empty() {
            return Ok(Deeds::none(records));
        }
        let (engine, thresholds) = (self.engine().clone(), self.inner.thresholds);
        let catalogue = engine.catalogue();
        let asked = self.inner.learning.ask(self.engine(), move |matcher| {
            let keys: Vec<ExternalId> = came.iter().map(|past| past.key.clone()).collect();
            let mut around = Around { matcher, engine: &engine, thresholds, catalogue: &catalogue };
            let near = around.near(came);
            if are_staged {
                around.forget(keys.iter());
            }
            near
        });
        let (pasts, matched) = asked.await?;
        let mut deeds = self.decided(&pasts, &matched);
        deeds.report.records = records;
        Ok(deeds)
    }

    /// Matches all records together, with others laid over them.
    async fn deeds_of_all(&self, staged: &[PutRecord]) -> Result<Deeds, EngineError> {
        let pasts = pasts(self.engine(), staged).await;
        if !pasts.iter().any(|past| past.is_open(ACTOR)) {
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
            let before = self.open_tasks();
            self.submit(vec![Command::RaiseTasks(proposals.to_vec())], &mut report).await?;
            report.raised += self.open_tasks().saturating_sub(before);
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
        let receipt = self.engine().submit_all(ACTOR, commands).await?;
        for refused in receipt.outcomes.into_iter().filter_map(Result::err) {
            report.was_refused(refused.to_string());
        }
        Ok(())
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
