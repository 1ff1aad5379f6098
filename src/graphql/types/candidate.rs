//! `MatchCandidate`: a twin that a described thing may be.

use std::sync::Arc;

use async_graphql::dynamic::{ResolverContext, Type};

use super::twin;
use crate::curation::{Match, Probe};
use crate::domain::id::abridged;
use crate::domain::reconcile::asset::sheet::check_field;
use crate::graphql::args::{self, wrong};
use crate::graphql::build::{Arg, Later, field, input_object, many, object, scalar};
use crate::graphql::error::GraphqlError;
use crate::graphql::scope::{Reader, reader};
use crate::graphql::world::World;

/// Most candidates in one answer.
const CANDIDATES_MAX: usize = 100;
/// Candidates when nobody says how many.
const CANDIDATES_DEFAULT: usize = 5;
/// Most fields that a thing is described by.
const FIELDS_MAX: usize = 100;

struct CandidateAt(Match, Arc<Reader>);

/// The types.
pub fn types() -> Vec<Type> {
    let known = input_object(
        "IdentityFieldInput",
        "Something that is known of a thing.",
        &[
            (
                "name",
                "String!",
                "Which: `serial`, `manufacturer`, `model`, `mac`, `tag`, `location` …",
            ),
            ("value", "String!", "The text."),
        ],
    );
    let fields = vec![
        field::<CandidateAt, _>("twin", "Twin", |c, _| twin::optional(&c.1, Some(c.0.twin))),
        field::<CandidateAt, _>("probability", "Float!", |c, _| scalar(c.0.probability))
            .description("How probable it is that the thing is this twin, from 0 to 1."),
        field::<CandidateAt, _>("weights", "[TaskWeight!]!", |c, _| {
            many(c.0.weights.iter().cloned())
        })
        .description("What speaks for it and against it."),
    ];
    vec![known.into(), object("MatchCandidate", "A twin that a thing may be.", fields).into()]
}

/// The arguments of the query.
pub const ARGUMENTS: &[Arg] = &[
    ("text", "String", "A name or an id, or how it begins."),
    ("known", "[IdentityFieldInput!]", "What is known of the thing."),
    ("system", "String", "The system that says so; one has mostly one record of a thing."),
    (
        "models",
        "[String!]",
        "Only twins of these models and their subtypes: DTMIs or types' names.",
    ),
    ("first", "Int", "How many at most; 5 if left out."),
];

fn no_model(text: &str) -> GraphqlError {
    let text = abridged(text);
    let problem = format!(
        "`{text}` is neither a model of the catalogue nor the name of its type; GraphQL's `{{ models {{ nodes {{ id }} }} }}` \
         lists those that there are"
    );
    wrong("models", &problem)
}

/// The candidates.
pub fn find(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let world = ctx.data::<Arc<World>>()?;
        let known = args::objects(&ctx, "known")?;
        if known.len() > FIELDS_MAX {
            return Err(wrong("known", &format!("holds more than {FIELDS_MAX} fields")).into());
        }
        let mut fields = std::collections::BTreeMap::new();
        for field in &known {
            let name = args::required_text(field, "name")?;
            check_field(name).map_err(|problem| wrong("known", &problem))?;
            fields.insert(name.into(), args::required_text(field, "value")?.into());
        }
        let mut models = Vec::new();
        for model in args::texts(&ctx, "models")?.unwrap_or_default() {
            models.push(world.types.find_model(&model).ok_or_else(|| no_model(&model))?);
        }
        let probe = Probe {
            text: args::text(&ctx, "text")?.map(str::to_owned),
            fields,
            system: args::text(&ctx, "system")?.map(Into::into),
            models,
            limit: args::items(&ctx, "first", CANDIDATES_DEFAULT, CANDIDATES_MAX)?,
        };
        let at = reader(&ctx).await?;
        world.curator.caught_up(at.scope.known).await;
        let found = world.curator.probe(&probe).await;
        many(found.into_iter().map(|found| CandidateAt(found, at.clone())))
    })
}
