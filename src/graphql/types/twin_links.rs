//! Fields of every twin that follow relationships: `relationships` and `related`.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{FieldValue, ResolverContext};

use super::page::{self, Item, Page};
use super::relationship::EdgeAt;
use super::twin::{self, TwinAt};
use crate::domain::graph::{Direction, Walk};
use crate::domain::id::TwinId;
use crate::domain::view::View;
use crate::dtdl::Dtmi;
use crate::graphql::args::{self, wrong};
use crate::graphql::build::{Answer, Arg, one};
use crate::graphql::world::World;

const DIRECTION: Arg = ("direction", "Direction", "Which way; OUTGOING if left out.");

/// The arguments of `relationships`.
pub const RELATIONSHIP_ARGUMENTS: &[Arg] = &[
    ("names", "[String!]", "Only relationships of these names."),
    DIRECTION,
    page::FIRST,
    page::AFTER,
];

/// The arguments of `related`.
pub const RELATED_ARGUMENTS: &[Arg] = &[
    ("names", "[String!]", "Follow only relationships of these names."),
    DIRECTION,
    ("depth", "Int", "How many relationships away at most; 1 if left out."),
    ("model", "String", "Only twins of this model or a subtype: a DTMI or a type's name."),
    page::FIRST,
];

/// The relationships of a twin, in order of name and id.
pub fn relationships(twin: &TwinAt, ctx: &ResolverContext<'_>) -> Answer {
    let names = args::texts(ctx, "names")?;
    let direction = direction(ctx)?;
    let bounds = &ctx.data::<Arc<World>>()?.bounds;
    let (limit, after) = (page::first(ctx, bounds)?, page::after(ctx)?);
    let mut items: Vec<Item<EdgeAt>> = twin.at.view(|view| {
        let edges = view.edges(twin.id, direction).into_iter();
        edges
            .filter(|edge| names.as_ref().is_none_or(|names| names.contains(&edge.ends.name)))
            .filter_map(|edge| EdgeAt::new(&twin.at, &view, edge))
            .map(|edge| Item { cursor: edge.cursor(), node: edge })
            .collect()
    });
    items.sort_by(|a, b| a.cursor.cmp(&b.cursor));
    let total = items.len();
    items.retain(|item| after.as_ref().is_none_or(|after| item.cursor > *after));
    one(Page::new(items, limit, Some(total)))
}

/// The twins that can be reached.
pub fn related(twin: &TwinAt, ctx: &ResolverContext<'_>) -> Answer {
    let names = args::texts(ctx, "names")?.unwrap_or_default();
    let bounds = &ctx.data::<Arc<World>>()?.bounds;
    let walk = Walk {
        names: &names,
        direction: direction(ctx)?,
        depth_max: args::items(ctx, "depth", 1, bounds.depth_max)?,
        reached_max: bounds.walk_twins_max,
    };
    let model = model_argument(&twin.at.types, ctx)?;
    let asked = args::items(ctx, "first", 0, bounds.page_items_max)?;
    let limit = if asked == 0 { bounds.page_items_max } else { asked };
    let found = twin.at.view(|view| reach(twin, &view, &walk, model.as_ref(), limit + 1));
    if found.len() > limit && asked == 0 {
        return Err(too_many(ctx, limit));
    }
    Ok(Some(FieldValue::list(found.into_iter().take(limit))))
}

/// The model that the argument `model` means, if it is given.
///
/// # Errors
/// When there is no such model.
pub fn model_argument(
    types: &crate::graphql::served::Served,
    ctx: &ResolverContext<'_>,
) -> Result<Option<Dtmi>> {
    let Some(text) = args::text(ctx, "model")? else {
        return Ok(None);
    };
    let unknown = || wrong("model", &format!("`{text}` is no model; give a DTMI or a type's name"));
    Ok(Some(types.find_model(text).ok_or_else(unknown)?))
}

/// The error of a list that is longer than a page, when the caller did not say how much to take.
pub fn too_many(ctx: &ResolverContext<'_>, limit: usize) -> async_graphql::Error {
    let name = ctx.field().name().to_owned();
    let problem = format!("more than {limit} twins; give `first`, or page through `relationships`");
    wrong(&name, &problem).into()
}

fn reach(
    start: &TwinAt,
    view: &View<'_>,
    walk: &Walk<'_>,
    model: Option<&Dtmi>,
    limit: usize,
) -> Vec<FieldValue<'static>> {
    let (moment, known) = (view.scope.moment, view.scope.known);
    let reached = view.state.graph.reach(start.id, walk, moment, known);
    let fits = |id: TwinId| match (model, view.twin(id)) {
        (Some(model), Some((_, is))) => view.state.catalogue.is_a(&is.value.model, model),
        (None, found) => found.is_some(),
        (Some(_), None) => false,
    };
    let ids = reached.into_iter().map(|reached| reached.twin).filter(|id| fits(*id));
    ids.filter_map(|id| twin::value(&start.at, view, id)).take(limit).collect()
}

fn direction(ctx: &ResolverContext<'_>) -> Result<Direction> {
    match args::item(ctx, "direction")? {
        Some("INCOMING") => Ok(Direction::Incoming),
        _ => Ok(Direction::Outgoing),
    }
}
