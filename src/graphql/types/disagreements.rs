//! `disagreements`: the properties of all twins that sources disagree about.

use std::ops::ControlFlow;
use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::ResolverContext;

use super::page::{self, Item, Page};
use super::provenance::Told;
use crate::domain::id::TwinId;
use crate::engine::Dispute;
use crate::graphql::args;
use crate::graphql::build::{Answer, Arg, Later, one};
use crate::graphql::scope::{Reader, reader};
use crate::graphql::world::World;

/// Properties told in one look.
const CHUNK_ITEMS: usize = 50;

/// The arguments.
pub const ARGUMENTS: &[Arg] = &[
    (
        "settled",
        "Boolean",
        "Those that a steward has decided (true) instead of those that nobody has (false).",
    ),
    page::FIRST,
    page::AFTER,
];

/// A page of them, by twin and property.
pub fn page(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let at = reader(&ctx).await?;
        let bounds = &ctx.data::<Arc<World>>()?.bounds;
        let limit = page::first(&ctx, bounds)?;
        let after = page::after(&ctx)?.map(|cursor| place(&cursor)).transpose()?;
        let settled = args::flag(&ctx, "settled")?;
        let total = page::wants_total(&ctx);
        found(&at, Asked { limit, after, total, settled }).await
    })
}

/// A twin and a property: where a page starts.
pub type Place = (TwinId, Arc<str>);

/// What is asked for.
pub struct Asked {
    /// How many at most.
    pub limit: usize,
    /// After which place.
    pub after: Option<Place>,
    /// Whether all are to be counted.
    pub total: bool,
    /// Those that a steward settled, or those that nobody did.
    pub settled: bool,
}

/// A page of disagreements.
pub async fn found(at: &Arc<Reader>, asked: Asked) -> Answer {
    let (mut places, mut total) = (Vec::new(), 0);
    let after = asked.after.as_ref();
    // Twins before the page are looked at only to count them.
    let start = after.filter(|_| !asked.total).map_or(TwinId::FIRST, |(twin, _)| *twin);
    let take = |dispute: Dispute| {
        if dispute.settled != asked.settled {
            return ControlFlow::Continue(());
        }
        let place = (dispute.twin, dispute.path);
        total += 1;
        if after.is_none_or(|after| place > *after) && places.len() <= asked.limit {
            places.push(place);
        }
        if places.len() > asked.limit && !asked.total {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    at.engine.disputes(at.scope, start, take).await;
    let items = places.chunks(CHUNK_ITEMS).flat_map(|places| told(at, places));
    one(Page::new(items.collect(), asked.limit, asked.total.then_some(total)))
}

fn told(at: &Arc<Reader>, places: &[Place]) -> Vec<Item<Told>> {
    at.view(|view| {
        let told = places.iter().filter_map(|(twin, path)| {
            let node = Told::new(at, &view, &view.provenance(*twin, path)?);
            Some(Item { node, cursor: format!("{twin} {path}") })
        });
        told.collect()
    })
}

/// The place that a cursor names.
///
/// # Errors
/// When it is not one of ours.
pub fn place(cursor: &str) -> Result<Place> {
    let parts = cursor.split_once(' ');
    let place = parts.and_then(|(twin, path)| Some((twin.parse().ok()?, path.into())));
    place.ok_or_else(|| page::not_ours().into())
}
