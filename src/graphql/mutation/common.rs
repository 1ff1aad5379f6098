//! What all mutations share: their field, the intervals and twins that inputs name, and submitting.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, InputObject, ResolverContext, Type};

use crate::domain::command::{Command, TwinRef};
use crate::domain::fact::PropertyPath;
use crate::domain::id::{ExternalId, abridged};
use crate::domain::time::{Interval, Timestamp};
use crate::dtdl::Dtmi;
use crate::engine::Outcome;
use crate::graphql::args::{self, Arguments, Fields, wrong};
use crate::graphql::build::{Answer, input, input_object, one, slow_field};
use crate::graphql::refusal::refused;
use crate::graphql::scope::Reader;
use crate::graphql::transport::{self, Caller};
use crate::graphql::types::payload::{About, Done};
use crate::graphql::world::World;

/// Who the log names for changes that came this way, from no program that is known.
pub const ACTOR: &str = "graphql";

/// Who the log names for the changes of a request: a label, which proves nothing (see [`transport::actor`]).
pub fn actor(ctx: &ResolverContext<'_>) -> &'static str {
    let caller = ctx.ctx.data_opt::<Arc<Caller>>();
    caller.and_then(|caller| transport::actor::actor(&caller.headers)).unwrap_or(ACTOR)
}

/// Properties to set: their paths and values.
pub type Properties = Vec<(PropertyPath, serde_json::Value)>;

/// The input types that several mutations take.
pub fn inputs() -> Vec<Type> {
    let external_id = input_object(
        "ExternalIdInput",
        "An id as another system knows it.",
        &[
            ("system", "String!", "The system that issues the id."),
            ("scope", "String", "Where in the system it is unique; all of it if left out."),
            ("id", "String!", "The id, exactly as the system writes it."),
        ],
    );
    let twin = input_object(
        "TwinRefInput",
        "A twin, named in one of two ways.",
        &[
            ("id", "ID", "By its own id."),
            ("externalId", "ExternalIdInput", "By what a system calls it."),
        ],
    );
    vec![external_id.into(), twin.oneof().into()]
}

/// A mutation that takes one input and does one command.
pub fn command_field(
    name: &str,
    payload: &str,
    input_type: &str,
    description: &str,
    read: fn(&World, &Fields<'_>) -> Result<(Command, About)>,
) -> Field {
    let field = slow_field(name, &format!("{payload}!"), move |ctx| {
        Box::pin(async move {
            let (command, about) = read(world(&ctx)?, &args::object(&ctx, "input")?)?;
            submit(&ctx, command, about, args::flag(&ctx, "dryRun")?).await
        })
    });
    dry_run(field).argument(input("input", &format!("{input_type}!"), "")).description(description)
}

/// A field that can only tell what it would do.
pub fn dry_run(field: Field) -> Field {
    field.argument(input("dryRun", "Boolean", "Only tell what it would change, in `impact`."))
}

/// Does a command, or only tells what it would change.
///
/// # Errors
/// Why the command is refused.
pub async fn submit(
    ctx: &ResolverContext<'_>,
    command: Command,
    about: About,
    is_dry: bool,
) -> Answer {
    let (world, actor) = (world(ctx)?, actor(ctx));
    if is_dry {
        let preview = world.engine.preview(actor, vec![command]).await.map_err(refused)?;
        let at = Reader::present(world, preview.position);
        let impact = Some(Arc::new(preview.impact));
        let outcome = preview.outcomes.into_iter().next().unwrap_or_else(|| Ok(Outcome::default()));
        let outcome = outcome.map_err(|rejection| refused(rejection.into()))?;
        return one(Done { impact, ..Done::new(outcome, None, at, about) });
    }
    let submitted = world.engine.submit(actor, command).await;
    let (outcome, position) = submitted.map_err(refused)?;
    let at = Reader::present(world, position);
    one(Done::new(outcome, Some(position), at, about))
}

/// An input type whose facts have an interval.
pub fn timed_input(name: &str, description: &str, fields: &[(&str, &str, &str)]) -> InputObject {
    let interval = [
        ("validFrom", "DateTime", "Since when it is so; since now if left out."),
        ("fromAlways", "Boolean", "It has always been so; instead of `validFrom`."),
        ("validTo", "DateTime", "Until when, without that moment; for ever if left out."),
    ];
    let object = input_object(name, description, fields);
    interval
        .iter()
        .fold(object, |object, (name, ty, description)| object.field(input(name, ty, description)))
}

/// The interval of an input; it starts at `default` unless the input says otherwise.
///
/// # Errors
/// When it is empty, or says two things.
pub fn interval(from: &impl Arguments, default: Timestamp) -> Result<Interval> {
    let start = match (args::moment(from, "validFrom")?, args::flag(from, "fromAlways")?) {
        (Some(_), true) => {
            return Err(wrong("fromAlways", "give it or `validFrom`, not both").into());
        }
        (Some(start), false) => start,
        (None, true) => Timestamp::MIN,
        (None, false) => default,
    };
    let end = args::moment(from, "validTo")?.unwrap_or(Timestamp::MAX);
    let empty = || wrong("validTo", &format!("{end} is not after the start, {start}"));
    Interval::new(start, end).ok_or_else(|| empty().into())
}

/// The twin that an input names.
///
/// # Errors
/// When the name cannot be one.
pub fn twin(from: &impl Arguments, name: &str) -> Result<TwinRef> {
    let named = args::object(from, name)?;
    if let Some(id) = args::text(&named, "id")? {
        let parsed = id.parse();
        return parsed
            .map(TwinRef::Id)
            .map_err(|_| wrong(name, &format!("`{}` is no twin's id", abridged(id))).into());
    }
    external_id(&named, "externalId").map(TwinRef::External)
}

/// The external id that an input holds.
///
/// # Errors
/// When it is missing, or cannot be one.
pub fn external_id(from: &impl Arguments, name: &str) -> Result<ExternalId> {
    args::external_id(&args::object(from, name)?)
}

/// A JSON object.
///
/// # Errors
/// When it is something else.
pub fn json_object(
    from: &impl Arguments,
    name: &str,
) -> Result<Option<serde_json::Map<String, serde_json::Value>>> {
    match args::json(from, name)? {
        None => Ok(None),
        Some(serde_json::Value::Object(map)) => Ok(Some(map)),
        Some(_) => Err(wrong(name, "is not an object; write {\"name\": value}").into()),
    }
}

/// The properties that an input sets.
///
/// # Errors
/// When they are no object.
pub fn properties(from: &impl Arguments) -> Result<Properties> {
    let map = json_object(from, "properties")?.unwrap_or_default();
    Ok(map.into_iter().map(|(path, value)| (path.into(), value)).collect())
}

/// A model, named by its DTMI or its type.
///
/// # Errors
/// When it can be no model.
pub fn model(world: &World, from: &impl Arguments, name: &str) -> Result<Option<Dtmi>> {
    let Some(text) = args::text(from, name)? else {
        return Ok(None);
    };
    super::models::named(world, text, name).map(Some)
}

/// An optional text as it is kept.
///
/// # Errors
/// When it is something else.
pub fn shared_text(from: &impl Arguments, name: &str) -> Result<Option<Arc<str>>> {
    Ok(args::text(from, name)?.map(Arc::from))
}

/// The context of a mutation that does more than one command.
///
/// # Errors
/// Never, in a schema that was built by us.
pub fn world<'a>(ctx: &ResolverContext<'a>) -> Result<&'a Arc<World>> {
    ctx.ctx.data::<Arc<World>>()
}
