//! Reading one element: its contexts, identifier, types, then its properties.

use std::borrow::Cow;
use std::rc::Rc;

use smallvec::SmallVec;

use super::super::context::{Active, enter};
use super::super::error::{ModelError, Place, rule};
use super::super::graph::{Element, Ix, Link, Wants};
use super::super::json::Value;
use super::super::metamodel::{Class, registry};
use super::reader::{Part, Reader};

/// The place that an element is read for: a property of another element, or the top.
#[derive(Clone, Copy)]
pub(super) struct Slot<'t> {
    /// The element that has the property; none at the top.
    pub(super) parent: Option<Ix>,
    /// The property: a name, or the identifier of a supplemental property.
    pub(super) property: &'static str,
    /// The key of the property.
    pub(super) key: Option<Value<'t>>,
    /// What the property takes.
    pub(super) wants: Wants,
    /// Whether inline elements must have an `@id`.
    pub(super) id_required: bool,
    /// Whether inline elements must have an `@type`.
    pub(super) type_required: bool,
    /// Whether the name of the elements makes part of made identifiers.
    pub(super) by_name: bool,
}

impl Slot<'_> {
    /// The name of the property, for messages.
    pub(super) fn term(&self) -> &str {
        registry().term_of(self.property)
    }

    /// The top of a document.
    pub(super) fn root() -> Slot<'static> {
        Slot {
            parent: None,
            property: "",
            key: None,
            wants: Wants {
                class: Class::Entity,
                older_versions: None,
                of_type: None,
                child_of: None,
                values: &[],
            },
            id_required: true,
            type_required: true,
            by_name: false,
        }
    }
}

impl<'t> Reader<'t, '_> {
    /// The identifier of the element that has the property, for errors.
    pub(super) fn parent_id(&self, slot: &Slot<'t>) -> String {
        slot.parent.map(|parent| self.graph.id_of(parent)).unwrap_or_default()
    }

    /// Reads an element that is written in place. False means that it is at fault and does not
    /// count among the values of the property.
    pub(super) fn read_element(
        &mut self,
        value: Value<'t>,
        outer: &Rc<Active<'t>>,
        slot: &Slot<'t>,
    ) -> Part<bool> {
        let context = match slot.parent {
            None => outer.clone(),
            Some(_) => match enter(value, Some(outer), self.policy) {
                Ok(context) => context,
                Err(error) => return self.abandon(*error),
            },
        };
        if slot.parent.is_some() {
            if let Some(id) = id_only(value) {
                return Ok(self.read_id_only(value, id, &context, slot));
            }
            self.check_keywords(value, &context, slot);
            self.check_version_allowed(value, &context, slot);
        }
        let id = self.read_id(value, &context, slot)?;
        if self.is_defined_twice(value, slot, &id) {
            return Ok(false);
        }
        let Some(ix) = self.begin_element(value, &context, slot, id)? else {
            return Ok(false);
        };
        self.read_properties(ix, value, &context)?;
        match (slot.parent, slot.key) {
            (Some(parent), Some(key)) => self.graph.links.push(Link {
                from: parent,
                property: slot.property,
                key,
                at: value,
                written: None,
                target_id: None,
                target: Some(ix),
                wants: slot.wants,
            }),
            _ => self.roots.push(ix),
        }
        Ok(true)
    }

    /// An object that holds nothing but an `@id` is a reference, which DTDL does not allow in
    /// this form; with tolerance it is taken as one.
    fn read_id_only(
        &mut self,
        value: Value<'t>,
        id: Value<'t>,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
    ) -> bool {
        let text = id.as_str().unwrap_or_default();
        if !self.tolerates(context) {
            let error = ModelError::new(rule!("idReference"))
                .at(value.place())
                .element(self.parent_id(slot))
                .property(slot.property)
                .value(text)
                .says(format!("'{}' has an object with nothing but an '@id'.", slot.term()))
                .mend(format!("Replace the object by the string \"{text}\"."));
            self.report(error);
            return false;
        }
        let linked = self.link_to(value, text, context, slot);
        if !linked {
            let error = ModelError::new(rule!("idRefBadDtmiOrTerm"))
                .at(id.place())
                .element(self.parent_id(slot))
                .property(slot.property)
                .value(text)
                .says(format!(
                    "'{text}' is neither a valid DTMI nor a term of DTDL v{}.",
                    context.version()
                ))
                .mend("Correct the identifier.");
            self.report(error);
        }
        linked
    }

    fn check_keywords(&mut self, value: Value<'t>, context: &Rc<Active<'t>>, slot: &Slot<'t>) {
        for (key, _) in value.members() {
            let name = key.as_str().unwrap_or_default();
            let id = match name {
                "@id" | "@type" | "@context" => continue,
                "@graph" => rule!("graphDisallowed"),
                _ if name.starts_with('@') && context.restricts_keywords() => {
                    rule!("keywordDisallowed")
                }
                _ => continue,
            };
            let error = ModelError::new(id)
                .at(key.place())
                .element(self.parent_id(slot))
                .property(slot.property)
                .value(name)
                .says(format!(
                    "'{}' has a value with '{name}', which DTDL does not allow.",
                    slot.term()
                ))
                .mend(format!("Remove '{name}'."));
            let error = if name == "@graph" { ModelError { value: None, ..error } } else { error };
            self.report(error);
        }
    }

    fn check_version_allowed(
        &mut self,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
    ) {
        let Some((parent, older)) = slot.parent.zip(slot.wants.older_versions) else {
            return;
        };
        let (outer, inner) = (self.graph.get(parent).version, context.version());
        if inner == outer || (older && inner < outer) {
            return;
        }
        let at = context.language_at.unwrap_or(value);
        let error = ModelError::new(rule!("disallowedVersionDefinition"))
            .at(at.place())
            .element(self.parent_id(slot))
            .property(slot.property)
            .value(inner.to_string())
            .says(format!(
                "'{}' has an element written in DTDL v{inner}, inside one of v{outer}.",
                slot.term()
            ))
            .mend(format!("Write it in DTDL v{outer}."));
        self.report(error);
    }

    /// Whether an element of this identifier, or of this name in this property, was read before.
    fn is_defined_twice(&mut self, value: Value<'t>, slot: &Slot<'t>, id: &ReadId<'t>) -> bool {
        match id {
            ReadId::Given(id) => {
                let Some(first) = self.graph.find(id) else {
                    return false;
                };
                let error = ModelError::new(rule!("duplicateDefinition"))
                    .at(self.graph.get(first).node.map(id_place).unwrap_or_default())
                    .related_to(Some(id_place(value)))
                    .element(id.to_string())
                    .says(format!("'{id}' is defined more than once."))
                    .mend("Remove all but one of the definitions, or give them different identifiers.");
                self.report(error);
                true
            }
            ReadId::Made(segment) => self.is_repeated_name(value, slot, segment.as_ref()),
        }
    }

    fn is_repeated_name(
        &mut self,
        value: Value<'t>,
        slot: &Slot<'t>,
        segment: Option<&Cow<'t, str>>,
    ) -> bool {
        let (Some(parent), Some(segment)) = (slot.parent, segment) else {
            return false;
        };
        let Some(first) = self.graph.find_made(parent, slot.property, segment.clone()) else {
            return false;
        };
        if !(self.tolerant && self.graph.get(parent).version < 3) {
            let name_at = |value: Value<'t>| value.member("name").map(|(key, _)| key.place());
            let error = ModelError::new(rule!("nonUniquePropertyValue"))
                .at(self.graph.get(first).node.and_then(name_at).unwrap_or_default())
                .related_to(name_at(value))
                .element(self.parent_id(slot))
                .property(slot.property)
                .other_property("name")
                .value(segment.clone())
                .says(format!(
                    "'{}' has more than one element with the name '{segment}'.",
                    slot.term()
                ))
                .mend("Give each element its own name.");
            self.report(error);
        }
        true
    }

    /// Reads the types and adds the element to the graph.
    fn begin_element(
        &mut self,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
        id: ReadId<'t>,
    ) -> Part<Option<Ix>> {
        let Some(types) = self.read_types(value, context, slot, &id) else {
            return Ok(None);
        };
        let (id, segment) = match id {
            ReadId::Given(id) => (Some(id), None),
            ReadId::Made(segment) => (None, segment),
        };
        self.check_id_length_of_class(value, id.as_deref(), types.class, context)?;
        let next = self.graph.elements.len() as Ix;
        let root = match slot.parent {
            Some(parent) if types.class != Class::Interface => self.graph.root_of(parent),
            _ => next,
        };
        let ix = self.graph.add(Element {
            id,
            class: types.class,
            version: context.version(),
            limits: context.limits,
            context: Some(context.clone()),
            node: Some(value),
            parent: slot.parent.map(|parent| (parent, slot.property)),
            segment,
            root,
            child_of: None,
            types: SmallVec::new(),
            unknown_types: types.unknown,
            unknown_properties: Vec::new(),
            literals: SmallVec::new(),
            objects: SmallVec::new(),
            referrers: SmallVec::new(),
        });
        self.add_types(ix, value, &types.supplemental);
        Ok(Some(ix))
    }
}

/// Where the `@id` of an element stands.
fn id_place(value: Value<'_>) -> Place {
    value.member("@id").map_or(value, |(key, _)| key).place()
}

/// The `@id` of an object that holds nothing else.
fn id_only(value: Value<'_>) -> Option<Value<'_>> {
    let mut members = value.members();
    let (key, id) = members.next()?;
    (key.as_str() == Some("@id") && members.next().is_none()).then_some(id)
}

/// The identifier of an element, as it was read.
pub(super) enum ReadId<'t> {
    /// The `@id`.
    Given(Cow<'t, str>),
    /// None; one is made from the path, and from this name if the property has one.
    Made(Option<Cow<'t, str>>),
}
