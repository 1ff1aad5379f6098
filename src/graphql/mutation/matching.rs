//! `settleRecords`, `stageImport`, `commitImport` and `discardImport`.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, ResolverContext, Type};
use tokio_util::sync::CancellationToken;

use super::common::{actor, world};
use crate::curation::StagedId;
use crate::graphql::args::{self, wrong};
use crate::graphql::build::{Later, input, input_object, one, scalar, slow_field};
use crate::graphql::error::GraphqlError;
use crate::graphql::refusal::refused;
use crate::graphql::types::staged::{failed, report};
use crate::sources::declaration::Declaration;
use crate::sources::text::Input;

/// Most files in one staged import.
const FILES_MAX: usize = 100;

/// The mutations.
pub fn fields() -> Vec<Field> {
    let id = || input("id", "ID!", "The staged import.");
    vec![
        slow_field("settleRecords", "MatchingReport!", settle).description(
            "Matches all records that mean nothing yet: links them, makes twins of them, or puts doubtful pairs into \
             the review queue. Doing it again changes nothing. Imports do it by themselves.",
        ),
        slow_field("stageImport", "StagedImport!", stage)
            .argument(input("files", "[StagedFileInput!]!", "The files."))
            .argument(input("sources", "[String!]", "Declarations of sources, as TOML."))
            .description("Reads files and tells what they would do, without doing it. Who hangs up, or waits longer than a request may take, leaves nothing waiting. `POST /import?stage=true` does the same with larger files, and takes its time."),
        slow_field("commitImport", "JSON!", commit)
            .argument(id())
            .description("Does a staged import; answers its report."),
        slow_field("discardImport", "Boolean!", discard)
            .argument(id())
            .description("Forgets a staged import."),
    ]
}

/// Their input types.
pub fn inputs() -> Vec<Type> {
    let file = input_object(
        "StagedFileInput",
        "A file.",
        &[
            ("name", "String!", "Its name; the extension, or a declaration, tells the format."),
            ("text", "String!", "What it holds."),
        ],
    );
    vec![file.into()]
}

fn settle(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move { one(world(&ctx)?.curator.settle().await.map_err(refused)?) })
}

fn stage(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let files = args::objects(&ctx, "files")?;
        if files.is_empty() || files.len() > FILES_MAX {
            let problem = format!("holds {} files; give 1 to {FILES_MAX}", files.len());
            return Err(wrong("files", &problem).into());
        }
        let read = |file| {
            let name = args::required_text(file, "name")?;
            Ok(Input::bytes(name, args::required_text(file, "text")?.as_bytes()))
        };
        let inputs: Vec<Input> = files.iter().map(read).collect::<Result<_>>()?;
        let sources = args::texts(&ctx, "sources")?.unwrap_or_default();
        let parse = |toml: &Arc<str>| {
            Declaration::parse(toml).map(Arc::new).map_err(|e| wrong("sources", &e.to_string()))
        };
        let sources: Vec<_> = sources.iter().map(parse).collect::<Result<_, _>>()?;
        let curator = world(&ctx)?.curator.clone();
        let runtime = tokio::runtime::Handle::current();
        // Cancelled when this is dropped, as it is when nobody waits for the answer any more.
        let abandoned = CancellationToken::new();
        let _awaited = abandoned.clone().drop_guard();
        // Reading files is work for a thread of its own.
        let work = tokio::task::spawn_blocking(move || {
            runtime.block_on(curator.stage(&inputs, &sources, &abandoned))
        });
        let staged = work.await.map_err(|error| GraphqlError::internal(error.to_string()))?;
        one(Arc::new(staged.and_then(|import| import.waiting()).map_err(failed)?))
    })
}

fn commit(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let done = world(&ctx)?.curator.commit(id(&ctx)?, actor(&ctx)).await;
        report(&done.map_err(failed)?)
    })
}

fn discard(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        world(&ctx)?.curator.discard(id(&ctx)?).await.map_err(failed)?;
        scalar(true)
    })
}

fn id(ctx: &ResolverContext<'_>) -> Result<StagedId> {
    let text = args::required_text(ctx, "id")?;
    text.parse().map_err(|_| wrong("id", "is no name of a staged import").into())
}
