//! Devices that said something new of themselves and were not matched since.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::sync::watch;

use super::heard::News;
use crate::curation::unsettled::Unsettled;
use crate::domain::id::ExternalId;

/// Most devices that wait by name; of more, all are looked at.
const WAITING_MAX: usize = 100_000;

/// What a device says of itself, as a fingerprint; nothing when it says nothing.
pub type Told = Option<u64>;

/// The devices that wait, and what each said when it was matched last.
#[derive(Default)]
pub struct Spoken {
    waiting: Mutex<Unsettled>,
    matched: Mutex<HashMap<ExternalId, Told>>,
    /// Counts what is worth a look.
    bell: watch::Sender<u64>,
}

impl Spoken {
    /// Notes that devices said something new.
    pub fn note(&self, news: News) {
        if news.devices.is_empty() {
            return;
        }
        self.waiting.lock().note_up_to(WAITING_MAX, news.devices);
        if news.is_urgent {
            self.ring();
        }
    }

    /// Notes that devices may have said something that nobody heard.
    pub fn lost_count(&self) {
        self.waiting.lock().lost_count();
        self.ring();
    }

    fn ring(&self) {
        self.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    /// Tells when there is something worth a look, from now on.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// Those that wait.
    pub fn waiting(&self) -> Unsettled {
        self.waiting.lock().clone()
    }

    /// Takes those that wait; nobody waits then.
    pub fn take(&self) -> Unsettled {
        self.waiting.lock().take()
    }

    /// Puts back what was taken: it is still worth a look.
    pub fn put_back(&self, taken: Unsettled) {
        if taken.is_nothing() {
            return;
        }
        match taken {
            Unsettled::These(devices) => self.waiting.lock().note_up_to(WAITING_MAX, devices),
            Unsettled::Any => self.waiting.lock().lost_count(),
        }
        self.ring();
    }

    /// Whether a device says something else than when it was matched last.
    pub fn is_news(&self, device: &ExternalId, told: Told) -> bool {
        self.matched.lock().get(device).copied().flatten() != told
    }

    /// Notes what devices said that were matched.
    pub fn were_matched(&self, devices: impl IntoIterator<Item = (ExternalId, Told)>) {
        self.matched.lock().extend(devices);
    }
}
