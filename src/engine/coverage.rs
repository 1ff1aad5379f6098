//! The gaps of coverage, found in bounded looks.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::handle::Engine;
use super::sweep::Look;
use crate::domain::coverage::{ClaimedField, Ending, Gap, Missing, fingerprints, same_thing};
use crate::domain::id::{ExternalId, StreamId, TwinId};
use crate::domain::time::Timestamp;
use crate::domain::view::{Scope, View};

/// Twins, ids, records or streams looked at in one go.
const CHUNK_ITEMS: usize = 500;
/// The same, where all that sources say of each twin is compared.
const CHUNK_DISPUTES: usize = 100;
/// Most records that claim one id of which the twins are told.
const CLAIMANTS_MAX: usize = 32;

/// Which twins' gaps are looked for.
#[derive(Debug, Clone, Copy)]
pub enum GapsOf {
    /// Assets whose devices have reported nothing since a moment, or that have none.
    Assets {
        /// The moment.
        live_since: Timestamp,
    },
    /// Devices that serve no asset.
    Devices,
}

/// A property that sources disagree about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dispute {
    /// The twin.
    pub twin: TwinId,
    /// The property.
    pub path: Arc<str>,
    /// Whether a steward has decided.
    pub settled: bool,
}

/// An id that records of several twins claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Which id it is.
    pub field: ClaimedField,
    /// What is claimed, as it was compared.
    pub value: String,
    /// The records.
    pub records: Vec<ExternalId>,
    /// The twins that they mean.
    pub twins: BTreeSet<TwinId>,
}

/// How many gaps there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CoverageCounts {
    /// Assets that no stream measures and no device is related to.
    pub assets_without_device: usize,
    /// Assets whose devices have not reported for long.
    pub assets_with_silent_device: usize,
    /// Devices that serve no asset.
    pub devices_without_asset: usize,
    /// Streams that nobody has mapped.
    pub quarantined_streams: usize,
    /// Their readings.
    pub quarantined_readings: u64,
    /// Ids that records of several twins claim.
    pub ids_claimed_twice: usize,
    /// Mappings that soon end with nothing after them.
    pub ending_mappings: usize,
    /// Properties that sources disagree about and no steward has decided.
    pub disagreements: usize,
}

/// A record that claims an id: its fingerprint, and its place among the records.
type Claimant = (ClaimedField, u64, usize);

impl Engine {
    /// Counts the gaps of the present, by the rules that are configured.
    pub async fn coverage_counts(&self) -> CoverageCounts {
        let scope = self.scope(None, None);
        let rules = self.read(|state| state.rules.coverage.clone());
        let nanos = |time: Duration| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX);
        let live_since = scope.moment.plus_nanos(-nanos(rules.live_within));
        let until = scope.moment.plus_nanos(nanos(rules.ending_within));
        let mut counts = CoverageCounts::default();
        let mut count = |gap: Gap| {
            match gap.missing {
                Missing::Device => counts.assets_without_device += 1,
                Missing::Readings => counts.assets_with_silent_device += 1,
                Missing::Asset => counts.devices_without_asset += 1,
            }
            ControlFlow::Continue(())
        };
        self.gaps(scope, GapsOf::Assets { live_since }, TwinId::FIRST, &mut count).await;
        self.gaps(scope, GapsOf::Devices, TwinId::FIRST, &mut count).await;
        let count = |dispute: Dispute| {
            counts.disagreements += usize::from(!dispute.settled);
            ControlFlow::Continue(())
        };
        self.disputes(scope, TwinId::FIRST, count).await;
        let quarantined = self.quarantined(scope).await;
        counts.quarantined_streams = quarantined.len();
        counts.quarantined_readings = quarantined.iter().map(|(readings, _)| readings).sum();
        counts.ids_claimed_twice = self.claimed_twice(scope).await.len();
        counts.ending_mappings = self.endings(scope, until).await.len();
        counts
    }

    /// Gaps of twins from `start` on, in order of their ids, until `take` breaks.
    pub async fn gaps(
        &self,
        scope: Scope,
        of: GapsOf,
        start: TwinId,
        take: impl FnMut(Gap) -> ControlFlow<()>,
    ) {
        let look = |view: View<'_>, from| {
            let (twins, next) = view.state.graph.chunk(from, CHUNK_ITEMS);
            let found = twins.iter().filter_map(|node| match of {
                GapsOf::Assets { live_since } => view.asset_gap(node.id, live_since),
                GapsOf::Devices => view.device_gap(node.id),
            });
            Look { found: found.collect(), next }
        };
        self.sweep(scope, start, look, take).await;
    }

    /// Disagreements of sources about twins from `start` on, by twin and property, until `take` breaks.
    pub async fn disputes(
        &self,
        scope: Scope,
        start: TwinId,
        take: impl FnMut(Dispute) -> ControlFlow<()>,
    ) {
        let look = |view: View<'_>, from| {
            let (twins, next) = view.state.graph.chunk(from, CHUNK_DISPUTES);
            let disputed = twins.iter().flat_map(|node| view.disputes(node.id));
            let found = disputed.map(|provenance| Dispute {
                twin: provenance.twin,
                path: provenance.path.into(),
                settled: provenance.is_settled(),
            });
            Look { found: found.collect(), next }
        };
        self.sweep(scope, start, look, take).await;
    }

    /// The streams that nobody has mapped, each with its number of readings, in no order.
    pub async fn quarantined(&self, scope: Scope) -> Vec<(u64, StreamId)> {
        let look = |view: View<'_>, from: usize| {
            let chunk = view.state.streams.iter().skip(from).take(CHUNK_ITEMS);
            let known = view.scope.known;
            let found = chunk.filter(|s| s.opened <= known && s.is_quarantined(known));
            let next = from + CHUNK_ITEMS;
            Look {
                found: found.map(|stream| (stream.register.count, stream.id)).collect(),
                next: (next < view.state.streams.len()).then_some(next),
            }
        };
        let mut all = Vec::new();
        self.sweep(scope, 0, look, into(&mut all)).await;
        all
    }

    /// The mappings that end before `until` with nothing after them, by when they end.
    pub async fn endings(&self, scope: Scope, until: Timestamp) -> Vec<(Timestamp, Ending)> {
        let mut all = Vec::new();
        let links = |view: View<'_>, from: usize| {
            let crosswalks = &view.state.crosswalks;
            let found = crosswalks.chunk(from, CHUNK_ITEMS).filter_map(|(id, links)| {
                Some((view.link_ending(links, until)?, Ending::Link(id.clone())))
            });
            let next = from + CHUNK_ITEMS;
            Look { found: found.collect(), next: (next < crosswalks.len()).then_some(next) }
        };
        self.sweep(scope, 0, links, into(&mut all)).await;
        let bindings = |view: View<'_>, from: usize| {
            let streams = &view.state.streams;
            let found = streams.iter().skip(from).take(CHUNK_ITEMS).filter_map(|stream| {
                Some((view.binding_ending(stream, until)?, Ending::Binding(stream.id)))
            });
            let next = from + CHUNK_ITEMS;
            Look { found: found.collect(), next: (next < streams.len()).then_some(next) }
        };
        self.sweep(scope, 0, bindings, into(&mut all)).await;
        all.sort_unstable();
        all
    }

    /// The ids that records of several twins claim, by field and value.
    ///
    /// Twins that a relationship joins may share one: a record of a position tells the serial of the unit in it.
    pub async fn claimed_twice(&self, scope: Scope) -> Vec<Claimed> {
        let look = |view: View<'_>, from: usize| {
            let records = &view.state.records;
            let chunk = (from..).zip(records.chunk(from, CHUNK_ITEMS));
            let standing = chunk.filter_map(|(place, (key, timeline))| {
                view.resolve(key)?;
                let record = timeline.at(view.scope.moment, view.scope.known)?;
                Some((place, &record.value))
            });
            let found = standing.flat_map(|(place, record)| {
                fingerprints(record).map(move |(field, print)| (field, print, place))
            });
            let next = from + CHUNK_ITEMS;
            Look { found: found.collect(), next: (next < records.len()).then_some(next) }
        };
        let mut claimants: Vec<Claimant> = Vec::new();
        self.sweep(scope, 0, look, into(&mut claimants)).await;
        claimants.sort_unstable();
        let mut claimed = Vec::new();
        for group in claimants.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|g| g.len() > 1) {
            let group = &group[..group.len().min(CLAIMANTS_MAX)];
            claimed.extend(self.read(|state| conflict(View { state, scope }, group)));
            tokio::task::yield_now().await;
        }
        claimed.sort_unstable_by(|a, b| (a.field, &a.value).cmp(&(b.field, &b.value)));
        claimed
    }
}

/// Takes all that is found.
fn into<T>(all: &mut Vec<T>) -> impl FnMut(T) -> ControlFlow<()> {
    |found| {
        all.push(found);
        ControlFlow::Continue(())
    }
}

/// The conflict between records that claim one id, if they mean twins that have nothing to do with each other.
fn conflict(view: View<'_>, claimants: &[Claimant]) -> Option<Claimed> {
    let records = claimants.iter().filter_map(|(field, _, place)| {
        let (key, timeline) = view.state.records.chunk(*place, 1).next()?;
        let record = timeline.at(view.scope.moment, view.scope.known)?;
        Some((*field, key, &record.value, view.resolve(key)?.value.twin))
    });
    let records: Vec<_> = records.collect();
    let rivals = |a: usize, b: usize| {
        let ((field, _, one, twin), (_, _, other, rival)) = (&records[a], &records[b]);
        twin != rival && same_thing(*field, one, other) && !view.are_related(*twin, *rival)
    };
    let among = 0..records.len();
    let in_conflict: Vec<usize> =
        among.clone().filter(|a| among.clone().any(|b| rivals(*a, b))).collect();
    let (field, _, record, _) = records[*in_conflict.first()?];
    Some(Claimed {
        field,
        value: field.value(record)?,
        records: in_conflict.iter().map(|n| records[*n].1.clone()).collect(),
        twins: in_conflict.iter().map(|n| records[*n].3).collect(),
    })
}
