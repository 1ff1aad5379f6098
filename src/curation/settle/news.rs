//! What devices said since they were matched last, and a run about them alone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::past::{Past, pasts_of};
use super::run::broke_off;
use crate::curation::curator::Curator;
use crate::curation::telemetry::{Told, described_by, fingerprint};
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
    /// Those of which history could not be read, so that nobody knows.
    unread: Vec<ExternalId>,
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

/// What became of devices that said something new of themselves.
#[derive(Debug, Default)]
pub struct Round {
    /// How many did.
    pub devices: usize,
    /// What became of them.
    pub report: Settled,
    /// How long the work took, without waiting for others who decide.
    pub took: Duration,
}

impl Curator {
    /// What is new of what these devices say. A device that was looked at and says the same is not looked at again: who
    /// brings a record that it may be finds it.
    pub(super) async fn news(&self, spoken: &Unsettled, known: Position) -> News {
        let (said, unread) = (Vec::new(), Vec::new());
        let mut news = News { devices: Unsettled::Any, said, unread, has_open_past: false };
        let Unsettled::These(devices) = spoken else { return news };
        let devices: Vec<ExternalId> = devices.iter().cloned().collect();
        let (said, unread) = described_by(self.engine(), &devices).await;
        let said: BTreeMap<ExternalId, u64> =
            said.into_iter().map(|(device, said)| (device, fingerprint(&said))).collect();
        let is_read = |device: &ExternalId| unread.binary_search(device).is_err();
        let told = devices.into_iter().filter(is_read).map(|device| {
            let told = said.get(&device).copied();
            (device, told)
        });
        news.said =
            told.filter(|(device, told)| self.inner.spoken.is_news(device, *told)).collect();
        news.unread = unread;
        let changed: BTreeSet<ExternalId> = news.said.iter().map(|(key, _)| key.clone()).collect();
        let (pasts, _) = pasts_of(self.engine(), changed.iter().cloned(), known).await;
        news.has_open_past = pasts.iter().any(|(_, p)| p.as_ref().is_some_and(Past::has_open_past));
        news.devices = Unsettled::These(changed);
        news
    }

    /// Notes what was matched; what could not be read waits on.
    pub(super) fn were_told(
        &self,
        news: News,
        then: Vec<(ExternalId, Told)>,
        unread: Vec<ExternalId>,
    ) {
        self.inner.spoken.were_matched(news.said.into_iter().chain(then));
        let unread = news.unread.into_iter().chain(unread).collect();
        self.inner.spoken.put_back(Unsettled::These(unread));
    }

    /// Matches devices that say something new of themselves.
    ///
    /// What was begun is brought to its end, whether somebody waits for it or not.
    ///
    /// # Errors
    /// Why the engine could not take the decisions; what it took stays, and the next run goes on.
    pub async fn settle_devices(&self) -> Result<Round, EngineError> {
        let curator = self.clone();
        let work = tokio::spawn(async move { curator.settle_devices_alone().await });
        work.await.map_err(|error| broke_off(&error))?
    }

    async fn settle_devices_alone(&self) -> Result<Round, EngineError> {
        let _alone = self.inner.settling.lock().await;
        let known = self.engine().head();
        self.follows(known).await;
        let started = Instant::now();
        let taken = self.inner.spoken.take();
        match self.settle_spoken(&taken, known).await {
            Ok((devices, report)) => Ok(Round { devices, report, took: started.elapsed() }),
            Err(error) => {
                self.inner.spoken.put_back(taken);
                Err(error)
            }
        }
    }

    async fn settle_spoken(
        &self,
        spoken: &Unsettled,
        known: Position,
    ) -> Result<(usize, Settled), EngineError> {
        let news = self.news(spoken, known).await;
        if news.devices.is_nothing() && !news.unread.is_empty() {
            let unread = news.unread.len();
            let why = format!("what {unread} devices say of themselves cannot be read");
            return Err(EngineError::Unavailable(why));
        }
        if news.devices.is_nothing() {
            return Ok((0, Settled::default()));
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
        let (told, unread) = (std::mem::take(&mut deeds.told), std::mem::take(&mut deeds.unread));
        let devices = if news.said.is_empty() { told.len() } else { news.said.len() };
        let report = self.bring_about(deeds, known).await?;
        self.were_told(news, told, unread);
        report.count();
        metrics::counter!("counterpart_devices_matched_total").increment(report.matched as u64);
        Ok((devices, report))
    }
}
