//! The one loop that writes: decide, append, apply, publish, acknowledge.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::options::EngineOptions;
use super::prepare::{Answer, Prepared, Preparer};
use super::recovery::{Recovered, recover};
use super::shared::{Committed, Shared};
use super::work::{Receipt, Work};
use crate::domain::batch::{Account, Acknowledged};
use crate::domain::decide::IdSource;
use crate::domain::id::{Position, StreamId};
use crate::domain::reading::Reading;
use crate::domain::state::Rules;
use crate::domain::time::Timestamp;
use crate::store::{Append, Inserted};

/// Most readings applied before readers get a turn.
const APPLY_CHUNK: usize = 2_000;

/// The writer and what only it knows.
pub(super) struct Writer {
    shared: Arc<Shared>,
    rules: Rules,
    ids: Box<dyn IdSource>,
    options: Arc<EngineOptions>,
    /// The last position given out.
    position: Position,
    last_recorded: Timestamp,
    /// Streams whose register changed since the last checkpoint began.
    dirty: BTreeSet<StreamId>,
    readings_since_checkpoint: usize,
    sweep: Option<Sweep>,
}

/// A checkpoint under way.
struct Sweep {
    /// Everything up to here will be kept when it is done.
    position: Position,
    left: Vec<StreamId>,
}

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        rules: Rules,
        ids: Box<dyn IdSource>,
        options: Arc<EngineOptions>,
        last_recorded: Timestamp,
        unkept: BTreeSet<StreamId>,
    ) -> Self {
        let position = shared.head();
        Self {
            shared,
            rules,
            ids,
            options,
            position,
            last_recorded,
            dirty: unkept,
            readings_since_checkpoint: 0,
            sweep: None,
        }
    }

    /// Runs until told to stop; then finishes what waits.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Work>, stop: CancellationToken) {
        loop {
            let first = tokio::select! {
                biased;
                work = queue.recv() => work,
                () = stop.cancelled() => { queue.close(); queue.recv().await }
            };
            let Some(first) = first else { break };
            let group = self.gather(first, &mut queue);
            if !self.write(group).await && !self.recover(&mut queue, &stop).await {
                break;
            }
            self.checkpoint_step().await;
        }
        self.finish().await;
    }

    /// Takes what waits already, up to one commit's worth: one fsync then serves them all.
    fn gather(&self, first: Work, queue: &mut mpsc::Receiver<Work>) -> Vec<Work> {
        let mut readings = first.weight();
        let mut group = vec![first];
        while group.len() < self.options.group_requests_max
            && readings < self.options.group_readings_max
        {
            let Ok(work) = queue.try_recv() else { break };
            readings += work.weight();
            group.push(work);
        }
        group
    }

    /// Answers whether the store took it.
    async fn write(&mut self, group: Vec<Work>) -> bool {
        let mut batch = Vec::with_capacity(group.len());
        let mut waiting = Vec::with_capacity(group.len());
        for work in group {
            let Some(Prepared { append, touched, answer }) = self.prepare(work) else {
                continue;
            };
            batch.push(append);
            waiting.push((touched, answer));
        }
        if batch.is_empty() {
            return true;
        }
        let started = std::time::Instant::now();
        match self.shared.store.append(&batch).await {
            Ok(inserted) => {
                metrics::histogram!("counterpart_commit_seconds").record(started.elapsed());
                for ((append, (_, answer)), inserted) in
                    batch.into_iter().zip(waiting).zip(inserted)
                {
                    self.acknowledge(append, &inserted, answer);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the store refused a commit; recovering from it");
                let reason = error.to_string();
                {
                    let mut state = self.shared.state.write();
                    for (append, (touched, _)) in batch.iter().zip(&waiting).rev() {
                        state.roll_back(append.entry.position, touched);
                    }
                }
                for (_, answer) in waiting {
                    answer.fail(&reason);
                }
                return false;
            }
        }
        true
    }

    fn prepare(&mut self, work: Work) -> Option<Prepared> {
        self.last_recorded = self.last_recorded.max(self.shared.clock.now());
        let mut preparer = Preparer {
            shared: &self.shared,
            ids: self.ids.as_mut(),
            position: self.position.next(),
            now: self.last_recorded,
        };
        let prepared = preparer.prepare(work)?;
        self.position = self.position.next();
        Some(prepared)
    }

    /// The entry is on disk: apply its readings, let readers see it, publish it, answer.
    fn acknowledge(&mut self, append: Append, inserted: &Inserted, answer: Answer) {
        let entry = append.entry;
        let total = entry.readings.len();
        let readings = only_new(entry.readings, inserted);
        let mut found = self.apply_readings(&readings, entry.position);
        found.duplicate = total - readings.len();
        let kept = !entry.changes.is_empty() || !readings.is_empty();
        if kept {
            self.shared.advance(entry.position);
        }
        let position = self.shared.head();
        if kept && self.shared.commits.receiver_count() > 0 {
            let committed = Committed {
                position: entry.position,
                recorded_at: entry.recorded_at,
                actor: entry.actor,
                changes: entry.changes,
                readings,
            };
            drop(self.shared.commits.send(Arc::new(committed)));
        }
        match answer {
            Answer::Commands { outcomes, reply } => {
                drop(reply.send(Ok(Receipt { outcomes, position })));
            }
            Answer::Readings { account, rejection, reply } => {
                let account = Account { rejected: account.rejected, ..found };
                drop(reply.send(Ok(Acknowledged { account, rejection, position })));
            }
        }
    }

    fn apply_readings(&mut self, readings: &[Reading], position: Position) -> Account {
        let mut account = Account::default();
        for chunk in readings.chunks(APPLY_CHUNK) {
            let mut state = self.shared.state.write();
            for reading in chunk {
                if state.streams.is_bound(reading.stream, reading.time) {
                    account.accepted += 1;
                } else {
                    account.quarantined += 1;
                }
                if let Some(stream) = state.streams.get_mut(reading.stream) {
                    stream.register.merge(reading, position);
                    stream.register.count(position);
                    self.dirty.insert(reading.stream);
                }
            }
        }
        self.readings_since_checkpoint += readings.len();
        account
    }

    /// Goes on with a checkpoint, or begins one when enough came in; a small part at a time.
    async fn checkpoint_step(&mut self) {
        if self.sweep.is_none() {
            if self.readings_since_checkpoint < self.options.checkpoint_readings {
                return;
            }
            self.begin_sweep();
        }
        self.sweep_chunk().await;
    }

    fn begin_sweep(&mut self) {
        self.readings_since_checkpoint = 0;
        let left = std::mem::take(&mut self.dirty).into_iter().collect();
        self.sweep = Some(Sweep { position: self.shared.head(), left });
    }

    async fn sweep_chunk(&mut self) {
        let Some(mut sweep) = self.sweep.take() else {
            return;
        };
        let at = sweep.left.len().saturating_sub(self.options.checkpoint_chunk);
        let chunk = sweep.left.split_off(at);
        let head = self.shared.head();
        let registers: Vec<_> = {
            let state = self.shared.state.read();
            let streams = chunk.iter().filter_map(|id| state.streams.get(*id));
            streams
                .map(|s| {
                    let mut register = s.register.clone();
                    register.counted_to = head;
                    (s.id, register)
                })
                .collect()
        };
        let complete = sweep.left.is_empty().then_some(sweep.position);
        if let Err(error) = self.shared.store.checkpoint(&registers, complete).await {
            tracing::warn!(%error, "the checkpoint was not kept; the next start takes longer");
            self.dirty.extend(chunk);
            self.dirty.extend(sweep.left);
        } else if complete.is_none() {
            self.sweep = Some(sweep);
        }
    }

    /// After a failed append it is unknown what the store holds: read it again before going on.
    ///
    /// Who waits meanwhile is told so, and not kept waiting. Answers false when told to stop first.
    async fn recover(
        &mut self,
        queue: &mut mpsc::Receiver<Work>,
        stop: &CancellationToken,
    ) -> bool {
        self.shared.set_ready(false);
        self.sweep = None;
        loop {
            while let Ok(work) = queue.try_recv() {
                work.fail("it is being recovered");
            }
            match recover(self.shared.store.as_ref(), &self.rules).await {
                Ok(recovered) => {
                    self.resume(recovered);
                    return true;
                }
                Err(error) => tracing::error!(%error, "the store cannot be read; trying again"),
            }
            tokio::select! {
                () = tokio::time::sleep(self.options.recovery_pause) => {}
                () = stop.cancelled() => {
                    // What the store holds is not known, so nothing is added to it.
                    self.dirty.clear();
                    return false;
                }
            }
        }
    }

    fn resume(&mut self, recovered: Recovered) {
        let Recovered { state, head, unkept } = recovered;
        *self.shared.state.write() = state;
        self.shared.advance(head.position);
        self.position = head.position;
        self.last_recorded = self.last_recorded.max(head.recorded_at);
        self.dirty = unkept;
        self.shared.set_ready(true);
        tracing::info!(position = head.position.0, "recovered; writes are taken again");
    }

    async fn finish(&mut self) {
        while self.sweep.is_some() {
            self.sweep_chunk().await;
        }
        if !self.dirty.is_empty() {
            self.begin_sweep();
            while self.sweep.is_some() {
                self.sweep_chunk().await;
            }
        }
        if let Err(error) = self.shared.store.close().await {
            tracing::warn!(%error, "the store did not close well");
        }
    }
}

fn only_new(readings: Vec<Reading>, inserted: &Inserted) -> Vec<Reading> {
    match inserted {
        Inserted::All => readings,
        Inserted::None => Vec::new(),
        Inserted::Some(flags) => {
            let flagged = readings.into_iter().zip(flags);
            flagged.filter(|(_, new)| **new).map(|(reading, _)| reading).collect()
        }
    }
}
