//! A record that comes by itself is kept, and decided at once.

use std::collections::BTreeMap;
use std::time::Duration;

use super::curator::Curator;
use super::settle::{ACTOR, Deeds};
use crate::clock::SystemIds;
use crate::domain::change::Change;
use crate::domain::command::{Command, LinkId, PutRecord, TwinRef};
use crate::domain::curation::{Curation, Proposal, Task};
use crate::domain::decide::{Context, decide};
use crate::domain::id::{ExternalId, Position, TaskId, TwinId};
use crate::engine::{EngineError, Outcome, Preview};
use crate::sources::import::Settled;

/// How long an answer waits for the decision; while all records are matched it goes on behind the answer.
const DECIDES_WITHIN: Duration = Duration::from_secs(5);

/// What became of a record that came.
#[derive(Debug)]
pub struct Arrival {
    /// What keeping it did.
    pub outcome: Outcome,
    /// Where all of it can be read.
    pub position: Position,
    /// What the matching made of it; nothing when there was nothing to decide, or it is decided later.
    pub matching: Option<Settled>,
}

/// What would become of a record.
#[derive(Debug)]
pub struct Rehearsed {
    /// What keeping it and deciding it would do.
    pub preview: Preview,
    /// What the matching would make of it; nothing when there would be nothing to decide.
    pub matching: Option<Settled>,
    /// The twin that it would mean, if it exists.
    pub twin: Option<TwinId>,
    /// Doubtful pairs that would be put before a person.
    pub tasks: Vec<Task>,
}

impl Curator {
    /// Keeps a record and decides what it means. The record is on disk when this returns, and so is the decision unless all
    /// records are being matched just then: the decision then follows.
    ///
    /// # Errors
    /// Why the record is not kept.
    pub async fn put(&self, actor: &str, record: PutRecord) -> Result<Arrival, EngineError> {
        let (curator, actor) = (self.clone(), actor.to_owned());
        // Who hangs up takes nothing back: what is kept is decided, too.
        let work = tokio::spawn(async move { curator.put_and_decide(&actor, record).await });
        work.await.map_err(|e| EngineError::Unavailable(format!("keeping it broke off: {e}")))?
    }

    async fn put_and_decide(&self, actor: &str, record: PutRecord) -> Result<Arrival, EngineError> {
        let key = record.key.clone();
        let (outcome, position) = self.engine().submit(actor, Command::PutRecord(record)).await?;
        if !self.is_to_be_decided(&key, outcome.changes > 0) {
            return Ok(Arrival { outcome, position, matching: None });
        }
        self.inner.unsettled.lock().note([key]);
        let curator = self.clone();
        let work = tokio::spawn(async move { curator.settle_new().await });
        let matching = match tokio::time::timeout(DECIDES_WITHIN, work).await {
            Ok(Ok(Ok(report))) => Some(report),
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "a record that came is decided with the next one");
                None
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "deciding a record broke off");
                None
            }
            Err(_) => None,
        };
        Ok(Arrival { outcome, position: self.engine().head().max(position), matching })
    }

    /// A record that says something to match by is decided when it changed, or means nothing yet.
    fn is_to_be_decided(&self, key: &ExternalId, has_changed: bool) -> bool {
        let (known, now) = (self.engine().head(), self.engine().now());
        self.engine().read(|state| {
            let timeline = state.records.timeline(key);
            let mut said = timeline.into_iter().flat_map(|t| t.known(known));
            let is_linked = || state.crosswalks.at(key, now, known).is_some();
            said.any(|fact| !fact.value.identity.is_empty()) && (has_changed || !is_linked())
        })
    }

    /// What [`Curator::put`] would do.
    ///
    /// # Errors
    /// Why the engine could not look.
    pub async fn rehearse(&self, actor: &str, record: PutRecord) -> Result<Rehearsed, EngineError> {
        let key = record.key.clone();
        let mut commands = vec![Command::PutRecord(record.clone())];
        if record.identity.is_empty() {
            let preview = self.engine().preview(actor, commands).await?;
            return Ok(Rehearsed { preview, matching: None, twin: None, tasks: Vec::new() });
        }
        let Deeds { groups, proposals, closings, mut report, .. } = self.deeds(&[record]).await?;
        commands.extend(groups.into_iter().flatten());
        let linked = commands.iter().find_map(|command| match command {
            Command::LinkId(LinkId { external, twin: TwinRef::Id(twin), .. })
                if *external == key =>
            {
                Some(*twin)
            }
            _ => None,
        });
        let (known, now) = (self.engine().head(), self.engine().now());
        let means = self
            .engine()
            .read(|state| state.crosswalks.at(&key, now, known).map(|link| link.value.twin));
        let twin = linked.or(means);
        let (tasks, raised) = self.would_ask(&key, &proposals)?;
        report.raised = raised;
        report.doubtful = (self.open_tasks() + raised).saturating_sub(closings.len());
        commands.extend(closings);
        commands.push(Command::RaiseTasks(proposals));
        let preview = self.engine().preview(actor, commands).await?;
        for refused in preview.outcomes.iter().skip(1).filter_map(|outcome| outcome.as_ref().err())
        {
            report.was_refused(refused.to_string());
        }
        Ok(Rehearsed { preview, matching: Some(report), twin, tasks })
    }

    /// The tasks about a record that would wait, and how many of them are new.
    fn would_ask(
        &self,
        key: &ExternalId,
        proposals: &[Proposal],
    ) -> Result<(Vec<Task>, usize), EngineError> {
        let command = Command::RaiseTasks(proposals.to_vec());
        let (known, now) = (self.engine().head(), self.engine().now());
        let mut context = Context { now, actor: ACTOR.into(), ids: &mut SystemIds };
        self.engine().read(|state| {
            let open = state.curations.tasks_of_record(key, known);
            let mut tasks: BTreeMap<TaskId, Task> =
                open.map(|task| (task.id(), task.clone())).collect();
            let before = tasks.len();
            for change in decide(state, &command, &mut context)? {
                if let Change::Curated { fact: Curation::Task(task), .. } = change {
                    tasks.insert(task.id(), *task);
                }
            }
            let raised = tasks.len() - before;
            Ok((tasks.into_values().collect(), raised))
        })
    }
}
