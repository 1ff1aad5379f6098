//! `uploadModels`.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, ResolverContext, Type};

use super::common::{ACTOR, world};
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::build::{Later, input, input_object, one, slow_field};
use crate::graphql::refusal::refused;
use crate::graphql::scope::Reader;
use crate::graphql::types::payload::Uploaded;

/// The mutation.
pub fn fields() -> Vec<Field> {
    let field = slow_field("uploadModels", "UploadModelsPayload!", upload)
        .argument(input("documents", "[ModelDocumentInput!]!", "The documents, in any order."))
        .argument(input("dryRun", "Boolean", "Only check them."))
        .description("Adds models to the catalogue, all or none. Their types are in the schema when this answers.");
    vec![field]
}

/// Its input types.
pub fn inputs() -> Vec<Type> {
    let document = input_object(
        "ModelDocumentInput",
        "A DTDL document.",
        &[
            ("name", "String!", "A name for messages, such as the file's."),
            ("text", "String!", "The document: an interface, or a list of interfaces, as JSON."),
        ],
    );
    vec![document.into()]
}

fn upload(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let world = world(&ctx)?;
        let documents = documents(&ctx, world.bounds.upload_documents_max)?;
        let (upload, position) = if args::flag(&ctx, "dryRun")? {
            let planned = world.engine.plan_models(Arc::new(documents)).await;
            (planned.map_err(refused)?.0, None)
        } else {
            let uploaded = world.engine.upload_models(ACTOR, documents).await;
            let (upload, position) = uploaded.map_err(refused)?;
            (upload, Some(position))
        };
        one(Uploaded {
            added: upload.added.iter().map(|interface| interface.id.clone()).collect(),
            unchanged: upload.unchanged.clone(),
            position,
            at: Reader::present(world, position.unwrap_or_else(|| world.engine.head())),
        })
    })
}

fn documents(ctx: &ResolverContext<'_>, max: usize) -> Result<Vec<(String, String)>> {
    let given = args::objects(ctx, "documents")?;
    if given.len() > max {
        let problem = format!("{} were sent; at most {max} are taken at once", given.len());
        return Err(wrong("documents", &problem).into());
    }
    let document = |from: &Fields<'_>| {
        let name = args::required_text(from, "name")?.to_owned();
        Ok((name, args::required_text(from, "text")?.to_owned()))
    };
    given.iter().map(document).collect()
}
