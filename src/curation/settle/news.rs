//! What devices said since they were matched last, and a run about them alone.

use std::collections::BTreeSet;

use super::past::{Past, pasts_of};
use super::run::broke_off;
use crate::curation::curator::Curator;
use crate::curation::telemetry::Told;
use crate::curation::unsettled::{Unsettled, are_few};
use crate::domain::id::{ExternalId, Position};
use crate::engine::EngineError;
use crate::sources::import::Settled;

/// What a run decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// All that is undecided.
    Everything,
    /// Which of the twins that there are a device is that says something of itself. Records that nobody has decided yet are
    /// left to who brings them: half of an import would be decided without the other.
    Devices,
}

/// What devices said that they did not say when they were matched last.
pub struct News {
    /// Those devices, unless nobody knows which.
    pub devices: Unsettled,
    /// What each says.
    said: Vec<(ExternalId, Told)>,
    /// Whether one of them was another unit before of which nobody has decided what it was: what a record meant before is
    /// for a run over all records.
    has_open_past: bool,
}

impl News {
    /// Whether these and other records are matched one by one when so many are known.
    pub fn are_few(&self, came: usize, known: usize) -> bool {
        !self.has_open_past && are_few(came, known)
    }
}

impl Curator {
    /// What is new of what these devices say. A device that was looked at and says the same is not looked at again: who
    /// brings a record that it may be finds it.
    pub(super) async fn news(&self, spoken: &Unsettled, known: Position) -> News {
        let mut news = News { devices: Unsettled::Any, said: Vec::new(), has_open_past: false };
        let Unsettled::These(devices) = spoken else { return news };
        let mut changed = BTreeSet::new();
        for (device, past) in pasts_of(self.engine(), devices.iter().cloned(), known).await {
            let told = past.as_ref().and_then(|past| past.told);
            if self.inner.spoken.is_news(&device, told) {
                news.has_open_past |= past.as_ref().is_some_and(Past::has_open_past);
                news.said.push((device.clone(), told));
                changed.insert(device);
            }
        }
        news.devices = Unsettled::These(changed);
        news
    }

    /// Notes what was matched.
    pub(super) fn were_told(&self, news: News, then: Vec<(ExternalId, Told)>) {
        self.inner.spoken.were_matched(news.said.into_iter().chain(then));
    }

    /// Matches devices that say something new of themselves: how many did, and what became of them; nothing if none did.
    ///
    /// What was begun is brought to its end, whether somebody waits for it or not.
    ///
    /// # Errors
    /// Why the engine could not take the decisions; what it took stays, and the next run goes on.
    pub async fn settle_devices(&self) -> Result<Option<(usize, Settled)>, EngineError> {
        let curator = self.clone();
        let work = tokio::spawn(async move { curator.settle_devices_alone().await });
        work.await.map_err(|error| broke_off(&error))?
    }

    async fn settle_devices_alone(&self) -> Result<Option<(usize, Settled)>, EngineError> {
        let _alone = self.inner.settling.lock().await;
        let known = self.engine().head();
        self.follows(known).await;
        let taken = self.inner.spoken.take();
        let done = self.settle_spoken(&taken, known).await;
        if done.is_err() {
            self.inner.spoken.put_back(taken);
        }
        done
    }

    async fn settle_spoken(
        &self,
        spoken: &Unsettled,
        known: Position,
    ) -> Result<Option<(usize, Settled)>, EngineError> {
        let news = self.news(spoken, known).await;
        if news.devices.is_nothing() {
            return Ok(None);
        }
        self.inner.standing.lock().lost_count(known);
        let mut deeds = match &news.devices {
            Unsettled::These(keys) if news.are_few(keys.len(), self.records_known()) => {
                self.deeds_near(keys.clone(), Vec::new(), About::Devices, known).await?
            }
            Unsettled::These(_) | Unsettled::Any => {
                self.deeds_of_all(&[], About::Devices, known).await?
            }
        };
        let told = std::mem::take(&mut deeds.told);
        let devices = if news.said.is_empty() { told.len() } else { news.said.len() };
        let report = self.bring_about(deeds, known).await?;
        self.were_told(news, told);
        metrics::counter!("counterpart_devices_matched_total").increment(report.matched as u64);
        Ok(Some((devices, report)))
    }
}
