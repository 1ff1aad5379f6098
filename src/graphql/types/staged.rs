//! `StagedImport` and `MatchingReport`: what an import would do, and what matching did.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::dynamic::{Field, ResolverContext, Type};

use crate::curation::{Effects, StagingError, Waiting};
use crate::graphql::build::{
    Answer, Later, count, field, json, many, moment, object, one, optional_text, scalar, text,
    texts,
};
use crate::graphql::error::GraphqlError;
use crate::graphql::error_code::ErrorCode;
use crate::graphql::refusal::refused;
use crate::graphql::world::World;
use crate::sources::import::{Report, Settled};

/// When to commit again what broke off.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The types.
pub fn types() -> Vec<Type> {
    vec![staged(), matching()]
}

fn number(name: &str, description: &str, of: fn(&Effects) -> usize) -> Field {
    field::<Arc<Waiting>, _>(name, "Long!", move |i, _| count(of(&i.preview.effects)))
        .description(description)
}

fn staged() -> Type {
    let fields = vec![
        field::<Arc<Waiting>, _>("id", "ID!", |i, _| text(i.id.to_string())),
        field::<Arc<Waiting>, _>("at", "DateTime!", |i, _| moment(i.at))
            .description("When it was staged."),
        field::<Arc<Waiting>, _>("files", "[String!]!", |i, _| texts(&i.files)),
        field::<Arc<Waiting>, _>("report", "JSON!", |i, _| scalar(json(&i.preview.report)?))
            .description(
                "What was read and what would become of it, with the place of every problem.",
            ),
        field::<Arc<Waiting>, _>("matching", "MatchingReport", |i, _| {
            i.preview.matching().map_or(Ok(None), one)
        })
        .description("What the records would turn out to mean."),
        field::<Arc<Waiting>, _>("stopped", "String", |i, _| optional_text(i.preview.stopped()))
            .description("Why reading stopped before the end; then it cannot be committed."),
        field::<Arc<Waiting>, _>("inWork", "Boolean!", |i, _| scalar(i.in_work))
            .description("Whether somebody commits or discards it now."),
        field::<Arc<Waiting>, _>("damaged", "String", |i, _| optional_text(i.damaged.as_deref()))
            .description(
                "Why what was kept of it cannot be read; then only its name and its time are known, and it can be \
                 discarded.",
            ),
        number("recordsCreated", "Records that are new.", |s| s.records_created),
        number("recordsUpdated", "Records that would say something else.", |s| s.records_updated),
        number("twinsCreated", "Twins that would be made.", |s| s.twins_created),
        number("twinsChanged", "Twins of which something would change.", |s| s.twins_changed),
        number("twinsEnded", "Twins that would end.", |s| s.twins_ended),
        number("idsMoved", "Ids that would mean another twin than now.", |s| s.ids_moved),
        number("bindingsMoved", "Streams that would measure something else.", |s| s.bindings_moved),
        field::<Arc<Waiting>, _>("readingsMoved", "Long!", |i, _| {
            count(usize::try_from(i.preview.effects.readings_moved).unwrap_or(usize::MAX))
        })
        .description("Readings that would change hands."),
        number("relationships", "Relationships that would change.", |s| s.relationships),
        number("subscribers", "Subscribers who would hear of it.", |s| s.subscribers),
    ];
    object("StagedImport", "An import that waits to be committed or discarded.", fields).into()
}

fn matching() -> Type {
    let number = |name: &str, description: &str, of: fn(&Settled) -> usize| {
        field::<Settled, _>(name, "Long!", move |s, _| count(of(s))).description(description)
    };
    let fields = vec![
        number("records", "Records with something to match them by.", |s| s.records),
        number("matched", "Records that joined a twin that there was.", |s| s.matched),
        number("created", "Twins that were made.", |s| s.created),
        number("merged", "Records that joined a twin that was made for another.", |s| s.merged),
        number("changedMeaning", "Ids that mean another thing than before.", |s| s.changed_meaning),
        number("doubtful", "Doubtful pairs that wait for a person.", |s| s.doubtful),
        number("raised", "Of these, raised now.", |s| s.raised),
        number("withoutModel", "Records that can be no twin, for want of a model.", |s| {
            s.without_model
        }),
        field::<Settled, _>("namedWithoutModel", "[String!]!", |s, _| {
            texts(&s.named_without_model)
        })
        .description("The first of those."),
        field::<Settled, _>("refused", "[String!]!", |s, _| texts(&s.refused))
            .description("Decisions that could not be carried out, and why; the first of them."),
        field::<Settled, _>("complete", "Boolean!", |s, _| scalar(s.refused.is_empty())),
    ];
    object("MatchingReport", "What matching made of records that meant nothing.", fields).into()
}

/// A report as JSON.
///
/// # Errors
/// Never, unless the report cannot be written.
pub fn report(report: &Report) -> Answer {
    let written = serde_json::to_value(report);
    let written = written.map_err(|error| GraphqlError::internal(error.to_string()))?;
    scalar(json(&written)?)
}

/// All that wait.
pub fn all(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let waiting = ctx.data::<Arc<World>>()?.curator.staged().await.map_err(failed)?;
        many(waiting.into_iter().map(Arc::new))
    })
}

/// Why something could not be staged, committed or discarded, or those that wait not be told.
pub fn failed(error: StagingError) -> async_graphql::Error {
    match error {
        StagingError::Engine(error) => refused(error),
        StagingError::BrokeOff(_) => {
            GraphqlError::unavailable(error.to_string(), RETRY_AFTER).into()
        }
        StagingError::InWork(_) | StagingError::Full => {
            GraphqlError::conflict(error.to_string()).into()
        }
        StagingError::Unknown(_) => GraphqlError::not_found(error.to_string()).into(),
        StagingError::Damaged { .. } | StagingError::Uneven { .. } => {
            tracing::error!(%error, "a staged import failed by a fault of ours");
            GraphqlError::new(ErrorCode::Internal, error.to_string()).into()
        }
        StagingError::Abandoned => GraphqlError::new(ErrorCode::Timeout, error.to_string()).into(),
        StagingError::TooLarge | StagingError::TooMany { .. } | StagingError::Unreadable { .. } => {
            GraphqlError::bad_user_input(error.to_string()).into()
        }
    }
}
