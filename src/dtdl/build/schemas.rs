//! Building schemas.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock, Weak};

use super::super::dtmi::Dtmi;
use super::super::graph::{Element, Graph, Ix, Literal};
use super::super::metamodel::{Class, ExtensionKind, registry};
use super::super::model::{
    EnumSchema, EnumValue, EnumValueKind, Field, Geospatial, RecursiveSchema, Schema, Semantic,
};
use super::contents::{cotypes_of, languages_of, name_of};

/// The primitive schemas, one for all models.
static PRIMITIVES: LazyLock<HashMap<Class, Arc<Schema>>> = LazyLock::new(|| {
    let all = [
        (Class::Boolean, Schema::Boolean),
        (Class::Byte, Schema::Byte),
        (Class::Bytes, Schema::Bytes),
        (Class::Date, Schema::Date),
        (Class::DateTime, Schema::DateTime),
        (Class::Decimal, Schema::Decimal),
        (Class::Double, Schema::Double),
        (Class::Duration, Schema::Duration),
        (Class::Float, Schema::Float),
        (Class::Integer, Schema::Integer),
        (Class::Long, Schema::Long),
        (Class::Short, Schema::Short),
        (Class::String, Schema::String),
        (Class::Time, Schema::Time),
        (Class::UnsignedByte, Schema::UnsignedByte),
        (Class::UnsignedInteger, Schema::UnsignedInteger),
        (Class::UnsignedLong, Schema::UnsignedLong),
        (Class::UnsignedShort, Schema::UnsignedShort),
        (Class::Uuid, Schema::Uuid),
    ];
    all.into_iter().map(|(class, schema)| (class, Arc::new(schema))).collect()
});

/// A link back to a schema that is being built.
type Knot = Arc<OnceLock<Weak<Schema>>>;

/// Builds the schemas of a graph, each once.
pub(crate) struct SchemaBuilder<'g, 't> {
    graph: &'g Graph<'t>,
    built: HashMap<Ix, Arc<Schema>>,
    /// The schemas that are being built, with links back to them where they contain themselves.
    open: Vec<(Ix, Option<Knot>)>,
}

impl<'g, 't> SchemaBuilder<'g, 't> {
    pub(crate) fn new(graph: &'g Graph<'t>) -> Self {
        SchemaBuilder { graph, built: HashMap::new(), open: Vec::new() }
    }

    /// The schema of an element, in a property such as `schema` or `elementSchema`.
    pub(super) fn of(&mut self, element: &Element<'t>, property: &str) -> Arc<Schema> {
        match element.child(property) {
            Some(ix) => self.build(ix),
            None => Arc::new(Schema::String),
        }
    }

    /// The schema that an element is.
    pub(crate) fn build(&mut self, ix: Ix) -> Arc<Schema> {
        let element = self.graph.get(ix);
        if let Some(primitive) = PRIMITIVES.get(&element.class) {
            return primitive.clone();
        }
        if let Some(known) = self.built.get(&ix) {
            return known.clone();
        }
        if let Some(position) = self.open.iter().position(|(open, _)| *open == ix) {
            let knot = self.open[position].1.get_or_insert_default().clone();
            let id = Dtmi::trusted(&self.graph.id_of(ix));
            return Arc::new(Schema::Recursive(RecursiveSchema { id, target: knot }));
        }
        self.open.push((ix, None));
        let schema = Arc::new(self.build_new(ix));
        if let Some((_, Some(knot))) = self.open.pop() {
            // Set once only: the knot was made for this schema and no other.
            let _ = knot.set(Arc::downgrade(&schema));
        }
        if self.open.is_empty() || !contains_open(&schema, &self.open, self.graph) {
            self.built.insert(ix, schema.clone());
        }
        schema
    }

    fn build_new(&mut self, ix: Ix) -> Schema {
        let graph = self.graph;
        let element = graph.get(ix);
        let id = element.id.as_deref().map(Dtmi::trusted);
        match element.class {
            Class::Enum => Schema::Enum(self.build_enum(element, id)),
            Class::Array => Schema::Array { id, element: self.of(element, "elementSchema") },
            Class::Map => {
                let named = |property| element.child(property).map(|ix| name_of(graph.get(ix)));
                let value = element.child("mapValue").map(|ix| graph.get(ix));
                Schema::Map {
                    id,
                    key_name: named("mapKey").unwrap_or_default(),
                    value_name: named("mapValue").unwrap_or_default(),
                    value: value
                        .map_or_else(|| Arc::new(Schema::String), |value| self.of(value, "schema")),
                }
            }
            _ => match geospatial(element) {
                Some(kind) => Schema::Geospatial(kind),
                None => {
                    let fields =
                        element.children("fields").iter().map(|ix| self.build_field(*ix)).collect();
                    Schema::Object { id, fields }
                }
            },
        }
    }

    fn build_field(&mut self, ix: Ix) -> Field {
        let element = self.graph.get(ix);
        let cotypes = cotypes_of(element);
        Field {
            name: name_of(element),
            schema: self.of(element, "schema"),
            required: cotypes.iter().any(|cotype| &*cotype.term == "Required"),
            semantic: semantic_of(self.graph, element),
            display_name: languages_of(element, "displayName"),
            description: languages_of(element, "description"),
            cotypes,
        }
    }

    fn build_enum(&self, element: &Element<'t>, id: Option<Dtmi>) -> EnumSchema {
        let of_integers = element
            .child("valueSchema")
            .is_some_and(|ix| self.graph.get(ix).class == Class::Integer);
        let values =
            element.children("enumValues").iter().map(|ix| enum_value(self.graph.get(*ix)));
        EnumSchema { id, of_integers, values: values.collect() }
    }
}

fn enum_value(element: &Element<'_>) -> EnumValue {
    let value = match element.literal("enumValue") {
        Some(Literal::Integer(number)) => {
            EnumValueKind::Integer(i32::try_from(*number).unwrap_or_default())
        }
        Some(other) => EnumValueKind::String(other.spelt().into()),
        None => EnumValueKind::Integer(0),
    };
    EnumValue {
        name: name_of(element),
        value,
        display_name: languages_of(element, "displayName"),
        description: languages_of(element, "description"),
    }
}

/// Whether a schema that was just built has a link back to one that is still being built: then
/// it must not be shared with other places, where that link would lead elsewhere.
fn contains_open(schema: &Schema, open: &[(Ix, Option<Knot>)], graph: &Graph<'_>) -> bool {
    let within = |schema: &Schema| contains_open(schema, open, graph);
    match schema {
        Schema::Recursive(found) => {
            open.iter().any(|(ix, _)| graph.id_of(*ix) == found.id.as_str())
        }
        Schema::Array { element, .. } => within(element),
        Schema::Map { value, .. } => within(value),
        Schema::Object { fields, .. } => fields.iter().any(|field| within(&field.schema)),
        _ => false,
    }
}

/// The geometry that a standard schema is.
fn geospatial(element: &Element<'_>) -> Option<Geospatial> {
    if !element.is_standard() {
        return None;
    }
    let rest = element.id.as_deref()?.strip_prefix("dtmi:standard:schema:geospatial:")?;
    Geospatial::of_term(rest.split(';').next()?)
}

/// What a value measures, by the semantic type and unit of an element.
pub(super) fn semantic_of(graph: &Graph<'_>, element: &Element<'_>) -> Option<Semantic> {
    let found = element.types.iter().find(|found| found.kind == ExtensionKind::Semantic)?;
    let parent = found.parent.as_deref().and_then(|id| registry().supplemental(id));
    let mut properties =
        found.properties.iter().chain(parent.into_iter().flat_map(|parent| &parent.properties));
    let unit = properties
        .find(|property| property.term == "unit")
        .and_then(|property| element.child(&property.id));
    let term =
        unit.and_then(|ix| graph.get(ix).id.as_deref()).and_then(|id| registry().known_term(id));
    Some(Semantic { type_name: found.term, unit: term })
}
