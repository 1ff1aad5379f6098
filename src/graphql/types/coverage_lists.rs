//! The lists of the coverage board, each a page.

use std::ops::ControlFlow;
use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{FieldValue, ResolverContext, Type};

use super::binding::Bound;
use super::coverage::Coverage;
use super::disagreements::{self, Asked};
use super::external_id::IdLink;
use super::page::{self, Item, Page};
use super::source_record::Kept;
use super::stream::StreamAt;
use super::twin::{list, optional};
use crate::domain::coverage::{Ending, Gap, Missing};
use crate::domain::id::{StreamId, TwinId};
use crate::domain::time::Timestamp;
use crate::engine::{Claimed, GapsOf};
use crate::graphql::args;
use crate::graphql::build::{
    Answer, Later, enumeration, field, item, many, moment, object, one, parent, text,
};
use crate::graphql::scope::Reader;
use crate::graphql::world::World;

#[derive(Clone)]
struct GapAt {
    gap: Gap,
    at: Arc<Reader>,
}

#[derive(Clone)]
struct ClaimedAt {
    claimed: Arc<Claimed>,
    at: Arc<Reader>,
}

#[derive(Clone)]
struct EndingAt {
    ends: Timestamp,
    ending: Ending,
    at: Arc<Reader>,
}

/// The types of what stands in the lists.
pub fn types() -> Vec<Type> {
    let gaps = page::connection("CoverageGap", "A page of gaps, by twin.", |gap: &GapAt| {
        FieldValue::owned_any(gap.clone())
    });
    let claimed =
        page::connection("ClaimedId", "A page of ids, by field and value.", |id: &ClaimedAt| {
            FieldValue::owned_any(id.clone())
        });
    let endings =
        page::connection("EndingMapping", "A page of mappings, soonest first.", |e: &EndingAt| {
            FieldValue::owned_any(e.clone())
        });
    let own = [gap_type(), missing(), claimed_type(), ending_type(), order()];
    own.into_iter().chain(gaps).chain(claimed).chain(endings).collect()
}

fn gap_type() -> Type {
    let fields = vec![
        field::<GapAt, _>("twin", "Twin", |g, _| optional(&g.at, Some(g.gap.twin))),
        field::<GapAt, _>("missing", "CoverageMissing!", |g, _| {
            item(match g.gap.missing {
                Missing::Device => "DEVICE",
                Missing::Readings => "READINGS",
                Missing::Asset => "ASSET",
            })
        }),
        field::<GapAt, _>("lastReading", "DateTime", |g, _| g.gap.last.map_or(Ok(None), moment))
            .description(
                "The event time of the latest reading of its devices, or of the device itself.",
            ),
    ];
    object("CoverageGap", "An asset or device without a counterpart.", fields).into()
}

fn missing() -> Type {
    enumeration(
        "CoverageMissing",
        "What a twin is missing.",
        &[
            ("DEVICE", "An asset that no stream measures, and that no device is related to."),
            ("READINGS", "An asset whose devices have not reported for long, or never did."),
            (
                "ASSET",
                "A device that measures nothing but itself, and that is related to no asset.",
            ),
        ],
    )
    .into()
}

fn claimed_type() -> Type {
    let fields = vec![
        field::<ClaimedAt, _>("field", "String!", |c, _| text(c.claimed.field.name()))
            .description("Which identity field of the records it is: `serial`, `mac` …"),
        field::<ClaimedAt, _>("value", "String!", |c, _| text(c.claimed.value.as_str()))
            .description(
                "What is claimed, as it was compared: without signs between letters and digits.",
            ),
        field::<ClaimedAt, _>("twins", "[Twin!]!", |c, _| {
            list(&c.at, c.claimed.twins.iter().copied())
        })
        .description("The twins that the records mean."),
        field::<ClaimedAt, _>("records", "[SourceRecord!]!", |c, _| {
            many(c.claimed.records.iter().filter_map(|key| Kept::find(&c.at, key)))
        })
        .description("The records that claim it."),
    ];
    object("ClaimedId", "An id that records of several twins claim.", fields).into()
}

fn ending_type() -> Type {
    let fields = vec![
        field::<EndingAt, _>("ends", "DateTime!", |e, _| text(e.ends.to_string())),
        field::<EndingAt, _>("link", "ExternalIdLink", |e, _| {
            let Ending::Link(external) = &e.ending else {
                return Ok(None);
            };
            let link = e.at.view(|view| view.resolve(external).cloned());
            link.map_or(Ok(None), |link| {
                one(IdLink { external: external.clone(), link, at: e.at.clone() })
            })
        })
        .description("What an external id means until then."),
        field::<EndingAt, _>("binding", "Binding", |e, _| {
            let Ending::Binding(stream) = e.ending else {
                return Ok(None);
            };
            let fact = e.at.view(|view| {
                let bindings = &view.state.streams.get(stream)?.bindings;
                bindings.at(view.scope.moment, view.scope.known).cloned()
            });
            fact.map_or(Ok(None), |fact| one(Bound { stream, fact, at: e.at.clone() }))
        })
        .description("What a stream measures until then."),
    ];
    object("EndingMapping", "A mapping that is about to end: a link or a binding.", fields).into()
}

fn order() -> Type {
    enumeration(
        "QuarantineOrder",
        "In which order quarantined streams come.",
        &[("VOLUME", "Most readings first."), ("AGE", "Those first that were heard of first.")],
    )
    .into()
}

/// Which part of a list is wanted.
struct Slice {
    limit: usize,
    after: Option<String>,
    total: bool,
}

impl Slice {
    fn of(ctx: &ResolverContext<'_>) -> Result<Self> {
        let bounds = &ctx.data::<Arc<World>>()?.bounds;
        let (limit, after) = (page::first(ctx, bounds)?, page::after(ctx)?);
        Ok(Self { limit, after, total: page::wants_total(ctx) })
    }

    /// The page of a list that is there as a whole, by the places of its items.
    fn cut<T, N>(
        self,
        mut all: Vec<T>,
        place: impl Fn(&T) -> Place,
        node: impl Fn(T) -> N,
    ) -> Result<Page<N>> {
        let after = self.after.as_deref().map(read_place).transpose()?;
        let total = all.len();
        all.retain(|found| after.as_ref().is_none_or(|after| place(found) > *after));
        all.sort_by_cached_key(|found| place(found));
        all.truncate(self.limit + 1);
        let items = all.into_iter().map(|found| {
            let (major, minor, text) = place(&found);
            Item { cursor: format!("{major} {minor} {text}"), node: node(found) }
        });
        Ok(Page::new(items.collect(), self.limit, self.total.then_some(total)))
    }
}

/// Where an item stands in a list: what items are sorted by, so that a page begins at the right one also when items
/// before it came or went.
type Place = (i64, u32, String);

fn read_place(cursor: &str) -> Result<Place> {
    let mut parts = cursor.splitn(3, ' ');
    let mut read = || {
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
    };
    read().ok_or_else(|| page::not_ours().into())
}

/// Assets that nothing measures, or whose devices are silent.
pub fn assets_without_device(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let live_since = parent::<Coverage>(&ctx)?.live_since;
        gaps(&ctx, GapsOf::Assets { live_since }).await
    })
}

/// Devices that serve no asset.
pub fn devices_without_asset(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move { gaps(&ctx, GapsOf::Devices).await })
}

async fn gaps(ctx: &ResolverContext<'_>, of: GapsOf) -> Answer {
    let at = &parent::<Coverage>(ctx)?.at;
    let slice = Slice::of(ctx)?;
    let after = slice.after.map(|cursor| cursor.parse::<TwinId>());
    let after = after.transpose().map_err(|_| page::not_ours())?;
    // Twins before the page are looked at only to count them.
    let start = after.filter(|_| !slice.total).unwrap_or(TwinId::FIRST);
    let (mut items, mut total) = (Vec::new(), 0);
    let take = |gap: Gap| {
        total += 1;
        if after.is_none_or(|after| gap.twin > after) && items.len() <= slice.limit {
            let node = GapAt { gap, at: at.clone() };
            items.push(Item { node, cursor: gap.twin.to_string() });
        }
        if items.len() > slice.limit && !slice.total {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    at.engine.gaps(at.scope, of, start, take).await;
    one(Page::new(items, slice.limit, slice.total.then_some(total)))
}

/// Streams that nobody has mapped.
pub fn quarantined(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let at = &parent::<Coverage>(&ctx)?.at;
        let slice = Slice::of(&ctx)?;
        let by_age = args::item(&ctx, "by")? == Some("AGE");
        let all = at.engine.quarantined(at.scope).await;
        let place = |(readings, stream): &(u64, StreamId)| {
            let most_first = if by_age { 0 } else { 0_i64.saturating_sub_unsigned(*readings) };
            (most_first, stream.0, String::new())
        };
        one(slice.cut(all, place, |(_, id)| StreamAt { id, at: at.clone() })?)
    })
}

/// Ids that records of several twins claim.
pub fn claimed_twice(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let at = &parent::<Coverage>(&ctx)?.at;
        let slice = Slice::of(&ctx)?;
        let all = at.engine.claimed_twice(at.scope).await;
        let place = |claimed: &Claimed| {
            let first = claimed.records.first().map(ToString::to_string).unwrap_or_default();
            let text = format!("{} {first}", claimed.value);
            (0, claimed.field as u32, text)
        };
        let node = |claimed| ClaimedAt { claimed: Arc::new(claimed), at: at.clone() };
        one(slice.cut(all, place, node)?)
    })
}

/// Mappings that are about to end.
pub fn ending(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let Coverage { at, ends_until, .. } = parent::<Coverage>(&ctx)?;
        let slice = Slice::of(&ctx)?;
        let all = at.engine.endings(at.scope, *ends_until).await;
        let place = |(ends, ending): &(Timestamp, Ending)| match ending {
            Ending::Link(external) => (ends.0, 0, external.to_string()),
            Ending::Binding(stream) => (ends.0, 1, format!("{:010}", stream.0)),
        };
        one(slice.cut(all, place, |(ends, ending)| EndingAt { ends, ending, at: at.clone() })?)
    })
}

/// What sources disagree about and no steward has decided.
pub fn disagreements(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let at = &parent::<Coverage>(&ctx)?.at;
        let Slice { limit, after, total } = Slice::of(&ctx)?;
        let after = after.map(|cursor| disagreements::place(&cursor)).transpose()?;
        disagreements::found(at, Asked { limit, after, total, settled: false }).await
    })
}
