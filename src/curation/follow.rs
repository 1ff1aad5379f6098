//! Keeps the indexes in step with what the engine commits.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::curator::Inner;
use super::settle::ACTOR;
use super::telemetry::Heard;
use crate::domain::change::Change;
use crate::domain::curation::Curation;
use crate::domain::id::{ExternalId, TwinId};
use crate::domain::naming::NAME_PATHS;
use crate::domain::state::State;
use crate::domain::view::View;
use crate::engine::Committed;

/// How many twins are looked at while the writer waits.
const TWINS_A_LOOK: usize = 500;

/// Indexes everything, then follows. Ends with the last handle or the engine.
pub(super) async fn start(inner: &Arc<Inner>) {
    // First the ear, then the look: what comes in between is seen twice, which does no harm.
    let commits = inner.engine.commits();
    let heard = Heard::start(&inner.engine).await;
    everything(inner).await;
    tokio::spawn(follow(Arc::downgrade(inner), commits, heard));
}

async fn follow(inner: Weak<Inner>, mut commits: Receiver<Arc<Committed>>, mut heard: Heard) {
    loop {
        let received = commits.recv().await;
        let Some(inner) = inner.upgrade() else { return };
        match received {
            Ok(committed) => {
                inner.standing.lock().note(&committed);
                let news = heard.news(&committed);
                let changed = records(&committed.changes);
                inner.learning.note(changed.chain(news.devices.iter().cloned()));
                inner.unsettled.lock().note(records(&committed.changes));
                inner.spoken.note(news);
                if *committed.actor != *ACTOR {
                    let open = inner.engine.read(|state| reopened(state, &committed.changes));
                    inner.unsettled.lock().note(open);
                }
                let touched = inner.engine.read(|state| touched(state, &committed.changes));
                look_at(&inner, touched).await;
                inner.followed.send_if_modified(|at| {
                    let moves = committed.position > *at;
                    *at = committed.position.max(*at);
                    moves
                });
            }
            Err(RecvError::Lagged(_)) => {
                // Nobody knows what changed, so it is learnt anew, and all records are looked at.
                inner.learning.lost_count().await;
                inner.unsettled.lock().lost_count();
                inner.standing.lock().lost_count(inner.engine.head());
                heard.start_again(&inner.engine).await;
                if !heard.is_empty() {
                    inner.spoken.lost_count();
                }
                everything(&inner).await;
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// The records that these changes are about.
fn records(changes: &[Change]) -> impl Iterator<Item = ExternalId> + '_ {
    changes.iter().filter_map(|change| match change {
        Change::RecordStored { key, .. } | Change::RecordRetracted { key, .. } => Some(key.clone()),
        _ => None,
    })
}

/// The records of which these changes leave it open what they mean: untied, or judged.
fn reopened(state: &State, changes: &[Change]) -> Vec<ExternalId> {
    let pair = |fact: &Curation| match fact {
        Curation::Verdict(v) => vec![v.pair.first().clone(), v.pair.second().clone()],
        Curation::Redirect(_) | Curation::Task(_) | Curation::Undone(_) => Vec::new(),
    };
    let about = |change: &Change| match change {
        Change::Unlinked { external, .. } => vec![external.clone()],
        Change::Curated { fact, .. } => pair(fact),
        Change::Uncurated { key, .. } => {
            let timeline = state.curations.timeline(key);
            timeline.and_then(|t| t.facts().next()).map_or_else(Vec::new, |fact| pair(&fact.value))
        }
        _ => Vec::new(),
    };
    changes.iter().flat_map(about).collect()
}

async fn everything(inner: &Inner) {
    let head = inner.engine.head();
    let twins: BTreeSet<TwinId> =
        inner.engine.read(|state| state.graph.ids().keys().copied().collect());
    look_at(inner, twins).await;
    inner.followed.send_replace(head);
}

/// Brings the names of these twins up to date.
async fn look_at(inner: &Inner, twins: BTreeSet<TwinId>) {
    let twins: Vec<TwinId> = twins.into_iter().collect();
    for chunk in twins.chunks(TWINS_A_LOOK) {
        let scope = inner.engine.scope(None, None);
        let found: Vec<(TwinId, Vec<String>)> = inner.engine.read(|state| {
            let view = View { state, scope };
            chunk.iter().map(|twin| (*twin, names_of(&view, *twin))).collect()
        });
        {
            let mut names = inner.names.write();
            found.into_iter().for_each(|(twin, called)| names.set(twin, called));
        }
        tokio::task::yield_now().await;
    }
}

/// All that a twin is called; nothing when it does not exist.
fn names_of(view: &View<'_>, twin: TwinId) -> Vec<String> {
    if view.twin(twin).is_none() {
        return Vec::new();
    }
    let names = NAME_PATHS.iter().filter_map(|path| view.property(twin, path)?.value.as_str());
    let ids = view.external_ids(twin);
    let ids = ids.into_iter().map(|(external, _)| external.id.to_string());
    names.map(str::to_owned).chain(ids).chain([twin.to_string()]).collect()
}

/// The twins whose names these changes may have changed.
fn touched(state: &State, changes: &[Change]) -> BTreeSet<TwinId> {
    let mut twins = BTreeSet::new();
    for change in changes {
        match change {
            Change::TwinAsserted { twin, .. }
            | Change::TwinRetracted { twin, .. }
            | Change::PropertyAsserted { twin, .. }
            | Change::PropertyRetracted { twin, .. } => {
                twins.insert(*twin);
            }
            Change::Linked { external, .. }
            | Change::Unlinked { external, .. }
            | Change::RecordStored { key: external, .. }
            | Change::RecordRetracted { key: external, .. } => {
                twins.extend(ever_meant(state, external));
            }
            Change::ModelsAdded(_)
            | Change::ModelsMarked { .. }
            | Change::SystemDeclared { .. }
            | Change::SourceDeclared { .. }
            | Change::RelationshipAsserted { .. }
            | Change::RelationshipRetracted { .. }
            | Change::StreamOpened { .. }
            | Change::Bound { .. }
            | Change::Unbound { .. }
            | Change::Curated { .. }
            | Change::Uncurated { .. }
            | Change::Decided(_) => {}
        }
    }
    twins
}

fn ever_meant<'a>(state: &'a State, id: &ExternalId) -> impl Iterator<Item = TwinId> + 'a {
    let timeline = state.crosswalks.timeline(id);
    timeline.into_iter().flat_map(|t| t.facts()).map(|fact| fact.value.twin)
}
