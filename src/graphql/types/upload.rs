//! What uploads and deletions of models answer, and what stands in their way.

use std::sync::Arc;

use async_graphql::dynamic::{Field, Type};

use super::compatibility::Report;
use super::model::ModelAt;
use crate::domain::id::Position;
use crate::domain::model_use::ModelUse;
use crate::dtdl::{Dtmi, UseKind};
use crate::engine::{NewerVersion, Planned, Touched, TouchedBinding};
use crate::graphql::build::{
    Answer, count, enumeration, field, item, many, object, one, optional_text, text, texts,
};
use crate::graphql::scope::Reader;

/// Models that were uploaded, or would be.
pub struct Uploaded {
    /// What the upload comes to, and the catalogue before it.
    pub planned: Planned,
    /// Where they can be read; `None` when they were only checked.
    pub position: Option<Position>,
    /// Reads at that position.
    pub at: Arc<Reader>,
}

/// Models that were deleted, or would be.
pub struct Deleted {
    /// The models.
    pub models: Vec<Dtmi>,
    /// What stands in the way, the first of it.
    pub uses: Vec<ModelUse>,
    /// How much more there is.
    pub more: usize,
    /// Where it can be read; `None` when it was only asked.
    pub position: Option<Position>,
}

struct Newer {
    version: NewerVersion,
    at: Arc<Reader>,
}

/// The types.
pub fn types() -> Vec<Type> {
    let kinds = enumeration(
        "ModelUseKind",
        "How something uses a model.",
        &[
            ("TWIN", "A twin is, was, or was once believed to be, an instance of it."),
            ("EXTENDS", "A model extends it."),
            ("COMPONENT", "A model has it as a component."),
            ("RELATIONSHIP", "A relationship of a model leads to it."),
        ],
    );
    vec![uploaded(), newer(), touched(), touched_binding(), deleted(), used(), kinds.into()]
}

fn uploaded() -> Type {
    let fields = vec![
        position::<Uploaded>(|uploaded| uploaded.position),
        field::<Uploaded, _>("added", "[Model!]!", |uploaded, _| {
            let added = uploaded.planned.upload.added.iter();
            many(added.filter_map(|added| ModelAt::find(&uploaded.at, &added.id)))
        })
        .description("Models that are new; empty when they were only checked."),
        field::<Uploaded, _>("addedIds", "[ID!]!", |uploaded, _| {
            texts(uploaded.planned.upload.added.iter().map(|added| added.id.as_str()))
        })
        .description("The DTMIs of models that are new, or would be."),
        field::<Uploaded, _>("unchangedIds", "[ID!]!", |uploaded, _| {
            texts(uploaded.planned.upload.unchanged.iter().map(Dtmi::as_str))
        })
        .description("The DTMIs of models that were there already, the same."),
        field::<Uploaded, _>("newerVersions", "[NewerModelVersion!]!", |uploaded, _| {
            let newer = uploaded.planned.newer_versions().into_iter();
            many(newer.map(|version| Newer { version, at: uploaded.at.clone() }))
        })
        .description("The models of which an older version is stored. Versions live side by side, so the upload changes no twin: this is what migrating to the newer versions would touch."),
    ];
    let description = "What an upload did. Its models have types in the schema already.";
    object("UploadModelsPayload", description, fields).into()
}

fn newer() -> Type {
    let touched = |name: &str, models: fn(&NewerVersion) -> &Vec<Dtmi>| {
        field::<Newer, _>(name, "TouchedTwins!", move |newer, _| {
            one(newer.at.engine.touched(models(&newer.version), newer.at.scope))
        })
    };
    let fields = vec![
        field::<Newer, _>("id", "ID!", |newer, _| text(newer.version.model.as_str()))
            .description("The DTMI of the newer version."),
        field::<Newer, _>("olderIds", "[ID!]!", |newer, _| {
            texts(newer.version.older.iter().map(Dtmi::as_str))
        })
        .description("The older versions that are stored, oldest first."),
        field::<Newer, _>("compatibility", "ModelCompatibility!", |newer, _| {
            one(Report(newer.version.compatibility.clone()))
        })
        .description("What differs from the version just before it, stored or in the same upload."),
        touched("twins", |version| &version.older)
            .description("The twins that are now instances of exactly one of the older versions."),
        field::<Newer, _>("heirIds", "[ID!]!", |newer, _| {
            texts(newer.version.heirs.iter().map(Dtmi::as_str))
        })
        .description("Stored models that extend an older version, directly or not. They go on extending it."),
        touched("heirTwins", |version| &version.heirs).description("The twins that are now instances of those."),
        field::<Newer, _>("holderIds", "[ID!]!", |newer, _| {
            texts(newer.version.holders.iter().map(Dtmi::as_str))
        })
        .description("Stored models that have an older version, or a model that extends one, as a component, or in one. They go on having it."),
        touched("holderTwins", |version| &version.holders).description("The twins that are now instances of those."),
    ];
    let description = "A model of an upload of which an older version is stored.";
    object("NewerModelVersion", description, fields).into()
}

fn touched() -> Type {
    let fields = vec![
        field::<Touched, _>("count", "Long!", |touched, _| count(touched.twins))
            .description("How many twins."),
        field::<Touched, _>("ids", "[ID!]!", |touched, _| {
            texts(touched.first_twins.iter().map(ToString::to_string))
        })
        .description("The first 50 of them."),
        field::<Touched, _>("bindingCount", "Long!", |touched, _| count(touched.bindings))
            .description("How many bindings measure them now."),
        field::<Touched, _>("bindings", "[TouchedBinding!]!", |touched, _| {
            many(touched.first_bindings.clone())
        })
        .description("The first 50 of those."),
    ];
    object("TouchedTwins", "Twins that exist now, and the bindings that measure them now.", fields)
        .into()
}

fn touched_binding() -> Type {
    let fields = vec![
        field::<TouchedBinding, _>("stream", "String!", |b, _| text(b.stream.to_string()))
            .description("The stream, by system, scope, device and channel."),
        field::<TouchedBinding, _>("twinId", "ID!", |b, _| text(b.twin.to_string())),
        field::<TouchedBinding, _>("path", "String!", |b, _| text(b.path.as_ref()))
            .description("What of the twin it measures."),
    ];
    object("TouchedBinding", "A binding that measures a twin now.", fields).into()
}

fn deleted() -> Type {
    let fields = vec![
        position::<Deleted>(|deleted| deleted.position),
        field::<Deleted, _>("ids", "[ID!]!", |deleted, _| {
            texts(deleted.models.iter().map(Dtmi::as_str))
        })
        .description("The models that are gone, or would be if nothing used them."),
        field::<Deleted, _>("uses", "[ModelUse!]!", |deleted, _| many(deleted.uses.clone()))
            .description("What stands in the way, the first 20."),
        field::<Deleted, _>("useCount", "Long!", |deleted, _| {
            count(deleted.uses.len() + deleted.more)
        })
        .description("How much stands in the way."),
    ];
    object("DeleteModelsPayload", "What a deletion of models did.", fields).into()
}

fn used() -> Type {
    let fields = vec![
        field::<ModelUse, _>("kind", "ModelUseKind!", |found, _| item(kind(found))),
        field::<ModelUse, _>("modelId", "ID!", |found, _| match found {
            ModelUse::Twin { model, .. } => text(model.as_str()),
            ModelUse::Model(user) => text(user.used.as_str()),
        })
        .description("The model that is used."),
        field::<ModelUse, _>("userId", "ID!", |found, _| match found {
            ModelUse::Twin { twin, .. } => text(twin.to_string()),
            ModelUse::Model(user) => text(user.user.as_str()),
        })
        .description("The twin or the model that uses it."),
        field::<ModelUse, _>("name", "String", |found, _| optional_text(name(found)))
            .description("The component or relationship by which it does."),
        field::<ModelUse, _>("message", "String!", |found, _| text(found.to_string())),
    ];
    object("ModelUse", "Something that uses a model.", fields).into()
}

fn kind(found: &ModelUse) -> &'static str {
    match found {
        ModelUse::Twin { .. } => "TWIN",
        ModelUse::Model(user) => match user.kind {
            UseKind::Extends => "EXTENDS",
            UseKind::Component(_) => "COMPONENT",
            UseKind::Relationship(_) => "RELATIONSHIP",
        },
    }
}

fn name(found: &ModelUse) -> Option<&str> {
    match found {
        ModelUse::Twin { .. } => None,
        ModelUse::Model(user) => match &user.kind {
            UseKind::Extends => None,
            UseKind::Component(name) | UseKind::Relationship(name) => Some(name),
        },
    }
}

/// The position of what a payload tells of.
pub(super) fn position<P: Send + Sync + 'static>(get: fn(&P) -> Option<Position>) -> Field {
    field::<P, _>("position", "LogPosition", move |parent, _| -> Answer {
        get(parent).map_or(Ok(None), |position| text(position.to_string()))
    })
    .description("The position at which all of this can be read; null when nothing was written.")
}
