//! One run: look, match, decide, and do it.

use std::time::Duration;

use super::commands::{ACTOR, Decided, Deeds};
use super::matching::matched;
use super::past::pasts;
use super::plan::{self, Plan};
use crate::clock::SystemIds;
use crate::curation::curator::Curator;
use crate::domain::command::{Command, PutRecord};
use crate::domain::curation::{Judgement, Pair};
use crate::domain::id::Position;
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
        let _alone = self.inner.settling.lock().await;
        let started = tokio::time::Instant::now();
        let deeds = self.deeds(&[]).await?;
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
        self.tell(&report, started.elapsed());
        Ok(report)
    }

    /// What [`Curator::settle`] would do if these records were kept.
    ///
    /// # Errors
    /// When the matching broke off.
    pub async fn deeds(&self, staged: &[PutRecord]) -> Result<Deeds, EngineError> {
        let pasts = pasts(self.engine(), staged).await;
        if !pasts.iter().any(|past| past.is_open(ACTOR)) {
            let report = Settled { records: pasts.len(), ..Settled::default() };
            return Ok(Deeds { groups: Vec::new(), proposals: Vec::new(), report });
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
        let subjects = matched.subjects(&pasts, ACTOR);
        let apart = self.engine().read(|state| {
            let judged = |pair: &&plan::Pair| {
                let key = |place: usize| pasts[matched.segments[place].past].key.clone();
                let on = Pair::new(key(pair.a), key(pair.b));
                let different = |pair: Pair| {
                    let mut verdicts = state.curations.verdicts_on(&pair, Position::LATEST_KNOWN);
                    verdicts.any(|(verdict, _)| verdict.judgement == Judgement::Different)
                };
                on.is_some_and(different)
            };
            matched.pairs.iter().filter(judged).map(|pair| (pair.a, pair.b)).collect()
        });
        let plan: Plan = plan::plan(&subjects, &matched.clusters, &matched.pairs, &apart);
        let decided =
            Decided { pasts: &pasts, matched: &matched, subjects: &subjects, plan: &plan };
        Ok(decided.deeds(&mut SystemIds))
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
