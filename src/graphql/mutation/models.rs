//! `uploadModels`, `decommissionModel`, `recommissionModel` and `deleteModels`.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, ResolverContext, Type};

use super::common::{actor, world};
use crate::domain::command::{Command, CommissionModel, DeleteModels};
use crate::domain::model_use::{USES_LISTED_MAX, uses};
use crate::dtdl::Dtmi;
use crate::graphql::args::{self, Arguments, Fields, wrong};
use crate::graphql::build::{Later, input, input_object, one, slow_field};
use crate::graphql::refusal::refused;
use crate::graphql::scope::Reader;
use crate::graphql::types::payload::{About, Done};
use crate::graphql::types::upload::{Deleted, Uploaded};
use crate::graphql::world::World;

/// The mutations.
pub fn fields() -> Vec<Field> {
    let id = || input("id", "ID!", "Its DTMI.");
    vec![
        slow_field("uploadModels", "UploadModelsPayload!", upload)
            .argument(input("documents", "[ModelDocumentInput!]!", "The documents, in any order."))
            .argument(input("dryRun", "Boolean", "Only check them, and tell what they would touch."))
            .description("Adds models to the catalogue, all or none. Their types are in the schema when this answers."),
        slow_field("decommissionModel", "ModelPayload!", |ctx| commission(ctx, true))
            .argument(id())
            .description("Lets a model have no new twins, also not through new models that extend it or have it as a component. Its twins stay as they are."),
        slow_field("recommissionModel", "ModelPayload!", |ctx| commission(ctx, false))
            .argument(id())
            .description("Takes a decommissioned model into use again."),
        slow_field("deleteModels", "DeleteModelsPayload!", delete)
            .argument(input("ids", "[ID!]!", "Their DTMIs. They may use each other."))
            .argument(input("dryRun", "Boolean", "Only tell what stands in the way."))
            .description("Takes models from the catalogue, all or none. Refused when a twin ever was an instance of one, or another model extends it, has it as a component or has a relationship to it. So nothing means a deleted model, and its DTMI may be given to the same text or another."),
    ]
}

/// Their input types.
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
        let (planned, position) = if args::flag(&ctx, "dryRun")? {
            let planned = world.engine.plan_models(Arc::new(documents)).await;
            (planned.map_err(refused)?, None)
        } else {
            let uploaded = world.engine.upload_models(actor(&ctx), documents).await;
            let (planned, position) = uploaded.map_err(refused)?;
            (planned, Some(position))
        };
        let at = Reader::present(world, position.unwrap_or_else(|| world.engine.head()));
        one(Uploaded { planned, position, at })
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

fn commission(ctx: ResolverContext<'_>, decommissioned: bool) -> Later<'_> {
    Box::pin(async move {
        let world = world(&ctx)?;
        let model = model(world, &ctx, "id")?;
        let command = CommissionModel { model: model.clone(), decommissioned };
        let submitted = world.engine.submit(actor(&ctx), Command::CommissionModel(command)).await;
        let (outcome, position) = submitted.map_err(refused)?;
        let at = Reader::present(world, position);
        one(Done::new(outcome, Some(position), at, About::Model(model)))
    })
}

fn delete(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let world = world(&ctx)?;
        let texts = args::texts(&ctx, "ids")?.unwrap_or_default();
        if texts.len() > world.bounds.upload_documents_max {
            let max = world.bounds.upload_documents_max;
            let problem = format!("{} were given; at most {max} are taken at once", texts.len());
            return Err(wrong("ids", &problem).into());
        }
        let found = texts.iter().map(|text| named(world, text, "ids"));
        let models: Vec<Dtmi> = found.collect::<Result<_>>()?;
        if args::flag(&ctx, "dryRun")? {
            let (uses, more) = world.engine.read(|state| {
                let mut found = uses(state, &models);
                let listed: Vec<_> = found.by_ref().take(USES_LISTED_MAX).collect();
                (listed, found.count())
            });
            return one(Deleted { models, uses, more, position: None });
        }
        let command = Command::DeleteModels(DeleteModels { models: models.clone() });
        let (_, position) = world.engine.submit(actor(&ctx), command).await.map_err(refused)?;
        one(Deleted { models, uses: Vec::new(), more: 0, position: Some(position) })
    })
}

/// The model that an argument names, by its DTMI or the name of its type.
///
/// # Errors
/// When it can be no model.
pub fn model(world: &World, from: &impl Arguments, name: &str) -> Result<Dtmi> {
    named(world, args::required_text(from, name)?, name)
}

/// The model that a text names.
///
/// # Errors
/// When it can be no model.
pub fn named(world: &World, text: &str, argument: &str) -> Result<Dtmi> {
    let found = world.types.find_model(text).map_or_else(|| text.parse(), Ok);
    found.map_err(|_| {
        let text = crate::domain::id::abridged(text);
        let problem =
            format!("`{text}` is no model; give its DTMI, such as dtmi:com:example:Pump;1");
        wrong(argument, &problem).into()
    })
}
