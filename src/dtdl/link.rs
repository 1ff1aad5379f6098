//! Linking: finding the element that each reference means, fetching what is missing, and
//! checking that it is one that the property takes.

use std::borrow::Cow;
use std::collections::HashSet;

use indexmap::IndexMap;
use smallvec::SmallVec;

use super::dtmi::Dtmi;
use super::error::{ModelError, rule};
use super::graph::{Element, Graph, Ix, Link, Literal};
use super::metamodel::{Class, Limits, StandardElement, TypeTest, registry, standard_element};
use super::read::Reader;

/// References to identifiers that are not defined, by identifier: the links that refer to each.
pub(crate) type Unresolved = IndexMap<Dtmi, Vec<usize>>;

impl<'t> Reader<'t, '_> {
    /// Finds the targets of all references that have none yet, and returns those that are
    /// nowhere defined.
    pub(crate) fn link(&mut self) -> Unresolved {
        let mut unresolved = Unresolved::new();
        for at in 0..self.graph.links.len() {
            let link = &self.graph.links[at];
            if link.target.is_some() {
                continue;
            }
            let Some(id) = link.target_id.clone() else {
                continue;
            };
            let found = self.graph.find(&id).or_else(|| self.graph.add_standard(id.clone()));
            if found.is_some() {
                self.graph.links[at].target = found;
            } else if !self.graph.lost.contains(&*id) && !self.refuse(at, &id) {
                unresolved.entry(Dtmi::trusted(&id)).or_default().push(at);
            }
        }
        unresolved
    }

    /// Reports a reference that no definition can mend. False if one could.
    fn refuse(&mut self, at: usize, id: &str) -> bool {
        let link = &self.graph.links[at];
        let is_term = link.written.is_some_and(|text| !text.starts_with("dtmi:"));
        if !is_term && !registry().is_reserved(id) {
            return false;
        }
        let from = link.from;
        let error = if is_term {
            self.graph.bad_type(link, None)
        } else {
            ModelError::new(rule!("undefinedReservedId"))
                .at(link.key.place())
                .related_to(Some(link.at.place()))
                .element(self.graph.id_of(from))
                .property(link.property)
                .other_element(id)
                .says(format!(
                    "'{id}' has a prefix that is reserved for DTDL, but DTDL does not define it."
                ))
                .mend("Refer to an element that exists.")
        };
        self.report(error);
        self.graph.mark_faulty(from);
        // A target that can never be found must not be looked for again.
        self.graph.links[at].target_id = None;
        true
    }

    /// Reports the references that stay unresolved.
    pub(crate) fn report_unresolved(&mut self, unresolved: &Unresolved) {
        for (id, links) in unresolved {
            for &at in links {
                let link = &self.graph.links[at];
                let from = link.from;
                let error = ModelError::new(UNRESOLVED)
                    .at(link.at.place())
                    .element(self.graph.id_of(from))
                    .property(link.property)
                    .other_element(id.as_str())
                    .value(id.as_str())
                    .says(format!("'{id}' is not defined in the upload or the catalogue."))
                    .mend("Add the document that defines it, or correct the identifier.");
                self.report(error);
                self.graph.links[at].target_id = None;
                self.graph.mark_faulty(from);
            }
        }
    }

    /// Checks the target of every reference, and joins the elements.
    pub(crate) fn join(&mut self) {
        for at in 0..self.graph.links.len() {
            let link = &self.graph.links[at];
            let Some(target) = link.target else { continue };
            let (from, property) = (link.from, link.property);
            let checked = link.written.is_some() && !self.graph.is_faulty(from);
            if checked {
                let errors = self.graph.target_errors(link, target);
                if !errors.is_empty() {
                    self.graph.mark_faulty(from);
                    errors.into_iter().for_each(|error| self.report(error));
                    continue;
                }
            }
            self.graph.get_mut(from).add_object(property, target);
            let referred = self.graph.get_mut(target);
            if !referred.is_standard() {
                referred.referrers.push((from, property));
            }
        }
    }
}

/// The id of references that are not resolved; the reference parser has no validation id for
/// them, but an exception of its own.
pub(crate) const UNRESOLVED: &str = "dtmi:dtdl:resolutionError:undefinedIdentifier";

impl<'t> Graph<'t> {
    /// Adds a standard element, and all that it refers to.
    pub(crate) fn add_standard(&mut self, id: Cow<'t, str>) -> Option<Ix> {
        let first = standard_element(&id)?;
        let ix = self.add_defined(first);
        self.add_alias(id, ix);
        Some(ix)
    }

    fn add_defined(&mut self, defined: StandardElement) -> Ix {
        if let Some(known) = self.find(&defined.id) {
            return known;
        }
        let next = self.elements.len() as Ix;
        let of_types = defined.of_types.iter().filter_map(|id| registry().supplemental(id));
        let types = of_types.collect();
        let mut literals = SmallVec::new();
        if let Some(value) = defined.value {
            literals.push(("enumValue", Literal::Text(value)));
        }
        if let Some(text) = defined.description {
            let texts = |code, text| Literal::Languages(SmallVec::from_slice(&[(code, text)]));
            literals.push(("description", texts("en-US", text)));
            literals.extend(defined.term.map(|term| ("displayName", texts("en", term))));
        }
        let ix = self.add(Element {
            id: Some(Cow::Owned(defined.id)),
            class: defined.class,
            version: defined.dtdl_version,
            limits: Limits::of_version(defined.dtdl_version),
            context: None,
            node: None,
            parent: None,
            segment: defined.name.map(Cow::Owned),
            root: next,
            child_of: defined.child_of,
            types,
            unknown_types: SmallVec::new(),
            unknown_properties: Vec::new(),
            literals,
            objects: SmallVec::new(),
            referrers: SmallVec::new(),
        });
        for (property, target) in defined.refers_to {
            if let Some(next) = standard_element(&target) {
                // The tables refer in a few steps only, and never in circles but to themselves.
                let target = self.add_defined(next);
                self.get_mut(ix).add_object(property, target);
            }
        }
        ix
    }

    /// The error of a reference to an element of the wrong class.
    fn bad_type(&self, link: &Link<'t>, found: Option<Ix>) -> ModelError {
        let version = self.get(link.from).version;
        let wanted = link.wants.class.concrete_names(version);
        let target = link.target_id.as_deref().unwrap_or_default();
        let mut error = ModelError::new(rule!("badType"))
            .at(link.key.place())
            .related_to(Some(link.at.place()))
            .element(self.id_of(link.from))
            .property(link.property)
            .other_element(target)
            .restriction(wanted.clone())
            .says(match found {
                Some(found) => {
                    format!(
                        "'{}' refers to {target}, a {}, not to {wanted}.",
                        registry().term_of(link.property),
                        self.get(found).class.name()
                    )
                }
                None => format!(
                    "'{}' refers to '{target}', which is not {wanted}.",
                    registry().term_of(link.property)
                ),
            })
            .mend(format!("Refer to {wanted}."));
        error.value = found.map(|found| self.get(found).class.name().to_owned());
        error
    }

    /// What is wrong with the target of a reference.
    fn target_errors(&self, link: &Link<'t>, target: Ix) -> SmallVec<[ModelError; 1]> {
        let mut errors = SmallVec::new();
        errors.extend(self.cross_partition(link, target));
        let (wants, found) = (&link.wants, self.get(target));
        // What a property of an extension refers to is tested with the extension's own rules.
        let of_class = !link.property.starts_with("dtmi:");
        if of_class && !found.class.is_a(wants.class) {
            errors.push(self.bad_type(link, Some(target)));
            return errors;
        }
        let error = |rule| {
            ModelError::new(rule)
                .at(link.key.place())
                .related_to(found.node.map(|node| node.place()))
                .element(self.id_of(link.from))
                .property(link.property)
                .other_element(link.target_id.as_deref().unwrap_or_default())
        };
        let from_version = self.get(link.from).version;
        let allowed = match wants.older_versions {
            None => true,
            Some(older) => {
                found.version == from_version
                    || ((older || found.is_standard()) && found.version < from_version)
            }
        };
        if !allowed {
            errors.push(
                error(rule!("disallowedVersionReference"))
                    .value(found.version.to_string())
                    .says(format!(
                        "'{}' refers to an element of DTDL v{}, from one of v{from_version}.",
                        registry().term_of(link.property),
                        found.version
                    ))
                    .mend(format!("Refer to an element written in DTDL v{from_version} or older.")),
            );
        }
        if let Some(wanted) =
            wants.child_of.filter(|wanted| found.child_of.as_deref() != Some(*wanted))
        {
            let term = registry().term_of(wanted);
            let is = found
                .child_of
                .as_deref()
                .map_or("top-level element".to_owned(), |is| format!("child of {is}"));
            errors.push(
                error(rule!("wrongParent"))
                    .value(is)
                    .restriction(wanted)
                    .says(format!(
                        "'{}' refers to a value that is not one of {term}.",
                        registry().term_of(link.property)
                    ))
                    .mend(format!("Use one of the values of {term}.")),
            );
        }
        errors
    }

    /// Only whole Interfaces may be referred to from other Interfaces.
    fn cross_partition(&self, link: &Link<'t>, target: Ix) -> Option<ModelError> {
        let found = self.get(target);
        let (here, there) = (self.root_of(link.from), self.root_of(target));
        if found.class == Class::Interface || found.is_standard() || here == there {
            return None;
        }
        let (id, owner) = (self.id_of(target), self.id_of(there));
        Some(
            ModelError::new(rule!("crossPartitionReference"))
                .at(link.key.place())
                .related_to(found.node.map(|node| node.place()))
                .element(self.id_of(link.from))
                .property(link.property)
                .other_element(id.clone())
                .value(owner.clone())
                .restriction(self.id_of(here))
                .says(format!(
                    "'{}' refers to {id}, which is part of another Interface, {owner}.",
                    registry().term_of(link.property)
                ))
                .mend("Define a copy of it in this Interface, under an identifier of its own."),
        )
    }

    /// Whether an element passes a test for a type.
    pub(crate) fn passes(&self, ix: Ix, test: &TypeTest) -> bool {
        match test {
            TypeTest::Class(class) => self.get(ix).class.is_a(*class),
            TypeTest::Supplemental(id) => self.get(ix).has_type(id),
        }
    }

    /// The identifiers of the interfaces in the graph, for the catalogue.
    pub(crate) fn interface_ids(&self) -> HashSet<&str> {
        let interfaces = self.elements.iter().filter(|element| element.class == Class::Interface);
        interfaces.filter_map(|element| element.id.as_deref()).collect()
    }
}
