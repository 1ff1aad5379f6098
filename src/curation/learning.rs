//! Keeps the matcher in step: it is learnt from all records, then takes in what changes, and is learnt anew beside itself
//! when it has grown.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::OwnedMutexGuard;

use super::matcher::Matcher;
use super::settle::{pasts, pasts_of};
use crate::domain::id::ExternalId;
use crate::engine::{Engine, EngineError};

/// With more records to take in than this, learning anew is quicker.
const CHANGED_MAX: usize = 2_000;
/// With more than this, nobody who asks is made to wait for it.
const FRESH_MAX: usize = 10;

/// The matcher, and what it does not know yet.
#[derive(Default)]
pub(super) struct Learning {
    /// Nothing until it is learnt.
    matcher: Arc<tokio::sync::Mutex<Option<Matcher>>>,
    news: Mutex<News>,
    /// Held by who learns.
    alone: tokio::sync::Mutex<()>,
}

/// Records that changed; more than [`CHANGED_MAX`] are not kept, for then all are read.
#[derive(Default)]
struct News {
    /// Since the matcher took them in.
    changed: BTreeSet<ExternalId>,
    /// Since another one is being learnt, if one is.
    meanwhile: Option<BTreeSet<ExternalId>>,
}

type Held = OwnedMutexGuard<Option<Matcher>>;

impl Learning {
    /// Notes that records changed.
    pub(super) fn note(&self, keys: impl Iterator<Item = ExternalId>) {
        let mut news = self.news.lock();
        let News { changed, meanwhile } = &mut *news;
        for key in keys {
            for set in [Some(&mut *changed), meanwhile.as_mut()].into_iter().flatten() {
                if set.len() <= CHANGED_MAX {
                    set.insert(key.clone());
                }
            }
        }
    }

    /// Notes that records changed that nobody can name.
    pub(super) async fn lost_count(&self) {
        *self.matcher.lock().await = None;
        self.news.lock().meanwhile = None;
    }

    /// Asks the matcher, when it knows all that was noted, on a thread that nobody waits for: learning takes
    /// seconds, and comparing some milliseconds.
    ///
    /// # Errors
    /// When learning or asking broke off.
    pub(super) async fn ask<T: Send + 'static>(
        self: &Arc<Self>,
        engine: &Engine,
        ask: impl FnOnce(&mut Matcher) -> T + Send + 'static,
    ) -> Result<T, EngineError> {
        let mut held = self.learnt(engine).await?;
        let (learning, engine) = (self.clone(), engine.clone());
        let work = tokio::task::spawn_blocking(move || {
            let matcher = held.as_mut()?;
            learning.bring_up(matcher, &engine);
            Some(ask(matcher))
        });
        let asked = match work.await {
            Ok(asked) => asked,
            Err(error) => {
                // Nobody knows how far it came.
                self.lost_count().await;
                return Err(broke_off(&error.to_string()));
            }
        };
        asked.ok_or_else(|| broke_off("nothing was learnt"))
    }

    /// Whether the matcher is learnt and has little to take in; also while somebody asks it.
    pub(super) fn is_ready(&self) -> bool {
        let is_learnt = self.matcher.try_lock().map_or(true, |held| held.is_some());
        is_learnt && self.news.lock().changed.len() <= FRESH_MAX
    }

    /// Learns and takes in, in the background.
    pub(super) fn prepare(self: &Arc<Self>, engine: &Engine) {
        let (learning, engine) = (self.clone(), engine.clone());
        tokio::spawn(async move {
            if let Err(error) = learning.ask(&engine, |_| ()).await {
                tracing::error!(%error, "the matcher could not be learnt");
            }
        });
    }

    async fn learnt(self: &Arc<Self>, engine: &Engine) -> Result<Held, EngineError> {
        loop {
            // Who comes while another learns waits without keeping a thread, and finds it learnt.
            let held = self.matcher.clone().lock_owned().await;
            let Some(matcher) = held.as_ref().filter(|matcher| !self.is_behind(matcher)) else {
                drop(held);
                self.clone().learn_beside(engine.clone(), true).await?;
                continue;
            };
            if matcher.is_outgrown() {
                // The old one does until the new one is there.
                drop(self.clone().learn_beside(engine.clone(), false));
            }
            return Ok(held);
        }
    }

    /// Whether there is more to take in than it can without learning anew.
    fn is_behind(&self, matcher: &Matcher) -> bool {
        self.news.lock().changed.len() > CHANGED_MAX.min(matcher.room())
    }

    /// Learns in a task of its own: one that gives up waiting breaks nothing off.
    fn learn_beside(
        self: Arc<Self>,
        engine: Engine,
        waits: bool,
    ) -> impl Future<Output = Result<(), EngineError>> {
        let work = tokio::spawn(async move {
            let alone =
                if waits { Some(self.alone.lock().await) } else { self.alone.try_lock().ok() };
            match alone {
                Some(_) => self.learn(&engine).await,
                None => Ok(()),
            }
        });
        async { work.await.map_err(|e| broke_off(&e.to_string()))? }
    }

    async fn learn(&self, engine: &Engine) -> Result<(), EngineError> {
        let is_current = |matcher: &Matcher| !matcher.is_outgrown() && !self.is_behind(matcher);
        if self.matcher.lock().await.as_ref().is_some_and(is_current) {
            return Ok(());
        }
        self.news.lock().meanwhile = Some(BTreeSet::new());
        let started = tokio::time::Instant::now();
        let (pasts, unread) = pasts(engine, &[], engine.head(), |_, _| {}).await;
        let work = tokio::task::spawn_blocking({
            let catalogue = engine.catalogue();
            move || Matcher::learn(&pasts, &catalogue)
        });
        let learnt = work.await.map_err(|e| broke_off(&e.to_string()))?;
        let (records, took_ms) = (learnt.len(), started.elapsed().as_millis());
        tracing::debug!(records, took_ms, "learnt to match");
        let mut held = self.matcher.lock().await;
        // Without a count of what changed meanwhile it is learnt once more.
        let mut news = self.news.lock();
        let meanwhile = news.meanwhile.take();
        *held = meanwhile.is_some().then_some(learnt);
        news.changed = meanwhile.unwrap_or_default();
        news.changed.extend(unread);
        Ok(())
    }

    /// Takes in what changed; on a thread of its own. What could not be read stays as it was, and changed.
    fn bring_up(&self, matcher: &mut Matcher, engine: &Engine) {
        let changed = std::mem::take(&mut self.news.lock().changed);
        let (known, catalogue) = (engine.head(), engine.catalogue());
        let (pasts, unread) = Handle::current().block_on(pasts_of(engine, changed, known));
        let is_read = |(key, _): &(ExternalId, _)| unread.binary_search(key).is_err();
        for (key, past) in pasts.into_iter().filter(is_read) {
            matcher.take_in(&key, past.as_ref(), &catalogue);
        }
        self.news.lock().changed.extend(unread);
    }
}

fn broke_off(why: &str) -> EngineError {
    EngineError::Unavailable(format!("the matching broke off: {why}"))
}
