//! Reading `@type`: the class of the element, and the types that stand beside it.

use std::rc::Rc;

use smallvec::SmallVec;

use super::super::context::Active;
use super::super::error::{ModelError, rule};
use super::super::graph::Ix;
use super::super::json::Value;
use super::super::metamodel::{Class, ExtensionKind, SupplementalType, registry};
use super::element::{ReadId, Slot};
use super::reader::Reader;

/// The types of an element.
pub(super) struct Types<'t> {
    pub(super) class: Class,
    pub(super) supplemental: SmallVec<[&'static SupplementalType; 2]>,
    pub(super) unknown: SmallVec<[&'t str; 1]>,
}

/// What one type string says.
enum Named<'t> {
    Class(Class),
    Supplemental(&'static SupplementalType),
    Unknown(&'t str),
}

impl<'t> Reader<'t, '_> {
    /// Reads the types. `None` means that they are at fault.
    pub(super) fn read_types(
        &mut self,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
        id: &ReadId<'t>,
    ) -> Option<Types<'t>> {
        let Some(written) = value.get("@type") else {
            if slot.type_required {
                self.report_bad_type(value, context, slot, id, None);
                return None;
            }
            return Some(Types {
                class: slot.wants.class,
                supplemental: SmallVec::new(),
                unknown: SmallVec::new(),
            });
        };
        let strings: SmallVec<[Value<'t>; 2]> = match written.is_array() {
            true => written.items().collect(),
            false if written.as_str().is_some() => SmallVec::from_slice(&[written]),
            false => SmallVec::new(),
        };
        let mut classes = SmallVec::<[Class; 1]>::new();
        let mut types = Types {
            class: slot.wants.class,
            supplemental: SmallVec::new(),
            unknown: SmallVec::new(),
        };
        let mut failed = false;
        for string in strings {
            match self.read_type(string, value, context, slot, id) {
                Some(Named::Class(class)) if classes.contains(&class) => {}
                Some(Named::Class(class)) => classes.push(class),
                Some(Named::Supplemental(found))
                    if types.supplemental.iter().any(|known| known.id == found.id) => {}
                Some(Named::Supplemental(found)) => {
                    classes.extend(class_of_kind(found.kind));
                    types.supplemental.push(found);
                }
                Some(Named::Unknown(text)) => types.unknown.push(text),
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        types.class = self.one_class(&classes, value, context, slot, id)?;
        Some(types)
    }

    fn one_class(
        &mut self,
        classes: &[Class],
        value: Value<'t>,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
        id: &ReadId<'t>,
    ) -> Option<Class> {
        match classes {
            [class] => Some(*class),
            [] => {
                self.report_bad_type(value, context, slot, id, None);
                None
            }
            _ => {
                let names: Vec<_> = classes.iter().map(|class| class.name()).collect();
                let error = ModelError::new(rule!("multipleMaterialTypes"))
                    .at(type_place(value).place())
                    .element(self.pending_id(slot, id))
                    .value(names.join(" and "))
                    .says(format!("The element has more than one class: {}.", names.join(" and ")))
                    .mend("Keep one of them.");
                self.report(error);
                None
            }
        }
    }

    /// The identifier of an element that is not in the graph yet.
    pub(super) fn pending_id(&self, slot: &Slot<'t>, id: &ReadId<'t>) -> String {
        match (id, slot.parent) {
            (ReadId::Given(id), _) => id.to_string(),
            (ReadId::Made(segment), Some(parent)) => {
                self.graph.id_in(parent, slot.property, segment.as_deref())
            }
            (ReadId::Made(_), None) => String::new(),
        }
    }

    fn read_type(
        &mut self,
        string: Value<'t>,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
        id: &ReadId<'t>,
    ) -> Option<Named<'t>> {
        let version = context.version();
        let text = string.as_str().unwrap_or_default();
        if let Some((class, named_version)) = Class::of_type_string(text) {
            let here =
                named_version.is_none_or(|named| named == version) && class.is_concrete_in(version);
            if here && class.is_a(slot.wants.class) {
                return Some(Named::Class(class));
            }
            self.report_bad_type(value, context, slot, id, Some(text));
            return None;
        }
        let Some(type_id) = context.dtmi_of(text) else {
            return self.read_unknown_type(text, (value, string), context, slot, id);
        };
        let Some(found) = registry().supplemental(&type_id) else {
            if !context.is_complete() {
                return Some(Named::Unknown(text));
            }
            self.report_type(
                rule!("typeIrrelevantDtmiOrTerm"),
                text,
                (value, string),
                slot,
                id,
                "is not a type of DTDL",
            );
            return None;
        };
        if found.is_abstract {
            let error = ModelError::new(rule!("abstractSupplementalType"))
                .at(type_place(value).place())
                .related_to(Some(string.place()))
                .element(self.pending_id(slot, id))
                .type_name(registry().term_of(&found.id))
                .says(format!("The type '{text}' is abstract."))
                .mend("Use one of its kinds instead.");
            self.report(error);
            return None;
        }
        if class_of_kind(found.kind).is_some_and(|class| !class.is_a(slot.wants.class)) {
            self.report_bad_type(value, context, slot, id, Some(text));
            return None;
        }
        Some(Named::Supplemental(found))
    }

    /// A type string that is neither a class nor a known term.
    fn read_unknown_type(
        &mut self,
        text: &'t str,
        at: (Value<'t>, Value<'t>),
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
        id: &ReadId<'t>,
    ) -> Option<Named<'t>> {
        let (rule, says) = if text.starts_with("dtmi:") {
            (rule!("typeInvalidDtmi"), "is not a valid DTMI")
        } else if context.version() < 3 {
            return Some(Named::Unknown(text));
        } else if text.contains(':') {
            (rule!("typeNotDtmiNorTerm"), "is an IRI but not a DTMI")
        } else if context.is_complete() {
            (rule!("typeUndefinedTerm"), "is not a term of DTDL or of the extensions in '@context'")
        } else {
            return Some(Named::Unknown(text));
        };
        self.report_type(rule, text, at, slot, id, says);
        None
    }

    fn report_type(
        &mut self,
        rule: &'static str,
        text: &str,
        (value, string): (Value<'t>, Value<'t>),
        slot: &Slot<'t>,
        id: &ReadId<'t>,
        says: &str,
    ) {
        let error = ModelError::new(rule)
            .at(type_place(value).place())
            .related_to(Some(string.place()))
            .element(self.pending_id(slot, id))
            .value(text)
            .says(format!("The type '{text}' {says}."))
            .mend("Correct the type, or add the context of the extension that has it.");
        self.report(error);
    }

    /// The element does not have the class that the property takes.
    fn report_bad_type(
        &mut self,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
        id: &ReadId<'t>,
        found: Option<&str>,
    ) {
        let wanted = slot.wants.class.concrete_names(context.version());
        let element = self.pending_id(slot, id);
        let mut error = ModelError::new(rule!("badType"))
            .at(slot.key.unwrap_or(value).place())
            .related_to(Some(value.place()))
            .property(slot.property)
            .other_element(element)
            .restriction(wanted.clone())
            .says(match found {
                Some(found) => format!(
                    "'{}' has an element of type '{found}', not of {wanted}.",
                    slot.property
                ),
                None => {
                    format!("'{}' has an element whose '@type' is not {wanted}.", slot.property)
                }
            })
            .mend(format!("Give the element the '@type' {wanted}."));
        error.element = slot.parent.map(|parent| self.graph.id_of(parent));
        error.value = found.map(str::to_owned);
        self.report(error);
    }

    /// Adds the supplemental types to an element, those that may stand there.
    pub(super) fn add_types(
        &mut self,
        ix: Ix,
        value: Value<'t>,
        found: &[&'static SupplementalType],
    ) {
        let at = type_place(value);
        for new in found {
            if class_of_kind(new.kind).is_some() || self.may_stand(ix, at, new, found) {
                self.check_conflicts(ix, at, new);
                self.graph.get_mut(ix).types.push(new);
                self.check_beside(ix, at, new, found);
            } else {
                self.refused_types.push((ix, new));
            }
        }
    }

    fn may_stand(
        &mut self,
        ix: Ix,
        at: Value<'t>,
        new: &'static SupplementalType,
        found: &[&'static SupplementalType],
    ) -> bool {
        let element = self.graph.get(ix);
        let (class, version) = (element.class, element.version);
        let term = registry().term_of(&new.id);
        let admitted =
            new.or_beside.as_ref().is_some_and(|id| found.iter().any(|other| other.id == *id));
        if !new.on.has(class) && !admitted {
            let error = ModelError::new(rule!("invalidCotype"))
                .at(at.place())
                .element(self.graph.id_of(ix))
                .type_name(term)
                .restriction(new.on.names())
                .says(format!("The type '{term}' may not stand on a {}.", class.name()))
                .mend(format!("Remove it; it may stand on {}.", new.on.names()));
            self.report(error);
            return false;
        }
        if !new.dtdl_versions.contains(&version) {
            let versions: Vec<_> = new.dtdl_versions.iter().map(u8::to_string).collect();
            let versions = versions.join(" or ");
            let error = ModelError::new(rule!("invalidCotypeVersion"))
                .at(at.place())
                .element(self.graph.id_of(ix))
                .type_name(term)
                .restriction(versions.clone())
                .says(format!("The type '{term}' may not stand on an element of DTDL v{version}."))
                .mend(format!("Remove it, or write the element in DTDL v{versions}."));
            self.report(error);
            return false;
        }
        true
    }

    /// Two types of one element must not bring the same property.
    fn check_conflicts(&mut self, ix: Ix, at: Value<'t>, new: &'static SupplementalType) {
        let element = self.graph.get(ix);
        let clash = new.properties.iter().find_map(|property| {
            let owner = element
                .types
                .iter()
                .find(|other| other.properties.iter().any(|own| own.id == property.id));
            owner.map(|owner| (property, *owner))
        });
        let Some((property, other)) = clash else {
            return;
        };
        let (new_term, other_term) = (registry().term_of(&new.id), registry().term_of(&other.id));
        let error = ModelError::new(rule!("conflictingSupplementalTypes"))
            .at(at.place())
            .element(self.graph.id_of(ix))
            .property(registry().term_of(&property.id))
            .type_name(new_term)
            .restriction(other_term)
            .says(format!(
                "The types '{new_term}' and '{other_term}' both add the property '{}'.",
                property.term
            ))
            .mend(format!("Remove '{new_term}' or '{other_term}'."));
        self.report(error);
    }

    /// Types that must, and types that must not, stand beside a type.
    fn check_beside(
        &mut self,
        ix: Ix,
        at: Value<'t>,
        new: &'static SupplementalType,
        found: &[&'static SupplementalType],
    ) {
        let has = |id: &String| found.iter().any(|other| other.id == *id);
        let term = registry().term_of(&new.id);
        for id in new.needs.iter().filter(|id| !has(id)) {
            let needed = registry().term_of(id);
            let error = ModelError::new(rule!("missingCocotype"))
                .at(at.place())
                .element(self.graph.id_of(ix))
                .type_name(term)
                .value(term)
                .restriction(needed)
                .says(format!("The type '{term}' may stand only beside '{needed}'."))
                .mend(format!("Add the type '{needed}', or remove '{term}'."));
            self.report(error);
        }
        for id in new.excludes.iter().filter(|id| has(id)) {
            let excluded = registry().term_of(id);
            let error = ModelError::new(rule!("disallowedCocotype"))
                .at(at.place())
                .element(self.graph.id_of(ix))
                .type_name(term)
                .value(term)
                .restriction(excluded)
                .says(format!("The type '{term}' may not stand beside '{excluded}'."))
                .mend(format!("Remove '{term}' or '{excluded}'."));
            self.report(error);
        }
    }
}

/// The class that a type of this kind gives an element.
fn class_of_kind(kind: ExtensionKind) -> Option<Class> {
    match kind {
        ExtensionKind::Unit => Some(Class::Unit),
        ExtensionKind::UnitAttribute => Some(Class::UnitAttribute),
        ExtensionKind::Intrinsic
        | ExtensionKind::Semantic
        | ExtensionKind::Adjunct
        | ExtensionKind::SemanticUnit => None,
    }
}

/// The `@type` key of an element, for errors.
fn type_place(value: Value<'_>) -> Value<'_> {
    value.member("@type").map_or(value, |(key, _)| key)
}
