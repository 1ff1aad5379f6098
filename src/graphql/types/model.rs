//! `Model`: a DTDL interface, and how it looks in GraphQL.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, FieldValue, ResolverContext, Type};

use super::page::{self, Item, Page};
use super::scalars::role_item;
use super::value::Kind;
use crate::dtdl::{Content, ContentKind, Dtmi, Interface, Semantic};
use crate::graphql::args;
use crate::graphql::build::{
    Answer, count, enumeration, field, input, item, many, object, one, optional_text, scalar, text,
    text_field,
};
use crate::graphql::describe;
use crate::graphql::names::{ModelNames, field_name};
use crate::graphql::scope::Reader;
use crate::graphql::world::World;

/// A model, seen through a reader.
#[derive(Clone)]
pub struct ModelAt {
    interface: Arc<Interface>,
    at: Arc<Reader>,
}

struct ContentAt {
    content: Arc<Content>,
    at: Arc<Reader>,
}

impl ModelAt {
    /// The model of this id.
    pub fn find(at: &Arc<Reader>, id: &Dtmi) -> Option<Self> {
        // The catalogue of now, because a mutation may show models that its schema has no types of.
        let interface = at.engine.read(|state| state.catalogue.get(id).cloned())?;
        Some(Self { interface, at: at.clone() })
    }

    fn list<'a>(at: &Arc<Reader>, ids: impl IntoIterator<Item = &'a Dtmi>) -> Answer {
        many(ids.into_iter().filter_map(|id| Self::find(at, id)))
    }
}

/// The types.
pub fn types() -> Vec<Type> {
    let model = object("Model", "A DTDL interface: what twins of a kind have.", model_fields());
    let content = object("ModelContent", "Something that a model's twins have.", content_fields());
    let kinds = enumeration(
        "ModelContentKind",
        "What a content is.",
        &[
            ("PROPERTY", "A value that is kept."),
            ("TELEMETRY", "A value that is measured."),
            ("RELATIONSHIP", "An edge to other twins."),
            ("COMPONENT", "A part with a model of its own."),
            ("COMMAND", "Something that can be asked of the thing."),
        ],
    );
    let node = |model: &ModelAt| FieldValue::owned_any(model.clone());
    let connection = page::connection("Model", "A page of models, in the order of upload.", node);
    let own: [Type; 3] = [model.into(), content.into(), kinds.into()];
    own.into_iter().chain(connection).collect()
}

fn model_fields() -> Vec<Field> {
    let name = |model: &ModelAt, get: fn(&ModelNames) -> &Arc<str>| {
        optional_text(model.at.names_of(&model.interface.id).as_ref().map(get))
    };
    vec![
        field::<ModelAt, _>("id", "ID!", |m, _| text(m.interface.id.to_string()))
            .description("Its DTMI."),
        field::<ModelAt, _>("typeName", "String", move |m, _| {
            name(m, |names| &names.object)
        })
        .description("The object type of its twins."),
        field::<ModelAt, _>("interfaceName", "String", move |m, _| {
            name(m, |names| &names.any)
        })
        .description(
            "The interface of its twins and those of its subtypes; in the schema once it has some.",
        ),
        field::<ModelAt, _>("displayName", "String!", |m, _| {
            text(describe::display_name(&m.interface))
        }),
        field::<ModelAt, _>("description", "String", |m, _| {
            optional_text(describe::interface(&m.interface))
        }),
        field::<ModelAt, _>("role", "Role", |m, _| {
            let role =
                m.at.engine
                    .read(|state| state.role_of_model(&m.interface.id));
            role.map_or(Ok(None), role_item)
        }),
        field::<ModelAt, _>("extends", "[Model!]!", |m, _| {
            ModelAt::list(&m.at, &m.interface.extends)
        }),
        field::<ModelAt, _>("subtypes", "[Model!]!", subtypes)
            .argument(input("first", "Int", "How many at most."))
            .description("The models that extend it, directly or not."),
        field::<ModelAt, _>("contents", "[ModelContent!]!", |m, _| {
            let contents = m.interface.contents().iter().cloned();
            many(contents.map(|content| ContentAt {
                content,
                at: m.at.clone(),
            }))
        })
        .description("What its twins have, with what it inherits."),
        field::<ModelAt, _>("decommissioned", "Boolean!", |m, _| {
            let id = &m.interface.id;
            scalar(m.at.engine.read(|state| state.catalogue.is_decommissioned(id)))
        })
        .description("Whether it gets no new twins."),
        field::<ModelAt, _>("twinCount", "Long!", |m, _| count(twin_count(m)))
            .description("How many twins are instances of exactly this model."),
        field::<ModelAt, _>("source", "String!", |m, _| {
            text(m.interface.source.as_ref())
        })
        .description("Its DTDL."),
    ]
}

fn subtypes(model: &ModelAt, ctx: &ResolverContext<'_>) -> Answer {
    let bounds = &ctx.data::<Arc<World>>()?.bounds;
    let limit = args::items(ctx, "first", bounds.page_items_max, bounds.page_items_max)?;
    let ids: Vec<Dtmi> = model.at.engine.read(|state| {
        state
            .catalogue
            .subtypes(&model.interface.id)
            .take(limit)
            .map(|subtype| subtype.id.clone())
            .collect()
    });
    ModelAt::list(&model.at, &ids)
}

fn twin_count(model: &ModelAt) -> usize {
    model.at.view(|view| {
        let twins = view.state.graph.of_model(&model.interface.id).into_iter().flatten();
        let is_now = |id: &&crate::domain::id::TwinId| {
            view.twin(**id).is_some_and(|(_, e)| e.value.model == model.interface.id)
        };
        twins.filter(is_now).count()
    })
}

fn content_fields() -> Vec<Field> {
    vec![
        text_field::<ContentAt>("name", "String!", |c| &c.content.name),
        field::<ContentAt, _>("field", "String", |c, _| {
            let is_field = crate::graphql::served::is_field(&c.content);
            optional_text(is_field.then(|| field_name(&c.content.name)))
        })
        .description("The field in GraphQL; commands have none."),
        field::<ContentAt, _>("kind", "ModelContentKind!", |c, _| item(kind(&c.content.kind))),
        field::<ContentAt, _>("description", "String", |c, _| {
            optional_text(describe::content(&c.content))
        }),
        field::<ContentAt, _>("valueType", "String", |c, _| match &c.content.kind {
            ContentKind::Property { schema, .. } | ContentKind::Telemetry { schema, .. } => {
                text(Kind::of(schema).type_name())
            }
            _ => Ok(None),
        })
        .description("The value type in GraphQL, of a property or telemetry."),
        field::<ContentAt, _>("semanticType", "String", |c, _| {
            optional_text(semantic(&c.content.kind).map(|s| s.type_name))
        }),
        field::<ContentAt, _>("unit", "String", |c, _| {
            optional_text(semantic(&c.content.kind).and_then(|s| s.unit))
        }),
        field::<ContentAt, _>("target", "Model", |c, _| match &c.content.kind {
            ContentKind::Relationship { target: Some(model), .. }
            | ContentKind::Component { schema: model, .. } => {
                ModelAt::find(&c.at, model).map_or(Ok(None), one)
            }
            _ => Ok(None),
        })
        .description("The model that a relationship leads to, or that a component has."),
        field::<ContentAt, _>("maxMultiplicity", "Int", |c, _| match &c.content.kind {
            ContentKind::Relationship { max_multiplicity: Some(max), .. } => scalar(*max),
            _ => Ok(None),
        }),
    ]
}

fn kind(kind: &ContentKind) -> &'static str {
    match kind {
        ContentKind::Property { .. } => "PROPERTY",
        ContentKind::Telemetry { .. } => "TELEMETRY",
        ContentKind::Relationship { .. } => "RELATIONSHIP",
        ContentKind::Component { .. } => "COMPONENT",
        ContentKind::Command { .. } => "COMMAND",
    }
}

fn semantic(kind: &ContentKind) -> Option<&Semantic> {
    match kind {
        ContentKind::Property { semantic, .. } | ContentKind::Telemetry { semantic, .. } => {
            semantic.as_ref()
        }
        ContentKind::Relationship { .. }
        | ContentKind::Component { .. }
        | ContentKind::Command { .. } => None,
    }
}

/// A page of models, in the order of upload; a cursor is a model's place in that order.
///
/// # Errors
/// When an argument is wrong.
pub fn page(at: &Arc<Reader>, ctx: &ResolverContext<'_>) -> Answer {
    let bounds = &ctx.data::<Arc<World>>()?.bounds;
    let (limit, after) = (page::first(ctx, bounds)?, start(ctx)?);
    let roots_only = args::flag(ctx, "rootsOnly")?;
    let search = args::text(ctx, "search")?.map(str::to_lowercase);
    let catalogue = at.engine.catalogue();
    let wanted = |interface: &Interface| {
        (!roots_only || interface.extends.is_empty())
            && search.as_ref().is_none_or(|search| {
                interface.id.as_str().to_lowercase().contains(search.as_str())
                    || describe::display_name(interface).to_lowercase().contains(search.as_str())
            })
    };
    let found = || catalogue.iter().enumerate().filter(|(_, interface)| wanted(interface));
    let total = page::wants_total(ctx).then(|| found().count());
    let numbered = found();
    let items = numbered.filter(|(number, _)| *number >= after).take(limit + 1);
    let items = items.map(|(number, interface)| Item {
        node: ModelAt { interface: interface.clone(), at: at.clone() },
        cursor: (number + 1).to_string(),
    });
    one(Page::new(items.collect(), limit, total))
}

fn start(ctx: &ResolverContext<'_>) -> Result<usize> {
    let after = page::after(ctx)?;
    after.map_or(Ok(0), |cursor| cursor.parse().map_err(|_| page::not_ours().into()))
}
