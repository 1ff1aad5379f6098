//! `Twin`: what every twin has, whatever its model. The fields are a table in `twin_fields`.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{FieldValue, Interface, InterfaceField, Object, Type};

use super::twin_fields::{FIELDS, TwinField};
use crate::domain::id::TwinId;
use crate::domain::view::View;
use crate::graphql::build::{Answer, interface_field};
use crate::graphql::scope::Reader;
use crate::graphql::served::Target;

/// The object type of a twin whose model has none in this schema.
pub const OTHER: &str = "OtherTwin";

/// Properties that hold what people call a thing, best first.
const NAME_PATHS: [&str; 4] = ["displayName", "name", "label", "title"];

/// A twin, seen through a reader: the value of every type that implements `Twin`.
#[derive(Clone)]
pub struct TwinAt {
    /// The twin.
    pub id: TwinId,
    /// Moment, position, and what was read already.
    pub at: Arc<Reader>,
}

/// The interfaces `Node` and `Twin`, and the type of twins whose model is not served.
pub fn types() -> Vec<Type> {
    let node = Interface::new("Node")
        .description("Anything with an id, as Relay wants it.")
        .field(interface_field("id", "ID!", "Its id."));
    let twin = Interface::new("Twin")
        .description(
            "A node of the graph: an asset, a location or a device, as its model types it.",
        )
        .implement("Node");
    let twin = interface_fields().fold(twin, Interface::field);
    let other = Object::new(OTHER)
        .description(
            "A twin whose model came while the request ran; ask again to see its own type.",
        )
        .implement("Node")
        .implement("Twin");
    let other = FIELDS.iter().map(TwinField::object_field).fold(other, Object::field);
    vec![node.into(), twin.into(), other.into()]
}

/// The fields of every twin, for interfaces.
pub fn interface_fields() -> impl Iterator<Item = InterfaceField> {
    FIELDS.iter().map(TwinField::interface_field)
}

/// A twin that exists, as a value of an interface type.
pub fn value(at: &Arc<Reader>, view: &View<'_>, id: TwinId) -> Option<FieldValue<'static>> {
    value_for(at, view, id, &Target::Twin)
}

/// A twin that exists, as a value for a field of this type; `None` when it does not fit.
pub fn value_for(
    at: &Arc<Reader>,
    view: &View<'_>,
    id: TwinId,
    target: &Target,
) -> Option<FieldValue<'static>> {
    let (_, existence) = view.twin(id)?;
    let model = &existence.value.model;
    if !target.admits(&at.types.catalogue, model) {
        return None;
    }
    let twin = FieldValue::owned_any(TwinAt { id, at: at.clone() });
    match (at.types.object(model), target) {
        (_, Target::Exactly(..)) => Some(twin),
        (Some(name), _) => Some(twin.with_type(name.to_string())),
        (None, Target::Twin) => Some(twin.with_type(OTHER)),
        (None, Target::Any(..)) => None,
    }
}

/// The twins of these that exist, in order.
pub fn list(at: &Arc<Reader>, ids: impl IntoIterator<Item = TwinId>) -> Answer {
    let found: Vec<_> =
        at.view(|view| ids.into_iter().filter_map(|id| value(at, &view, id)).collect());
    Ok(Some(FieldValue::list(found)))
}

/// The twin, if there is one and it exists.
pub fn optional(at: &Arc<Reader>, id: Option<TwinId>) -> Result<Option<FieldValue<'static>>> {
    Ok(id.and_then(|id| at.view(|view| value(at, &view, id))))
}

/// What people call the twin: its name, else an id of it, else its model.
pub fn display_name(view: &View<'_>, id: TwinId) -> String {
    let named = NAME_PATHS.iter().filter_map(|path| view.property(id, path)?.value.as_str());
    if let Some(name) = named.into_iter().find(|name| !name.trim().is_empty()) {
        return name.to_owned();
    }
    if let Some((external, _)) = view.external_ids(id).first() {
        return external.id.to_string();
    }
    match view.twin(id) {
        Some((_, existence)) => format!("{} {id}", existence.value.model.last_segment()),
        None => id.to_string(),
    }
}
