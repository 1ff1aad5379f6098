//! Devices → what each said of itself, when: segments that begin where it reports to be another unit.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::runs::{Reported, Run};
use crate::domain::id::{ExternalId, Position};
use crate::domain::nameplate::{NAMING, NameplateRules, SelfReport, identifier};
use crate::domain::time::{Interval, Timestamp};
use crate::domain::view::View;
use crate::engine::Engine;
use crate::store::{StoreError, Window};

/// How many devices are looked at while the writer waits.
const DEVICES_A_LOOK: usize = 500;

/// What a device said of itself for a while, by identity field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Described {
    /// From its first report until it reported to be another unit.
    pub valid: Interval,
    /// What it said.
    pub identity: BTreeMap<Arc<str>, Arc<str>>,
}

/// What a device said, in 64 bits: for as long as the process lives.
pub fn fingerprint(said: &[Described]) -> u64 {
    let mut hasher = DefaultHasher::new();
    said.hash(&mut hasher);
    hasher.finish()
}

/// All devices that say something of themselves, in the order of their keys. Then those of which history could not be read.
pub async fn described(engine: &Engine) -> (Vec<(ExternalId, Vec<Described>)>, Vec<ExternalId>) {
    let (devices, is_full): (Vec<ExternalId>, bool) = engine.read(|state| {
        let nameplates = state.streams.nameplates();
        (nameplates.devices().cloned().collect(), nameplates.is_full())
    });
    if is_full && !devices.is_empty() {
        tracing::warn!(
            devices = devices.len(),
            "no more devices are matched by what they say of themselves; telemetry_identity.devices_max is the limit"
        );
    }
    described_by(engine, &devices).await
}

/// The same for these devices; those that say nothing are left out. Then those of which history could not be read.
pub async fn described_by(
    engine: &Engine,
    devices: &[ExternalId],
) -> (Vec<(ExternalId, Vec<Described>)>, Vec<ExternalId>) {
    let rules = engine.read(|state| state.streams.nameplates().rules().clone());
    let (mut all, mut unread) = (Vec::new(), Vec::new());
    for chunk in devices.chunks(DEVICES_A_LOOK) {
        let scope = engine.scope(None, None);
        let reports: Vec<Vec<SelfReport>> = engine.read(|state| {
            let view = View { state, scope };
            chunk.iter().map(|device| view.self_reports(device)).collect()
        });
        for (device, reports) in chunk.iter().zip(reports).filter(|(_, r)| !r.is_empty()) {
            let nameplate = Nameplate { engine, rules: &rules, device, reports };
            match nameplate.segments().await {
                Ok(segments) if segments.is_empty() => {}
                Ok(segments) => all.push((device.clone(), segments)),
                Err(error) => {
                    // Where one cannot be read, many cannot.
                    if unread.is_empty() {
                        tracing::warn!(%device, %error, "what it says of itself was not read");
                    }
                    unread.push(device.clone());
                }
            }
        }
        tokio::task::yield_now().await;
    }
    if unread.len() > 1 {
        tracing::warn!(devices = unread.len(), "what devices say of themselves was not read");
    }
    (all, unread)
}

/// A device with its latest reports, of which there is at least one.
struct Nameplate<'a> {
    engine: &'a Engine,
    rules: &'a NameplateRules,
    device: &'a ExternalId,
    reports: Vec<SelfReport>,
}

impl Nameplate<'_> {
    async fn segments(mut self) -> Result<Vec<Described>, StoreError> {
        // The first field that names a unit tells when the device was replaced.
        for field in NAMING {
            let Some(report) = self.reports.iter().find(|report| *report.field == *field) else {
                continue;
            };
            let runs = self.runs(report).await?;
            if !runs.is_empty() {
                return self.by_runs(field, &runs).await;
            }
            // Fillers, or more changes than a nameplate has: it tells nothing.
            self.reports.retain(|report| *report.field != *field);
        }
        if self.reports.is_empty() {
            return Ok(Vec::new());
        }
        let first = self.first_report().await?;
        let identity = self.reports.iter().map(|r| (r.field.clone(), r.text.clone())).collect();
        Ok(vec![self.described(Interval::since(first), identity)])
    }

    async fn runs(&self, report: &SelfReport) -> Result<Vec<Run>, StoreError> {
        if report.readings > 1 {
            return self.reported(report).runs().await;
        }
        // The latest reading is the only one.
        let named = identifier(&report.field, &report.text);
        Ok(named
            .map(|_| Run { from: report.time, text: report.text.clone() })
            .into_iter()
            .collect())
    }

    /// A segment for each unit; what is said of the one is not believed of the next until it is said again.
    async fn by_runs(&self, naming: &str, runs: &[Run]) -> Result<Vec<Described>, StoreError> {
        let mut segments = Vec::with_capacity(runs.len());
        for (number, run) in runs.iter().enumerate() {
            let to = runs.get(number + 1).map_or(Timestamp::MAX, |next| next.from);
            // What was reported before the first serial is the first unit's, too.
            let told_from = if number == 0 { Timestamp::MIN } else { run.from };
            let told = Interval { from: told_from, to };
            let mut identity = BTreeMap::from([(Arc::from(naming), run.text.clone())]);
            for report in self.reports.iter().filter(|report| *report.field != *naming) {
                let text = match told.contains(report.time) {
                    true => Some(report.text.clone()),
                    false => self.reported(report).text_in(told).await?,
                };
                identity.extend(text.map(|text| (report.field.clone(), text)));
            }
            segments.push(self.described(Interval { from: run.from, to }, identity));
        }
        Ok(segments)
    }

    /// The device's own id counts, too, where it is unique: who subscribes to it sees it as a name at the broker.
    fn described(&self, valid: Interval, mut identity: BTreeMap<Arc<str>, Arc<str>>) -> Described {
        if let Some(field) = &self.rules.device_id
            && self.device.scope.is_empty()
        {
            identity.entry(field.clone()).or_insert_with(|| self.device.id.clone());
        }
        Described { valid, identity }
    }

    /// When the device first said any of it.
    async fn first_report(&self) -> Result<Timestamp, StoreError> {
        let mut first = Timestamp::MAX;
        for report in &self.reports {
            let window = Window {
                stream: report.stream,
                times: Interval::ALWAYS,
                known: Position::LATEST_KNOWN,
            };
            let time = match report.readings {
                0 | 1 => Some(report.time),
                _ => {
                    let read = self.engine.store().readings(window, None, 1).await?;
                    read.first().map(|recorded| recorded.reading.time)
                }
            };
            first = first.min(time.unwrap_or(report.time));
        }
        Ok(first)
    }

    fn reported<'a>(&'a self, report: &'a SelfReport) -> Reported<'a> {
        Reported {
            store: self.engine.store().as_ref(),
            rules: self.rules,
            stream: report.stream,
            field: &report.field,
        }
    }
}
