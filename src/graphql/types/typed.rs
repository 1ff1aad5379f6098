//! The types that models define: an object and, with subtypes, an interface for each.

use std::sync::Arc;

use async_graphql::dynamic::{
    Field, FieldValue, Interface, InterfaceField, Object, ResolverContext, Type,
};

use super::component::PartAt;
use super::twin::{self, TwinAt};
use super::twin_fields::{FIELDS, TwinField};
use super::twin_links::too_many;
use super::value::{Kind, ValueAt};
use crate::domain::graph::Direction;
use crate::dtdl::{self, Content, ContentKind, Semantic};
use crate::graphql::args;
use crate::graphql::build::{Answer, field, input, one, parent, slow_field, type_ref};
use crate::graphql::describe;
use crate::graphql::names::field_name;
use crate::graphql::served::{Served, Target, is_field};
use crate::graphql::world::World;

/// The types of all served models.
pub fn types(served: &Served) -> Vec<Type> {
    let objects =
        served.objects().map(|(model, names)| object(served, model, &names.object).into());
    let interfaces =
        served.interfaces().map(|(model, names)| interface(served, model, &names.any).into());
    objects.chain(interfaces).collect()
}

fn object(served: &Served, model: &dtdl::Interface, name: &str) -> Object {
    let object = Object::new(name).implement("Node").implement("Twin");
    let object = match describe::interface(model) {
        Some(description) => object.description(description),
        None => object,
    };
    let implemented = served.implemented(&model.id).into_iter();
    let object = implemented.fold(object, |object, name| object.implement(name.to_string()));
    let object = FIELDS.iter().map(TwinField::object_field).fold(object, Object::field);
    let contents = model.contents().iter().filter_map(|content| ContentField::of(served, content));
    contents.fold(object, |object, content| object.field(content.object_field()))
}

fn interface(served: &Served, model: &dtdl::Interface, name: &str) -> Interface {
    let own = describe::interface(model).unwrap_or_default();
    let description = format!("This model and all that extend it. {own}");
    let interface = Interface::new(name).description(description.trim_end());
    // async-graphql 7.2 checks what an interface implements, but leaves it out of introspection.
    let interface = interface.implement("Node").implement("Twin");
    let others = served.implemented(&model.id).into_iter().filter(|other| ***other != *name);
    let interface = others.fold(interface, |interface, name| interface.implement(name.to_string()));
    let interface = twin::interface_fields().fold(interface, Interface::field);
    let contents = model.contents().iter().filter_map(|content| ContentField::of(served, content));
    contents.fold(interface, |interface, content| interface.field(content.interface_field()))
}

/// A field that a content of a model becomes.
pub struct ContentField {
    /// The content's name.
    content: Arc<str>,
    /// The type in GraphQL.
    ty: String,
    description: Option<String>,
    how: How,
}

/// What is behind a content.
enum How {
    /// A property or telemetry.
    Value { unit: Option<Arc<str>> },
    /// A relationship with at most one target.
    Link(Target),
    /// A relationship.
    Links(Target),
    /// A component.
    Part,
}

impl ContentField {
    /// The field of a content; commands have none.
    pub fn of(served: &Served, content: &Content) -> Option<Self> {
        let (ty, how) = match &content.kind {
            ContentKind::Property { schema, semantic, .. }
            | ContentKind::Telemetry { schema, semantic, .. } => {
                let unit = unit(semantic.as_ref());
                (Kind::of(schema).type_name().to_owned(), How::Value { unit })
            }
            ContentKind::Relationship { target, max_multiplicity, .. } => {
                let target = served.target(target.as_ref());
                let name = target.type_name();
                match max_multiplicity {
                    Some(1) => (name.to_owned(), How::Link(target)),
                    _ => (format!("[{name}!]!"), How::Links(target)),
                }
            }
            ContentKind::Component { schema, .. } => {
                (format!("{}!", served.component(schema)?), How::Part)
            }
            ContentKind::Command { .. } => return None,
        };
        debug_assert!(is_field(content));
        let description = describe::content(content);
        Some(Self { content: content.name.clone(), ty, description, how })
    }

    fn interface_field(&self) -> InterfaceField {
        let field = InterfaceField::new(field_name(&self.content), type_ref(&self.ty));
        let field = match &self.description {
            Some(description) => field.description(description),
            None => field,
        };
        match &self.how {
            How::Links(_) => field.argument(first_argument()),
            How::Value { .. } | How::Link(_) | How::Part => field,
        }
    }

    /// The field for the object type of a twin.
    fn object_field(self) -> Field {
        let name = field_name(&self.content);
        let path = self.content;
        let field = match self.how {
            How::Value { unit } => slow_field(&name, &self.ty, move |ctx| {
                let (path, unit) = (path.clone(), unit.clone());
                Box::pin(async move {
                    let twin = parent::<TwinAt>(&ctx)?;
                    let value = ValueAt::find(twin, &path, unit.as_ref()).await?;
                    value.map_or(Ok(None), one)
                })
            }),
            How::Link(target) => field::<TwinAt, _>(&name, &self.ty, move |twin, _| {
                Ok(linked(twin, &path, &target, 1).pop())
            }),
            How::Links(target) => field::<TwinAt, _>(&name, &self.ty, move |twin, ctx| {
                links(twin, ctx, &path, &target)
            })
            .argument(first_argument()),
            How::Part => field::<TwinAt, _>(&name, &self.ty, move |twin, _| {
                one(PartAt { twin: twin.clone(), path: path.clone() })
            }),
        };
        described(field, self.description)
    }

    /// The field for a component type; relationships of components are not kept.
    pub fn component_field(self) -> Option<Field> {
        let name = field_name(&self.content);
        let content = self.content;
        let field = match self.how {
            How::Value { unit } => slow_field(&name, &self.ty, move |ctx| {
                let (content, unit) = (content.clone(), unit.clone());
                Box::pin(async move {
                    let part = parent::<PartAt>(&ctx)?;
                    let path = part.path_of(&content);
                    let value = ValueAt::find(&part.twin, &path, unit.as_ref()).await?;
                    value.map_or(Ok(None), one)
                })
            }),
            How::Part => field::<PartAt, _>(&name, &self.ty, move |part, _| {
                one(PartAt { twin: part.twin.clone(), path: part.path_of(&content).into() })
            }),
            How::Link(_) | How::Links(_) => return None,
        };
        Some(described(field, self.description))
    }
}

fn described(field: Field, description: Option<String>) -> Field {
    match description {
        Some(description) => field.description(description),
        None => field,
    }
}

fn unit(semantic: Option<&Semantic>) -> Option<Arc<str>> {
    semantic?.unit.map(Arc::from)
}

fn first_argument() -> async_graphql::dynamic::InputValue {
    input("first", "Int", "")
}

/// The targets of a relationship. Without `first` all of them, or an error when they are too many.
fn links(twin: &TwinAt, ctx: &ResolverContext<'_>, name: &str, target: &Target) -> Answer {
    let most = ctx.data::<Arc<World>>()?.bounds.page_items_max;
    let asked = args::items(ctx, "first", 0, most)?;
    let limit = if asked == 0 { most } else { asked };
    let mut found = linked(twin, name, target, limit + 1);
    if found.len() > limit && asked == 0 {
        return Err(too_many(ctx, limit));
    }
    found.truncate(limit);
    Ok(Some(FieldValue::list(found)))
}

fn linked(twin: &TwinAt, name: &str, target: &Target, limit: usize) -> Vec<FieldValue<'static>> {
    twin.at.view(|view| {
        let edges = view.edges(twin.id, Direction::Outgoing).into_iter();
        let named = edges.filter(|edge| *edge.ends.name == *name);
        let values =
            named.filter_map(|edge| twin::value_for(&twin.at, &view, edge.ends.target, target));
        values.take(limit).collect()
    })
}
