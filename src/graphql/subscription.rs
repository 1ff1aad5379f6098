//! The subscription root: what happens to twins, live and from any position on.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::dynamic::{
    FieldValue, ResolverContext, Subscription, SubscriptionField, SubscriptionFieldFuture,
};
use async_graphql::{Error, Result};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use super::args::{self, wrong};
use super::build::{input, type_ref};
use super::error::GraphqlError;
use super::scope::Reader;
use super::types::twin_change::Delivered;
use super::types::twin_links::model_argument;
use super::world::World;
use crate::domain::id::TwinId;
use crate::dtdl::Dtmi;
use crate::feed::{FeedError, Interest, TwinEvent};

/// When a client whose subscription ended should come back.
const RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// The subscription root.
pub fn root() -> Subscription {
    let changed = SubscriptionField::new("twinChanged", type_ref("TwinChange!"), |ctx| {
        SubscriptionFieldFuture::new(async move { changes(&ctx) })
    })
    .argument(input("ids", "[ID!]", "Only these twins."))
    .argument(input(
        "model",
        "String",
        "Only twins of this model or a subtype: a DTMI or a type's name.",
    ))
    .argument(input("inLocation", "ID", "Only twins in this place, or in a place inside it."))
    .argument(input("kinds", "[TwinChangeKind!]", "Only changes of these kinds."))
    .argument(input(
        "after",
        "LogPosition",
        "Also tell what happened after this position, first; give the last position that you have.",
    ))
    .description("What happens to twins. Nothing is left out and nothing is told twice.");
    Subscription::new("Subscription").description("What happens, as it happens.").field(changed)
}

/// Which events are wanted, beside the interest that the feed knows.
struct Wanted {
    model: Option<Dtmi>,
    in_location: Option<TwinId>,
    kinds: Option<Vec<Arc<str>>>,
}

fn changes<'a>(ctx: &ResolverContext<'a>) -> Result<BoxStream<'a, Result<FieldValue<'a>>>> {
    let world = ctx.data::<Arc<World>>()?.clone();
    let after = args::position(ctx, "after")?;
    let head = world.engine.head();
    if let Some(after) = after.filter(|after| *after > head) {
        let problem = format!("position {after} is not written yet; the last one is {head}");
        return Err(wrong("after", &problem).into());
    }
    let interest = interest(ctx, &world, world.bounds.subscription_twins_max)?;
    let wanted = Wanted {
        model: model_argument(&world.types, ctx)?,
        in_location: match args::text(ctx, "inLocation")? {
            Some(_) => args::twin_id(ctx, "inLocation")?
                .map_or_else(|| Err(no_id("inLocation")), |id| Ok(Some(id)))?,
            None => None,
        },
        kinds: args::texts(ctx, "kinds")?,
    };
    let events = world.feed.subscribe(interest, after);
    let delivered = events.filter_map(move |event| {
        let delivered = deliver(&world, &wanted, event);
        std::future::ready(delivered)
    });
    Ok(delivered.map(|event| event.map(FieldValue::owned_any)).boxed())
}

/// The twins that are asked for, and those that they were merged into.
fn interest(ctx: &ResolverContext<'_>, world: &World, max: usize) -> Result<Interest> {
    let Some(ids) = args::texts(ctx, "ids")? else {
        return Ok(Interest::All);
    };
    if ids.len() > max {
        let problem = format!("{} are given; at most {max} can be", ids.len());
        return Err(wrong("ids", &problem).into());
    }
    let parsed = ids.iter().map(|id| id.parse::<TwinId>().map_err(|_| no_id("ids")));
    let mut twins = parsed.collect::<Result<BTreeSet<_>>>()?;
    let known = world.engine.head();
    let current = world.engine.read(|state| -> Vec<TwinId> {
        twins.iter().map(|twin| state.curations.current(*twin, known)).collect()
    });
    twins.extend(current);
    Ok(Interest::Twins(twins))
}

fn no_id(argument: &str) -> Error {
    wrong(argument, "holds something that is no twin's id").into()
}

fn deliver(
    world: &Arc<World>,
    wanted: &Wanted,
    event: Result<Arc<TwinEvent>, FeedError>,
) -> Option<Result<Delivered>> {
    let event = match event {
        Ok(event) => event,
        Err(error) => {
            return Some(Err(GraphqlError::unavailable(error.to_string(), RETRY).into()));
        }
    };
    // The twin is shown as it is now: looking back to the event's own position would ask history
    // for every stream that has moved on since.
    let at = Reader::present(world, world.engine.head().max(event.position));
    let fits = wanted.fits(&at, &event);
    fits.then(|| Ok(Delivered { event, at }))
}

impl Wanted {
    fn fits(&self, at: &Reader, event: &TwinEvent) -> bool {
        let kind = super::types::twin_change::kind(&event.change);
        if self.kinds.as_ref().is_some_and(|kinds| kinds.iter().all(|wanted| **wanted != *kind)) {
            return false;
        }
        if self.model.is_none() && self.in_location.is_none() {
            return true;
        }
        at.view(|view| {
            let node = view.state.graph.twin(event.twin);
            // The end of a twin is told to those who asked for its model, too.
            let last = node.and_then(|node| node.existence.spans(at.scope.known).pop());
            let is_of = |model: &Dtmi| {
                last.is_some_and(|last| view.state.catalogue.is_a(&last.value.model, model))
            };
            self.model.as_ref().is_none_or(is_of)
                && self.in_location.is_none_or(|place| view.places(event.twin).contains(&place))
        })
    }
}
