//! Whether a claimed value fits the twin's model, as cheaply as each read asks it.

use serde_json::Value;

use crate::dtdl::{Catalogue, ContentKind, Dtmi, Schema};

/// Whether a twin of `model` may have this value.
pub fn fits(catalogue: &Catalogue, model: &Dtmi, path: &str, value: &Value) -> bool {
    schema_of(catalogue, model, path).is_some_and(|schema| schema.validate(value).is_ok())
}

/// The schema of a property, through components.
fn schema_of<'a>(catalogue: &'a Catalogue, model: &Dtmi, path: &str) -> Option<&'a Schema> {
    let mut interface = catalogue.get(model)?;
    let mut steps = path.split('/').peekable();
    while let Some(step) = steps.next() {
        match &interface.content(step)?.kind {
            ContentKind::Component { schema, .. } if steps.peek().is_some() => {
                interface = catalogue.get(schema)?;
            }
            ContentKind::Property { schema, .. } if steps.peek().is_none() => return Some(schema),
            _ => return None,
        }
    }
    None
}
