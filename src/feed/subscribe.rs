//! One subscription: first what is in the log already, then what comes, with no gap and no repeat.

use std::sync::Arc;

use async_stream::try_stream;
use futures_util::stream::BoxStream;
use tokio::sync::mpsc;

use super::event::{Interest, TwinEvent, events_of};
use super::hub::{Feed, Hub};
use crate::domain::id::Position;
use crate::store::StoreError;

/// Entries read from the log at once.
const PAGE_ENTRIES: usize = 64;

/// Why a subscription ended.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The log could not be read.
    #[error(
        "the subscription ended because the log cannot be read: {0}; subscribe again after the last position that you have"
    )]
    Store(#[from] StoreError),
    /// An entry could not be understood.
    #[error("the subscription ended: {0}")]
    Damaged(#[from] crate::domain::log::Damaged),
}

/// How far a subscriber has come: all events up to the position, and some of the one after.
#[derive(Clone, Copy)]
struct Cursor {
    complete: Position,
    /// Events already given of the entry `partial`, which is after `complete`.
    partial: Position,
    given: usize,
}

impl Cursor {
    fn after(position: Position) -> Self {
        Self { complete: position, partial: position, given: 0 }
    }

    fn advance(&mut self, event: &TwinEvent) {
        if event.position != self.partial {
            self.complete = self.partial;
            self.partial = event.position;
            self.given = 0;
        }
        self.given += 1;
    }
}

/// Forgets the subscriber when the stream is dropped.
struct Registration {
    hub: Arc<parking_lot::Mutex<Hub>>,
    number: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.hub.lock().forget(self.number);
    }
}

impl Feed {
    /// Events of the twins in `interest`, those after `after` first if it is given, else from now on.
    ///
    /// A subscriber that does not keep up is served from the log until it does.
    pub fn subscribe(
        &self,
        interest: Interest,
        after: Option<Position>,
    ) -> BoxStream<'static, Result<Arc<TwinEvent>, FeedError>> {
        let feed = self.clone();
        let mut cursor = Cursor::after(after.unwrap_or_else(|| feed.engine.head()));
        Box::pin(try_stream! {
            loop {
                let (events, mut live) = mpsc::channel(feed.queue_events_max);
                let (number, from) = feed.hub.lock().register(&interest, events);
                let _registration = Registration { hub: feed.hub.clone(), number };
                while cursor.complete < from {
                    let (page, last) = feed.page(&interest, cursor, from).await?;
                    for event in page {
                        cursor.advance(&event);
                        yield event;
                    }
                    cursor = Cursor::after(last);
                }
                while let Some(event) = live.recv().await {
                    cursor.advance(&event);
                    yield event;
                }
            }
        })
    }

    /// The next wanted events from the log, up to `until`, and the position that they complete.
    async fn page(
        &self,
        interest: &Interest,
        cursor: Cursor,
        until: Position,
    ) -> Result<(Vec<Arc<TwinEvent>>, Position), FeedError> {
        let entries = self.engine.store().entries(cursor.complete, PAGE_ENTRIES).await?;
        let mut page = Vec::new();
        let mut last = cursor.complete;
        for sealed in entries.iter().take_while(|e| e.position <= until) {
            let entry = sealed.open()?;
            let events = self.engine.read(|state| {
                let (changes, readings) = (&entry.changes, &entry.readings);
                events_of(state, entry.position, entry.recorded_at, changes, readings)
            });
            let wanted = events.into_iter().filter(|event| interest.wants(event.twin));
            let given = if entry.position == cursor.partial { cursor.given } else { 0 };
            page.extend(wanted.skip(given).map(Arc::new));
            last = entry.position;
        }
        // Nothing more below `until`: positions may be left out.
        let done =
            entries.last().is_none_or(|e| e.position >= until) || entries.len() < PAGE_ENTRIES;
        Ok((page, if done { last.max(until) } else { last }))
    }
}
