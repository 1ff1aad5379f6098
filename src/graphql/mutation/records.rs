//! `putRecord`, `retractRecord` and `declareSource`.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, ResolverContext, Type};

use super::common::{
    actor, command_field, dry_run, external_id, interval, json_object, model, timed_input, world,
};
use crate::domain::command::{Command, DeclareSource, PutRecord, RetractRecord};
use crate::domain::id;
use crate::engine::Outcome;
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::build::{Later, input, input_object, one, slow_field};
use crate::graphql::refusal::refused;
use crate::graphql::scope::Reader;
use crate::graphql::types::payload::{About, Done, Meant};
use crate::graphql::world::World;

/// The mutations.
pub fn fields() -> Vec<Field> {
    vec![
        dry_run(slow_field("putRecord", "SourceRecordPayload!", put))
            .argument(input("input", "PutRecordInput!", ""))
            .description(
                "Keeps what a system says about a thing, as it says it. If it says something to match by, it is matched \
                 against all records at once: linked to a twin, made a new one, or put before a person.",
            ),
        command_field(
            "retractRecord",
            "SourceRecordPayload",
            "RetractRecordInput",
            "States that a system does not have a record any more.",
            retract,
        ),
        command_field(
            "declareSource",
            "DeclareSourcePayload",
            "DeclareSourceInput",
            "Keeps how a source is read, and how far it is trusted.",
            declare,
        ),
    ]
}

/// Their input types.
pub fn inputs() -> Vec<Type> {
    let put = timed_input(
        "PutRecordInput",
        "What a system says about a thing.",
        &[
            ("key", "ExternalIdInput!", "What the system calls the thing."),
            ("kind", "String!", "The kind of thing, in the system's words."),
            ("attributes", "JSON!", "All that it says, as an object."),
            (
                "claims",
                "JSON",
                "Properties of the twin that it describes, as an object from path to value.",
            ),
            (
                "identity",
                "JSON",
                "Texts to match by, as an object such as {serial, manufacturer, mac}.",
            ),
            ("model", "String", "What its type is: a DTMI or a type's name."),
            ("stated", "DateTime", "When the system last touched it."),
        ],
    );
    let retract = timed_input(
        "RetractRecordInput",
        "A record that a system does not have any more.",
        &[("key", "ExternalIdInput!", "What the system calls the thing.")],
    );
    let declare = input_object(
        "DeclareSourceInput",
        "How a source is read.",
        &[
            ("name", "String!", "The source's name."),
            ("declaration", "JSON!", "Its declaration, as an object."),
        ],
    );
    vec![put.into(), retract.into(), declare.into()]
}

fn put(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let world = world(&ctx)?;
        let record = record(world, &args::object(&ctx, "input")?)?;
        let about = About::Record(record.key.clone());
        if args::flag(&ctx, "dryRun")? {
            let tried = world.curator.rehearse(actor(&ctx), record).await.map_err(refused)?;
            let at = Reader::present(world, tried.preview.position);
            let outcome = tried.preview.outcomes.into_iter().next();
            let outcome = outcome.unwrap_or_else(|| Ok(Outcome::default()));
            let outcome = outcome.map_err(|rejection| refused(rejection.into()))?;
            return one(Done {
                impact: Some(Arc::new(tried.preview.impact)),
                matching: tried.matching,
                rehearsed: Some(Meant { twin: tried.twin, tasks: tried.tasks }),
                ..Done::new(outcome, None, at, about)
            });
        }
        let done = world.curator.put(actor(&ctx), record).await.map_err(refused)?;
        let at = Reader::present(world, done.position);
        let kept = Done::new(done.outcome, Some(done.position), at, about);
        one(Done { matching: done.matching, ..kept })
    })
}

fn record(world: &World, from: &Fields<'_>) -> Result<PutRecord> {
    let claims = json_object(from, "claims")?.unwrap_or_default();
    Ok(PutRecord {
        key: external_id(from, "key")?,
        kind: args::required_text(from, "kind")?.into(),
        attributes: json_object(from, "attributes")?.unwrap_or_default(),
        claims: claims.into_iter().map(|(path, value)| (path.into(), value)).collect(),
        identity: identity(from)?,
        model: model(world, from, "model")?,
        stated: args::moment(from, "stated")?,
        references: Vec::new(),
        valid: interval(from, world.engine.now())?,
        is_change: false,
    })
}

fn identity(from: &Fields<'_>) -> Result<BTreeMap<Arc<str>, Arc<str>>> {
    let fields = json_object(from, "identity")?.unwrap_or_default().into_iter();
    let texts = fields.map(|(field, value)| match value {
        serde_json::Value::String(text) => Ok((Arc::from(field), Arc::from(text))),
        other => Err(wrong("identity", &format!("`{field}` is {other}, not a text")).into()),
    });
    texts.collect()
}

fn retract(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = RetractRecord {
        key: external_id(from, "key")?,
        valid: interval(from, world.engine.now())?,
        is_change: false,
    };
    let about = About::Record(command.key.clone());
    Ok((Command::RetractRecord(command), about))
}

fn declare(_: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let name = id::name("the name", args::required_text(from, "name")?);
    let name = name.map_err(|error| wrong("name", &error.to_string()))?;
    let declaration = Arc::new(json_object(from, "declaration")?.unwrap_or_default());
    let about = About::Source(name.clone());
    Ok((Command::DeclareSource(DeclareSource { name, declaration }), about))
}
