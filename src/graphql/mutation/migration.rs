//! `migrateTwins`.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, ResolverContext, Type};

use super::common::{actor, world};
use super::models::model;
use crate::domain::id::TwinId;
use crate::domain::migration::Migration;
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::build::{Arg, Later, input, input_object, one, slow_field};
use crate::graphql::refusal::refused;
use crate::graphql::scope::Reader;
use crate::graphql::types::migration::Migrated;
use crate::graphql::types::page;
use crate::graphql::world::World;

const ARGUMENTS: &[Arg] = &[
    ("from", "ID!", "The model that the twins have: its DTMI."),
    ("to", "ID!", "The model that they get: most often a newer version."),
    ("twins", "[ID!]", "Only these twins; all of the model if left out."),
    (
        "at",
        "DateTime",
        "Since when they have the new model; since now if left out. Before, they keep the older one.",
    ),
    (
        "drop",
        "[String!]",
        "Paths of properties and telemetry, and names of relationships, that may be lost.",
    ),
    (
        "together",
        "[ModelPairInput!]",
        "Other models whose twins are migrated too, before or after: relationships are judged as if that were done.",
    ),
    ("dryRun", "Boolean", "Only tell what would become of each twin."),
    page::FIRST,
    (
        "after",
        "String",
        "In a dry run: the `endCursor` of the page before. What is migrated leaves the list by itself.",
    ),
];

/// The mutation.
pub fn fields() -> Vec<Field> {
    let field = slow_field("migrateTwins", "MigrateTwinsPayload!", migrate).description(
        "Gives twins another model from a moment on, the next `first` of them in order of their ids, all or none; \
         ask again until `remaining` is 0. Values, bindings and relationships that fit stay; units are converted; \
         if anything would be lost that `drop` does not name, nothing is done.",
    );
    let arguments = ARGUMENTS.iter().map(|(name, ty, about)| input(name, ty, about));
    vec![arguments.fold(field, Field::argument)]
}

/// Its input types.
pub fn inputs() -> Vec<Type> {
    let pair = input_object(
        "ModelPairInput",
        "A model, and the one that its twins get.",
        &[("from", "ID!", "The model that twins have."), ("to", "ID!", "The model that they get.")],
    );
    vec![pair.into()]
}

fn migrate(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let world = world(&ctx)?;
        let migration = migration(world, &ctx)?;
        let dry_run = args::flag(&ctx, "dryRun")?;
        let first = page::first(&ctx, &world.bounds)?;
        let after = match page::after(&ctx)? {
            Some(_) if !dry_run => {
                return Err(wrong(
                    "after",
                    "is for dry runs: twins that were migrated leave the list",
                )
                .into());
            }
            Some(cursor) => Some(cursor.parse::<TwinId>().map_err(|_| page::not_ours())?),
            None => None,
        };
        let page = world.engine.plan_migration(&migration, after, first).map_err(refused)?;
        let position = if dry_run || page.plans.is_empty() {
            None
        } else {
            Some(world.engine.migrate(actor(&ctx), migration, &page).await.map_err(refused)?)
        };
        let at = Reader::present(world, position.unwrap_or_else(|| world.engine.head()));
        one(Migrated { page, position, at })
    })
}

fn migration(world: &World, ctx: &ResolverContext<'_>) -> Result<Migration> {
    let selected = match args::texts(ctx, "twins")? {
        None => None,
        Some(texts) => Some(Arc::new(twins(world, &texts)?)),
    };
    let pairs = args::objects(ctx, "together")?;
    let pair = |from: &Fields<'_>| Ok((model(world, from, "from")?, model(world, from, "to")?));
    Ok(Migration {
        from: model(world, ctx, "from")?,
        to: model(world, ctx, "to")?,
        at: args::moment(ctx, "at")?.unwrap_or_else(|| world.engine.now()),
        selected,
        together: pairs.iter().map(pair).collect::<Result<_>>()?,
        drop: args::texts(ctx, "drop")?.unwrap_or_default().into_iter().collect(),
    })
}

fn twins(world: &World, texts: &[Arc<str>]) -> Result<BTreeSet<TwinId>> {
    let max = world.bounds.subscription_twins_max;
    if texts.len() > max {
        let problem = format!("{} were given; at most {max} are taken at once", texts.len());
        return Err(wrong("twins", &problem).into());
    }
    let twin = |text: &Arc<str>| {
        text.parse().map_err(|error: crate::domain::id::InvalidId| {
            wrong("twins", &error.to_string()).into()
        })
    };
    texts.iter().map(twin).collect()
}
