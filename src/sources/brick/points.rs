//! Where the readings of a point belong.

use crate::dtdl::{Catalogue, ContentKind, Dtmi, Interface};

/// The component of a point that holds its latest value, and the content in it that is the value.
pub const VALUE: (&str, &str) = ("lastKnownValue", "value");

/// Whether things of a model have a numeric latest value.
pub fn is_measured(catalogue: &Catalogue, model: &Dtmi) -> bool {
    let content = |interface: &Interface, name: &str| interface.content(name).cloned();
    let component = catalogue.get(model).and_then(|interface| content(interface, VALUE.0));
    let Some(ContentKind::Component { schema }) = component.as_ref().map(|c| &c.kind) else {
        return false;
    };
    let value = catalogue.get(schema).and_then(|interface| content(interface, VALUE.1));
    match value.as_ref().map(|c| &c.kind) {
        Some(ContentKind::Property { schema, .. } | ContentKind::Telemetry { schema, .. }) => {
            schema.is_numeric()
        }
        _ => false,
    }
}
