//! The reader: one document after the other into one graph.

use std::collections::HashSet;
use std::rc::Rc;

use super::super::context::{Active, enter};
use super::super::error::{ERRORS_MAX, ModelError, rule};
use super::super::graph::{Graph, Ix};
use super::super::json::Value;
use super::super::metamodel::{Class, SupplementalType};
use super::super::policy::Policy;
use super::element::Slot;

/// Reads documents into a graph, and collects what is wrong with them.
pub(crate) struct Reader<'t, 'p> {
    pub(crate) graph: Graph<'t>,
    pub(crate) errors: Vec<ModelError>,
    /// How many errors did not fit.
    pub(crate) errors_left_out: usize,
    pub(super) policy: &'p Policy,
    /// Whether the document that is being read may break the rules that old tools broke.
    pub(super) tolerant: bool,
    /// Whether the document that is being read was checked before.
    known: bool,
    /// Types that may not stand where they do; their properties are no second error.
    pub(super) refused_types: Vec<(Ix, &'static SupplementalType)>,
    /// What became of each Interface at the top of a document, until they are settled.
    readings: Vec<Reading<'t>>,
    /// The interfaces that stand at the top of documents.
    pub(super) roots: Vec<Ix>,
}

/// The reading of one Interface at the top of a document.
struct Reading<'t> {
    /// Its identifier, without a fragment.
    id: &'t str,
    /// Whether it was read to the end.
    complete: bool,
    /// Its errors.
    errors: std::ops::Range<usize>,
}

/// The reading of an Interface cannot go on; the error has been reported.
pub(super) struct Abandoned;

/// What reading a part of an element gives.
pub(super) type Part<T> = Result<T, Abandoned>;

impl<'t, 'p> Reader<'t, 'p> {
    /// A reader with an empty graph.
    pub(crate) fn new(policy: &'p Policy) -> Reader<'t, 'p> {
        Reader {
            graph: Graph::default(),
            errors: Vec::new(),
            errors_left_out: 0,
            policy,
            tolerant: false,
            known: false,
            refused_types: Vec::new(),
            readings: Vec::new(),
            roots: Vec::new(),
        }
    }

    /// Takes down an error.
    pub(crate) fn report(&mut self, error: ModelError) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(error);
        } else {
            self.errors_left_out += 1;
        }
    }

    /// Whether old faults are tolerated here: only in DTDL v2, in whose time they were made.
    pub(super) fn tolerates(&self, context: &Active<'_>) -> bool {
        self.tolerant && context.version() < 3
    }

    /// Takes down an error after which the Interface cannot be read on.
    pub(super) fn abandon<T>(&mut self, error: ModelError) -> Part<T> {
        self.report(error);
        Err(Abandoned)
    }

    /// Reads a document: an object or an array of objects, each an Interface.
    pub(crate) fn read_document(&mut self, document: Value<'t>, tolerant: bool) {
        self.tolerant = tolerant;
        if document.is_array() {
            for item in document.items() {
                self.read_document(item, tolerant);
            }
        } else {
            self.read_top(document);
        }
    }

    fn read_top(&mut self, document: Value<'t>) {
        let known = self.graph.elements.len();
        let before = self.errors.len() + self.errors_left_out;
        let first_error = self.errors.len();
        let complete = self.read_root(document).is_ok();
        let id = document.get("@id").and_then(Value::as_str);
        let id = id.and_then(|id| id.split('#').next()).unwrap_or_default();
        if !complete {
            self.graph.lost.insert(id);
        }
        if self.known {
            self.graph.known[known..].fill(true);
        }
        if !complete || self.errors.len() + self.errors_left_out > before {
            self.graph.faulty[known..].fill(true);
        }
        self.readings.push(Reading { id, complete, errors: first_error..self.errors.len() });
    }

    /// Takes back the errors of definitions of an Interface of which another definition could not
    /// be read: they may only be consequences.
    pub(crate) fn settle(&mut self) {
        let mut first_faults = HashSet::new();
        let dependent = |reading: &&Reading<'t>| {
            self.graph.lost.contains(reading.id)
                && (reading.complete || !first_faults.insert(reading.id))
        };
        let mut taken_back: Vec<_> =
            self.readings.iter().filter(dependent).map(|reading| reading.errors.clone()).collect();
        taken_back.sort_by_key(|errors| std::cmp::Reverse(errors.start));
        for errors in taken_back {
            self.errors.drain(errors);
        }
        self.readings.clear();
    }

    /// Reads a document that was fetched. One that is known already was checked before.
    pub(crate) fn read_fetched(&mut self, document: Value<'t>, policy: &'p Policy, known: bool) {
        let own = std::mem::replace(&mut self.policy, policy);
        self.known = known;
        self.read_document(document, policy.tolerate_solecisms_in_resolved);
        self.policy = own;
        self.known = false;
    }

    /// The interfaces that are not known already, in order, also those written inside others.
    pub(crate) fn own_interfaces(&self) -> Vec<Ix> {
        let interfaces = self.graph.own().filter(|(_, element)| element.class == Class::Interface);
        interfaces.map(|(ix, _)| ix).filter(|ix| !self.graph.is_known(*ix)).collect()
    }

    fn read_root(&mut self, value: Value<'t>) -> Part<()> {
        if !value.is_object() {
            return self.abandon(
                ModelError::new(rule!("notJsonObject"))
                    .at(value.place())
                    .says("The document has a value that is neither an object nor an array of objects.")
                    .mend("Write each Interface as a JSON object."),
            );
        }
        self.check_repeated_keywords(value)?;
        let context = match enter(value, None, self.policy) {
            Ok(context) => context,
            Err(error) => return self.abandon(*error),
        };
        if let Some((key, _)) = value.member("@graph") {
            return self.abandon(
                ModelError::new(rule!("topLevelGraphDisallowed"))
                    .at(key.place())
                    .says("The document has a '@graph', which DTDL does not allow.")
                    .mend("Make the document an array of the elements in it."),
            );
        }
        let Some(id) = value.get("@id") else {
            return self.abandon(
                ModelError::new(rule!("missingTopLevelId"))
                    .at(value.place())
                    .says("The Interface has no '@id'.")
                    .mend("Add an '@id', such as \"dtmi:com:example:Thermostat;1\"."),
            );
        };
        self.check_rootable(value, id, &context)?;
        if context.restricts_keywords() {
            self.check_root_keywords(value)?;
        }
        self.read_element(value, &context, &Slot::root())?;
        Ok(())
    }

    fn check_rootable(
        &mut self,
        value: Value<'t>,
        id: Value<'t>,
        context: &Rc<Active<'t>>,
    ) -> Part<()> {
        let is_interface = |text: &str| {
            let named = Class::of_type_string(text);
            matches!(named, Some((Class::Interface, version)) if version.is_none_or(|v| v == context.version()))
        };
        let types = value.get("@type");
        let rootable = types.is_some_and(|types| {
            types.as_str().is_some_and(is_interface)
                || types.items().any(|item| item.as_str().is_some_and(is_interface))
        });
        if rootable {
            return Ok(());
        }
        let named = id.as_str().unwrap_or_default();
        self.abandon(
            ModelError::new(rule!("typeNotRootable"))
                .at(value.place())
                .value(named)
                .type_name("'Interface'")
                .says(format!("The top-level element '{named}' is not an Interface."))
                .mend("Give it \"@type\": \"Interface\", or move it into the Interface that it belongs to."),
        )
    }

    fn check_root_keywords(&mut self, value: Value<'t>) -> Part<()> {
        for (key, _) in value.members() {
            let name = key.as_str().unwrap_or_default();
            if name.starts_with('@') && !matches!(name, "@id" | "@type" | "@context" | "@graph") {
                return self.abandon(
                    ModelError::new(rule!("topLevelKeywordDisallowed"))
                        .at(key.place())
                        .value(name)
                        .says(format!("The Interface has '{name}', which DTDL does not allow."))
                        .mend(format!("Remove '{name}'.")),
                );
            }
        }
        Ok(())
    }

    /// Refuses an object in which a JSON-LD keyword occurs twice.
    pub(super) fn check_repeated_keywords(&mut self, object: Value<'t>) -> Part<()> {
        let tree = object.tree();
        let (start, end) = object.span();
        for (first, again) in tree.repeated_keys() {
            let name = again.as_str().unwrap_or_default();
            let within = start <= again.span().0 && again.span().1 <= end;
            if within && name.starts_with('@') {
                return self.abandon(
                    ModelError::new(repeated_keyword(name))
                        .at(again.place())
                        .related_to(Some(first.place()))
                        .says(format!("'{name}' stands twice in one object."))
                        .mend("Remove all but one."),
                );
            }
        }
        Ok(())
    }
}

fn repeated_keyword(name: &str) -> &'static str {
    match name {
        "@id" => rule!("repeatedIdProperty"),
        "@type" => rule!("repeatedTypeProperty"),
        "@context" => rule!("repeatedContextProperty"),
        "@graph" => rule!("repeatedGraphProperty"),
        "@value" => rule!("repeatedValueProperty"),
        "@language" => rule!("repeatedLanguageProperty"),
        _ => rule!("repeatedKeywordProperty"),
    }
}
