//! `streams` and `stream`: what was heard of, mapped or not.

use std::sync::Arc;

use async_graphql::dynamic::{FieldValue, ResolverContext, Type};

use super::page::{self, Item, Page};
use super::stream::StreamAt;
use crate::domain::id::{StreamId, StreamKeyRef};
use crate::graphql::args;
use crate::graphql::build::{Answer, one};
use crate::graphql::scope::Reader;
use crate::graphql::world::World;

/// The connection of streams.
pub fn types() -> Vec<Type> {
    let node = |stream: &StreamAt| FieldValue::owned_any(stream.clone());
    page::connection("Stream", "A page of streams, in the order in which they were heard of.", node)
}

/// A page of streams.
pub fn page(at: &Arc<Reader>, ctx: &ResolverContext<'_>) -> Answer {
    let bounds = &ctx.data::<Arc<World>>()?.bounds;
    let limit = page::first(ctx, bounds)?;
    let after = page::after(ctx)?.map(|cursor| cursor.parse::<StreamId>());
    let after = after.transpose().map_err(|_| page::not_ours())?;
    let quarantined = args::optional_flag(ctx, "quarantined")?;
    let system = args::text(ctx, "system")?;
    let wants_total = page::wants_total(ctx);
    let (mut items, mut total) = (Vec::new(), 0);
    at.view(|view| {
        for stream in view.state.streams.iter() {
            let fits = stream.opened <= view.scope.known
                && quarantined
                    .is_none_or(|wanted| wanted == stream.is_quarantined(view.scope.known))
                && system.is_none_or(|system| *stream.key.device.system == *system);
            if !fits {
                continue;
            }
            total += 1;
            if after.is_none_or(|after| stream.id > after) && items.len() <= limit {
                let node = StreamAt { id: stream.id, at: at.clone() };
                items.push(Item { node, cursor: stream.id.to_string() });
            } else if items.len() > limit && !wants_total {
                break;
            }
        }
    });
    one(Page::new(items, limit, wants_total.then_some(total)))
}

/// A stream by the names of its device and channel.
pub fn find(at: &Arc<Reader>, ctx: &ResolverContext<'_>) -> Answer {
    let key = StreamKeyRef {
        system: args::required_text(ctx, "system")?,
        scope: args::text(ctx, "scope")?.unwrap_or_default(),
        device: args::required_text(ctx, "device")?,
        channel: args::required_text(ctx, "channel")?,
    };
    let found = at.view(|view| view.state.streams.find(key));
    found.map_or(Ok(None), |id| one(StreamAt { id, at: at.clone() }))
}
