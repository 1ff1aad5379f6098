//! The elements of models as flat records, for tools that list, compare or test them.

use std::sync::Arc;

use super::build::SchemaBuilder;
use super::catalogue::Catalogue;
use super::dtmi::Dtmi;
use super::engine::{Document, Fetched, FetchedDocument, process};
use super::error::ModelErrors;
use super::graph::{Graph, Ix, Literal};
use super::metamodel::Class;
use super::model::Schema;
use super::policy::Policy;

/// One element of a model, or a standard element that the model uses.
#[derive(Clone, Debug)]
pub struct ElementRecord {
    /// The identifier; unnamed elements have one made from their path.
    pub id: String,
    /// The class: `Property`, `Double`.
    pub class: &'static str,
    /// The DTDL version in which it is written.
    pub dtdl_version: u8,
    /// The Interface in which it is written; none for an Interface and for standard elements.
    pub defined_in: Option<String>,
    /// The properties of its class. `contents` has the inherited ones, too.
    pub properties: Vec<(String, RecordValue)>,
    /// The types of extensions, by identifier.
    pub supplemental_types: Vec<String>,
    /// The properties that those types bring, by identifier.
    pub supplemental_properties: Vec<(String, RecordValue)>,
    /// The types of unknown extensions.
    pub undefined_types: Vec<String>,
    /// The properties of unknown extensions, as JSON text.
    pub undefined_properties: Vec<(String, String)>,
    /// The schema, if the element is one.
    pub schema: Option<Arc<Schema>>,
}

/// The value of a property in a record.
#[derive(Clone, PartialEq, Debug)]
pub enum RecordValue {
    /// A string, or an identifier that need not be defined.
    Text(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Bool(bool),
    /// Strings by language.
    Languages(Vec<(String, String)>),
    /// Other elements, by identifier.
    Elements(Vec<String>),
    /// Other elements by name and identifier.
    Named(Vec<(String, String)>),
}

impl Catalogue {
    /// Reads and checks documents as [`Catalogue::plan_resolved`] does, and lists all their
    /// elements, with the elements of other models and of DTDL that they use.
    pub fn inspect(
        &self,
        docs: &[Document<'_>],
        policy: &Policy,
        resolve: &mut dyn FnMut(&[Dtmi]) -> Vec<FetchedDocument>,
    ) -> Result<Vec<ElementRecord>, ModelErrors> {
        let mut fetch = |missing: &[Dtmi]| {
            let known = self.closure_of(missing).into_iter().map(Fetched::Known);
            let unknown: Vec<_> =
                missing.iter().filter(|id| self.get(id).is_none()).cloned().collect();
            let new = if unknown.is_empty() { Vec::new() } else { resolve(&unknown) };
            known.chain(new.into_iter().map(Fetched::New)).collect()
        };
        process(docs, policy, &mut fetch, |outcome| records(outcome.graph))
    }
}

fn records(graph: &Graph<'_>) -> Vec<ElementRecord> {
    let mut schemas = SchemaBuilder::new(graph);
    (0..graph.elements.len() as Ix).map(|ix| record(graph, ix, &mut schemas)).collect()
}

fn record(graph: &Graph<'_>, ix: Ix, schemas: &mut SchemaBuilder<'_, '_>) -> ElementRecord {
    let element = graph.get(ix);
    let mut found = ElementRecord {
        id: graph.id_of(ix),
        class: element.class.name(),
        dtdl_version: element.version,
        defined_in: (element.root != ix).then(|| graph.id_of(element.root)),
        properties: Vec::new(),
        supplemental_types: element.types.iter().map(|found| found.id.clone()).collect(),
        supplemental_properties: Vec::new(),
        undefined_types: element.unknown_types.iter().map(|name| (*name).to_owned()).collect(),
        undefined_properties: element
            .unknown_properties
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.raw().to_owned()))
            .collect(),
        schema: element.class.is_a(Class::Schema).then(|| schemas.build(ix)),
    };
    let literals = element.literals.iter().map(|(name, value)| (*name, literal(value)));
    let objects =
        element.objects.iter().map(|(name, targets)| (*name, elements(graph, ix, name, targets)));
    let inherited = (element.class == Class::Interface && element.children("contents").is_empty())
        .then(|| ("contents", elements(graph, ix, "contents", &[])));
    for (name, value) in literals.chain(objects).chain(inherited) {
        let of_class = element.class.property(name, element.version).is_some();
        let list =
            if of_class { &mut found.properties } else { &mut found.supplemental_properties };
        list.push((name.to_owned(), value));
    }
    found
}

fn literal(value: &Literal<'_>) -> RecordValue {
    match value {
        Literal::Bool(value) => RecordValue::Bool(*value),
        Literal::Integer(value) => RecordValue::Number(*value as f64),
        Literal::Number(value) => RecordValue::Number(*value),
        Literal::Text(_) | Literal::Identifier(_) => RecordValue::Text(value.spelt()),
        Literal::Languages(texts) => {
            let owned = texts.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned()));
            RecordValue::Languages(owned.collect())
        }
    }
}

fn elements(graph: &Graph<'_>, ix: Ix, name: &str, targets: &[Ix]) -> RecordValue {
    if name != "contents" {
        return RecordValue::Elements(targets.iter().map(|target| graph.id_of(*target)).collect());
    }
    let named = graph.all_contents(ix).into_iter().map(|content| {
        let name = graph.get(content).text("name").unwrap_or_default();
        (name.to_owned(), graph.id_of(content))
    });
    RecordValue::Named(named.collect())
}
