//! Values that other values of the model govern.

use super::super::build::SchemaBuilder;
use super::super::error::{ModelError, rule};
use super::super::graph::{Element, Graph, Ix, Link, Literal};
use super::super::metamodel::{Class, INTERFACE_BYTES_MAX, registry};
use super::{Found, at_element, at_property};

/// Checks all such values.
pub(super) fn check(graph: &Graph<'_>) -> Found {
    let mut found = Found::new();
    for link in &graph.links {
        if !link.wants.values.is_empty()
            && !graph.is_known(link.from)
            && !graph.is_faulty(link.from)
        {
            found.extend(wrong_standard_value(graph, link).map(|error| (link.from, error)));
        }
    }
    let mut schemas = SchemaBuilder::new(graph);
    for (ix, element) in graph.unchecked() {
        match element.class {
            Class::Enum => found.extend(wrong_datatypes(graph, ix, element)),
            Class::Interface => found.extend(too_large(graph, ix).map(|error| (ix, error))),
            _ => {}
        }
        if !element.types.is_empty() {
            found.extend(
                wrong_instances(graph, ix, element, &mut schemas)
                    .into_iter()
                    .map(|error| (ix, error)),
            );
        }
    }
    found
}

/// A property that takes a few standard elements only refers to another.
fn wrong_standard_value(graph: &Graph<'_>, link: &Link<'_>) -> Option<ModelError> {
    let target = graph.get(link.target?);
    let id = target.id.as_deref().unwrap_or_default();
    let name = id.rsplit(':').next().and_then(|rest| rest.split(';').next()).unwrap_or_default();
    if target.is_standard() && link.wants.values.contains(&name) {
        return None;
    }
    let allowed = link.wants.values.join(" or ");
    let value = link.written.unwrap_or(name);
    Some(
        at_property(graph, rule!("incorrectPropertyValue"), link.from, link.property)
            .value(value)
            .restriction(allowed.clone())
            .says(format!("'{}' is '{value}'; it must be {allowed}.", link.property))
            .mend(format!("Use {allowed}.")),
    )
}

/// Values of an enumeration that are not of its `valueSchema`.
fn wrong_datatypes(graph: &Graph<'_>, ix: Ix, element: &Element<'_>) -> Found {
    let mut found = Found::new();
    let Some(schema) = element.child("valueSchema").map(|schema| graph.get(schema).class) else {
        return found;
    };
    for &value in element.children("enumValues") {
        let Some(literal) = graph.get(value).literal("enumValue") else {
            continue;
        };
        let fits = match (schema, literal) {
            (Class::Integer, Literal::Integer(_)) | (Class::String, Literal::Text(_)) => true,
            (Class::Integer | Class::String, _) => false,
            _ => true,
        };
        if !fits {
            let (spelt, term) =
                (literal.spelt(), if schema == Class::Integer { "integer" } else { "string" });
            let governing = at_property(graph, "", ix, "valueSchema").place;
            let error = at_property(graph, rule!("nonConformantDatatype"), value, "enumValue")
                .related_to(Some(governing))
                .other_element(graph.id_of(ix))
                .value(spelt.clone())
                .type_name(term)
                .restriction("valueSchema")
                .says(format!("'{spelt}' is not of the 'valueSchema' of the enumeration, {term}."))
                .mend(
                    format!("Write an {term}, or change the 'valueSchema'.")
                        .replace("an string", "a string"),
                );
            found.push((ix, error));
        }
    }
    found
}

/// Values of extensions that must conform to the schema of the element.
fn wrong_instances<'g>(
    graph: &'g Graph<'_>,
    ix: Ix,
    element: &Element<'_>,
    schemas: &mut SchemaBuilder<'g, '_>,
) -> Vec<ModelError> {
    let mut errors = Vec::new();
    let brought = element.types.iter().flat_map(|found| &found.properties);
    for property in brought {
        let Some((governing, literal)) = property.instance_of.zip(element.literal(&property.id))
        else {
            continue;
        };
        let Some(schema) = element.child(governing).map(|schema| schemas.build(schema)) else {
            continue;
        };
        if let Err(error) = schema.validate_text(&literal.spelt()) {
            let term = registry().term_of(&property.id);
            errors.push(
                at_property(graph, rule!("nonConformantPropertyValue"), ix, &property.id)
                    .property(term)
                    .restriction(governing)
                    .says(format!("'{term}' does not conform to the '{governing}': {error}"))
                    .mend(format!("Choose a value of the '{governing}'.")),
            );
        }
    }
    errors
}

/// The text of an interface, without interfaces written inside it, is too long.
fn too_large(graph: &Graph<'_>, ix: Ix) -> Option<ModelError> {
    let element = graph.get(ix);
    let max = INTERFACE_BYTES_MAX.under(element.limits)? as usize;
    let written = element.node?.raw().len();
    if written <= max {
        return None;
    }
    let nested = graph.own().filter(|(inner, other)| {
        *inner != ix
            && other.class == Class::Interface
            && other.parent.is_some_and(|(parent, _)| graph.root_of(parent) == ix)
    });
    let elsewhere: usize =
        nested.filter_map(|(_, other)| other.node).map(|node| node.raw().len()).sum();
    let bytes = written - elsewhere.min(written);
    (bytes > max).then(|| {
        let id = graph.id_of(ix);
        at_element(graph, rule!("partitionTooLarge"), ix)
            .restriction(max.to_string())
            .says(format!("The text of {id} is {bytes} bytes long; {max} are allowed."))
            .mend("Divide the interface, and join the parts by 'extends' or components.")
    })
}
