//! Component types: the parts of a twin that have a model of their own.

use std::sync::Arc;

use async_graphql::dynamic::{Object, Type};

use super::model::ModelAt;
use super::twin::TwinAt;
use super::typed::ContentField;
use crate::dtdl;
use crate::graphql::build::{field, one};
use crate::graphql::describe;
use crate::graphql::served::Served;

/// A part of a twin.
pub struct PartAt {
    /// The twin.
    pub twin: TwinAt,
    /// The way to the part.
    pub path: Arc<str>,
}

impl PartAt {
    /// The path of a content of the part.
    pub fn path_of(&self, content: &str) -> String {
        format!("{}/{content}", self.path)
    }
}

/// The types of all served components.
pub fn types(served: &Served) -> Vec<Type> {
    let components = served.components();
    components.map(|(model, names)| component(served, model, &names.component).into()).collect()
}

fn component(served: &Served, interface: &dtdl::Interface, name: &str) -> Object {
    let own = describe::interface(interface).unwrap_or_default();
    let description = format!("A part of a twin. {own}");
    let id = interface.id.clone();
    let model = field::<PartAt, _>("model", "Model!", move |part, _| {
        ModelAt::find(&part.twin.at, &id).map_or(Ok(None), one)
    });
    let object = Object::new(name).description(description.trim_end()).field(model);
    let contents =
        interface.contents().iter().filter_map(|content| ContentField::of(served, content));
    contents.filter_map(ContentField::component_field).fold(object, Object::field)
}
