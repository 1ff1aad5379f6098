//! The query root: a table of contents. Each field makes a reader and calls its type.

use std::sync::Arc;

use async_graphql::dynamic::{Field, Object, ResolverContext};

use super::args;
use super::build::{Answer, Arg, Later, input, one, slow_field, text};
use super::scope::{ARGUMENTS as SCOPE_ARGUMENTS, Reader, reader};
use super::types::twin_links::model_argument;
use super::types::{
    candidate, compatibility, coverage, decision, disagreements, model, page, resolution,
    server_info, source, source_record, staged, stream_list, system, task, twin, twin_search,
    verdict,
};
use super::world::World;

/// The query root.
pub fn root() -> Object {
    let fields = twin_fields().into_iter().chain(other_fields());
    let root = Object::new("Query").description(
        "Everything that can be asked. One request reads at one position: its fields agree.",
    );
    fields.fold(root, Object::field)
}

const SYSTEM: Arg = ("system", "String!", "The system that issues the id.");
const SCOPE: Arg = ("scope", "String", "Where in the system it is unique; all of it if left out.");
const ID: Arg = ("id", "String!", "The id, exactly as the system writes it.");

fn twin_fields() -> Vec<Field> {
    let by_id = |at: &Arc<Reader>, ctx: &ResolverContext<'_>| {
        let id = args::twin_id(ctx, "id")?;
        twin::optional(at, id.map(|id| at.view(|view| view.current(id))))
    };
    let fields = vec![
        with(&[("id", "ID!", "Its own id.")], scoped("twin", "Twin", by_id))
            .description("A twin by its own id, or by that of a twin that was merged into it; null when it does not exist."),
        with(&[("id", "ID!", "The id of a twin.")], scoped("node", "Node", by_id))
            .description("The same, as Relay wants it."),
        with(
            &[SYSTEM, SCOPE, ID],
            scoped("resolve", "Resolution", |at, ctx| {
                resolution::resolve(at, args::external_id(ctx)?)
            }),
        )
        .description("What a system's id means: the twin, its asset, its devices, its place."),
        with(twin_search::ARGUMENTS, slow_field("twins", "TwinConnection!", twins))
            .description("Twins, in order of their ids."),
        with(
            &[SYSTEM, SCOPE, ID],
            scoped("sourceRecord", "SourceRecord", |at, ctx| {
                let record = source_record::Kept::find(at, &args::external_id(ctx)?);
                record.map_or(Ok(None), one)
            }),
        )
        .description("What a system says about the thing that it calls so."),
        with(
            disagreements::ARGUMENTS,
            slow_field("disagreements", "PropertyProvenanceConnection!", disagreements::page),
        )
        .description(
            "Properties of which sources state different values, or values that models do not allow.",
        ),
        with(&[SYSTEM, SCOPE, ID], scoped("verdicts", "[Verdict!]!", verdict::of_record))
            .description("What was decided about a record and others."),
        with(task::ARGUMENTS, scoped("tasks", "ReviewTaskConnection!", task::page))
            .description("The review queue: doubtful pairs that wait for a person."),
        with(&[("id", "ID!", "Its id.")], scoped("task", "ReviewTask", task::find))
            .description("A task of the queue; null when it is settled."),
        with(
            &[page::FIRST, page::AFTER],
            slow_field("decisions", "DecisionConnection!", decision::page),
        )
        .description("What was decided about identity, the last decision first."),
    ];
    fields.into_iter().map(|field| with(SCOPE_ARGUMENTS, field)).collect()
}

const MODELS: &[Arg] = &[
    ("rootsOnly", "Boolean", "Only models that extend none."),
    ("search", "String", "Only models whose id or name holds this text."),
    page::FIRST,
    page::AFTER,
];
const STREAMS: &[Arg] = &[
    (
        "quarantined",
        "Boolean",
        "Only streams that nobody has mapped (true), or the others (false).",
    ),
    ("system", "String", "Only streams of devices of this system."),
    page::FIRST,
    page::AFTER,
];
const STREAM: &[Arg] = &[
    ("system", "String!", "The system that names the device."),
    ("scope", "String", "The scope of the device's id; empty if left out."),
    ("device", "String!", "The device."),
    ("channel", "String!", "The channel."),
];

fn other_fields() -> Vec<Field> {
    vec![
        with(MODELS, scoped("models", "ModelConnection!", model::page))
            .description("The models, in the order of upload; also those without types yet."),
        with(
            &[("id", "ID!", "Its DTMI, or the name of its type.")],
            scoped("model", "Model", |at, ctx| {
                let id = at.types.find_model(args::required_text(ctx, "id")?);
                id.and_then(|id| model::ModelAt::find(at, &id)).map_or(Ok(None), one)
            }),
        )
        .description("A model."),
        with(
            &[
                ("from", "ID!", "The model that twins have: its DTMI, or the name of its type."),
                ("to", "ID!", "The model that they would get."),
            ],
            scoped("modelCompatibility", "ModelCompatibility", |at, ctx| {
                compatibility::find(at, ctx)
            }),
        )
        .description("What changes for twins of one model, and their clients, if they get another; null when either is not known."),
        scoped("systems", "[IdSystem!]!", |at, _| system::all(at))
            .description("The systems of ids that were declared."),
        scoped("sources", "[RecordSource!]!", |at, _| source::all(at))
            .description("The sources of records that were declared."),
        with(candidate::ARGUMENTS, slow_field("candidates", "[MatchCandidate!]!", candidate::find))
            .description("Which twins a thing may be of which this is known, the most probable first: a new record is matched against all that there are."),
        slow_field("stagedImports", "[StagedImport!]!", staged::all)
            .description("Imports that wait to be committed or discarded, the last one first."),
        with(STREAMS, scoped("streams", "StreamConnection!", stream_list::page))
            .description("Streams, in the order in which they were first heard of."),
        with(STREAM, scoped("stream", "Stream", stream_list::find))
            .description("One channel of one device; null when it was never heard of."),
        with(coverage::ARGUMENTS, slow_field("coverage", "Coverage!", coverage::board))
            .description("What is missing, doubtful or about to end in the mapping, now."),
        scoped("position", "LogPosition!", |at, _| text(at.scope.known.to_string()))
            .description("The position that this request reads at."),
        scoped("serverInfo", "ServerInfo!", |at, _| server_info::info(&at.engine))
            .description("What the server is, and how much it holds."),
    ]
}

/// A field with these arguments.
fn with(arguments: &[Arg], field: Field) -> Field {
    let arguments = arguments.iter().map(|(name, ty, description)| input(name, ty, description));
    arguments.fold(field, Field::argument)
}

/// A field that reads through its own scope.
fn scoped(
    name: &str,
    ty: &str,
    resolve: fn(&Arc<Reader>, &ResolverContext<'_>) -> Answer,
) -> Field {
    slow_field(name, ty, move |ctx| {
        Box::pin(async move {
            let at = reader(&ctx).await?;
            resolve(&at, &ctx)
        })
    })
}

fn twins(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let at = reader(&ctx).await?;
        let model = model_argument(&at.types, &ctx)?;
        let bounds = ctx.data::<Arc<World>>()?.bounds.clone();
        let search = twin_search::Search::new(&ctx, model)?;
        let (limit, after) = (page::first(&ctx, &bounds)?, page::after(&ctx)?);
        let total = page::wants_total(&ctx);
        search.page(&at, &bounds, twin_search::Slice { limit, after, total }).await
    })
}
