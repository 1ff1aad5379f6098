//! Building the contents of interfaces.

use std::sync::Arc;

use super::super::dtmi::Dtmi;
use super::super::graph::{Element, Graph, Ix, Literal};
use super::super::metamodel::Class;
use super::super::model::{CommandPayload, Content, ContentKind, Cotype, CotypeValue, LanguageMap};
use super::schemas::{SchemaBuilder, semantic_of};

/// The name of an element.
pub(super) fn name_of(element: &Element<'_>) -> Arc<str> {
    element.text("name").or(element.segment.as_deref()).unwrap_or_default().into()
}

/// The texts of a property, by language.
pub(super) fn languages_of(element: &Element<'_>, property: &str) -> LanguageMap {
    match element.literal(property) {
        Some(Literal::Languages(texts)) => texts.iter().copied().collect(),
        _ => LanguageMap::default(),
    }
}

/// The comment of an element.
pub(super) fn comment_of(element: &Element<'_>) -> Option<Box<str>> {
    element.text("comment").map(Box::from)
}

/// The types of extensions on an element, with their properties.
pub(super) fn cotypes_of(element: &Element<'_>) -> Box<[Cotype]> {
    let known = element.types.iter().map(|found| {
        let properties = found.properties.iter().filter_map(|property| {
            let value = element.literal(&property.id)?;
            Some((Arc::from(property.term), cotype_value(value)))
        });
        Cotype {
            id: found.id.as_str().into(),
            term: found.term.into(),
            properties: properties.collect(),
        }
    });
    let unknown = element.unknown_types.iter().enumerate().map(|(position, written)| {
        // Nothing tells which unknown type brings which unknown property.
        let properties = element.unknown_properties.iter().filter(|_| position == 0);
        let properties = properties
            .map(|(name, value)| (Arc::from(*name), CotypeValue::Json(value.raw().into())));
        Cotype { id: (*written).into(), term: (*written).into(), properties: properties.collect() }
    });
    known.chain(unknown).collect()
}

fn cotype_value(value: &Literal<'_>) -> CotypeValue {
    match value {
        Literal::Bool(value) => CotypeValue::Bool(*value),
        Literal::Integer(value) => CotypeValue::Number(*value as f64),
        Literal::Number(value) => CotypeValue::Number(*value),
        Literal::Text(_) | Literal::Identifier(_) | Literal::Languages(_) => {
            CotypeValue::Text(value.spelt().into())
        }
    }
}

/// Builds one content.
pub(super) fn build_content<'t>(
    graph: &Graph<'t>,
    schemas: &mut SchemaBuilder<'_, 't>,
    ix: Ix,
    declared_in: &Dtmi,
) -> Arc<Content> {
    let element = graph.get(ix);
    Arc::new(Content {
        name: name_of(element),
        id: element.id.as_deref().map(Dtmi::trusted),
        declared_in: declared_in.clone(),
        display_name: languages_of(element, "displayName"),
        description: languages_of(element, "description"),
        comment: comment_of(element),
        kind: kind_of(graph, schemas, element, declared_in),
        cotypes: cotypes_of(element),
    })
}

fn kind_of<'t>(
    graph: &Graph<'t>,
    schemas: &mut SchemaBuilder<'_, 't>,
    element: &Element<'t>,
    declared_in: &Dtmi,
) -> ContentKind {
    let writable = matches!(element.literal("writable"), Some(Literal::Bool(true)));
    let number = |property| match element.literal(property) {
        Some(Literal::Integer(number)) => u32::try_from(*number).ok(),
        _ => None,
    };
    match element.class {
        Class::Property => {
            let semantic = semantic_of(graph, element);
            ContentKind::Property { schema: schemas.of(element, "schema"), writable, semantic }
        }
        Class::Relationship => ContentKind::Relationship {
            target: match element.literal("target") {
                Some(Literal::Identifier(id)) => Some(Dtmi::trusted(id)),
                _ => None,
            },
            min_multiplicity: number("minMultiplicity"),
            max_multiplicity: number("maxMultiplicity"),
            properties: element
                .children("properties")
                .iter()
                .map(|ix| build_content(graph, schemas, *ix, declared_in))
                .collect(),
            writable,
        },
        Class::Component => {
            let schema = element.child("schema").map(|ix| graph.id_of(ix)).unwrap_or_default();
            ContentKind::Component { schema: Dtmi::trusted(&schema) }
        }
        Class::Command => ContentKind::Command {
            request: element.child("request").map(|ix| Box::new(payload(graph, schemas, ix))),
            response: element.child("response").map(|ix| Box::new(payload(graph, schemas, ix))),
        },
        _ => {
            let semantic = semantic_of(graph, element);
            ContentKind::Telemetry { schema: schemas.of(element, "schema"), semantic }
        }
    }
}

fn payload<'t>(graph: &Graph<'t>, schemas: &mut SchemaBuilder<'_, 't>, ix: Ix) -> CommandPayload {
    let element = graph.get(ix);
    CommandPayload {
        name: name_of(element),
        schema: schemas.of(element, "schema"),
        nullable: matches!(element.literal("nullable"), Some(Literal::Bool(true))),
        semantic: semantic_of(graph, element),
        display_name: languages_of(element, "displayName"),
        description: languages_of(element, "description"),
    }
}
