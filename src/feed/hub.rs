//! The hub: hands each committed event to the subscribers that want it.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use super::event::{Interest, TwinEvent, events_of};
use crate::domain::id::{Position, TwinId};
use crate::engine::{Committed, Engine};

/// Hands events to subscribers. Cloning it is cheap.
#[derive(Clone)]
pub struct Feed {
    pub(super) engine: Engine,
    pub(super) hub: Arc<Mutex<Hub>>,
    pub(super) queue_events_max: usize,
}

/// Who wants what, and how far the hub has come.
pub(super) struct Hub {
    /// Everything up to here was handed out; a new subscriber finds it in the log.
    dispatched: Position,
    next: u64,
    subscribers: HashMap<u64, Subscriber>,
    of_twin: HashMap<TwinId, Vec<u64>>,
    of_all: Vec<u64>,
}

struct Subscriber {
    interest: Interest,
    events: mpsc::Sender<Arc<TwinEvent>>,
}

impl Feed {
    /// Starts handing out what the engine commits.
    ///
    /// A subscriber with more than `queue_events_max` events waiting is served from the log until
    /// it has caught up, so that it costs no more memory than that.
    pub fn start(engine: &Engine, queue_events_max: usize) -> Self {
        let mut commits = engine.commits();
        let hub = Arc::new(Mutex::new(Hub {
            dispatched: engine.head(),
            next: 0,
            subscribers: HashMap::new(),
            of_twin: HashMap::new(),
            of_all: Vec::new(),
        }));
        let feed = Self { engine: engine.clone(), hub, queue_events_max };
        let (hub, engine) = (Arc::downgrade(&feed.hub), Arc::downgrade(&engine.shared));
        tokio::spawn(async move {
            loop {
                let received = commits.recv().await;
                let (Some(hub), Some(engine)) = (hub.upgrade(), engine.upgrade()) else {
                    break;
                };
                match received {
                    Ok(committed) => dispatch(&hub, &engine.state.read(), &committed),
                    Err(RecvError::Lagged(_)) => hub.lock().resynchronise(engine.head()),
                    Err(RecvError::Closed) => break,
                }
            }
        });
        feed
    }

    /// How many subscribers want events of any of these twins.
    pub fn subscribers_of(&self, twins: impl IntoIterator<Item = TwinId>) -> usize {
        let hub = self.hub.lock();
        let of_twins =
            twins.into_iter().flat_map(|twin| hub.of_twin.get(&twin).into_iter().flatten());
        let numbers: std::collections::BTreeSet<u64> =
            of_twins.chain(&hub.of_all).copied().collect();
        numbers.len()
    }

    /// How many subscribers are served.
    pub fn subscribers(&self) -> usize {
        self.hub.lock().subscribers.len()
    }
}

fn dispatch(hub: &Mutex<Hub>, state: &crate::domain::state::State, committed: &Committed) {
    let mut hub = hub.lock();
    if committed.position <= hub.dispatched {
        return;
    }
    hub.dispatched = committed.position;
    if hub.subscribers.is_empty() {
        return;
    }
    let (changes, readings) = (&committed.changes, &committed.readings);
    for event in events_of(state, committed.position, committed.recorded_at, changes, readings) {
        hub.hand_out(&Arc::new(event));
    }
}

impl Hub {
    /// Registers a subscriber; answers its number and the position after which it gets events.
    pub(super) fn register(
        &mut self,
        interest: &Interest,
        events: mpsc::Sender<Arc<TwinEvent>>,
    ) -> (u64, Position) {
        let number = self.next;
        self.next += 1;
        match interest {
            Interest::All => self.of_all.push(number),
            Interest::Twins(twins) => {
                for twin in twins {
                    self.of_twin.entry(*twin).or_default().push(number);
                }
            }
        }
        self.subscribers.insert(number, Subscriber { interest: interest.clone(), events });
        (number, self.dispatched)
    }

    /// Forgets a subscriber.
    pub(super) fn forget(&mut self, number: u64) {
        let Some(subscriber) = self.subscribers.remove(&number) else {
            return;
        };
        match subscriber.interest {
            Interest::All => self.of_all.retain(|n| *n != number),
            Interest::Twins(twins) => {
                for twin in twins {
                    if let Some(numbers) = self.of_twin.get_mut(&twin) {
                        numbers.retain(|n| *n != number);
                        if numbers.is_empty() {
                            self.of_twin.remove(&twin);
                        }
                    }
                }
            }
        }
    }

    fn hand_out(&mut self, event: &Arc<TwinEvent>) {
        let of_twin = self.of_twin.get(&event.twin).into_iter().flatten();
        let full: Vec<u64> = of_twin
            .chain(&self.of_all)
            .filter(|n| {
                let subscriber = self.subscribers.get(*n);
                subscriber.is_some_and(|s| s.events.try_send(event.clone()).is_err())
            })
            .copied()
            .collect();
        // Its queue ends here; it goes on from the log.
        full.into_iter().for_each(|number| self.forget(number));
    }

    /// Entries were missed: everyone goes on from the log, and so does the count.
    fn resynchronise(&mut self, head: Position) {
        self.subscribers.clear();
        self.of_twin.clear();
        self.of_all.clear();
        self.dispatched = self.dispatched.max(head);
    }
}
