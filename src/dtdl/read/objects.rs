//! Reading properties whose values are elements, in place or by reference.

use std::rc::Rc;

use smallvec::SmallVec;

use super::super::context::Active;
use super::super::error::{ModelError, rule};
use super::super::graph::{Ix, Link, Wants};
use super::super::json::Value;
use super::super::metamodel::{Class, Elements, SupplementalProperty, registry};
use super::element::Slot;
use super::reader::{Part, Reader};

/// The values of a property: the elements of an array, of arrays in it too, or the one value.
pub(super) fn values_of(written: Value<'_>) -> SmallVec<[Value<'_>; 4]> {
    let mut values = SmallVec::new();
    collect(written, &mut values);
    values
}

fn collect<'t>(written: Value<'t>, values: &mut SmallVec<[Value<'t>; 4]>) {
    if written.is_array() {
        written.items().for_each(|item| collect(item, values));
    } else {
        values.push(written);
    }
}

impl<'t> Reader<'t, '_> {
    /// Reads a property of a class.
    pub(super) fn read_objects(
        &mut self,
        ix: Ix,
        property: &'static str,
        key: Value<'t>,
        written: Value<'t>,
        elements: &Elements,
        context: &Rc<Active<'t>>,
    ) -> Part<()> {
        let at = usize::from(context.version() - 2);
        let slot = Slot {
            parent: Some(ix),
            property,
            key: Some(key),
            wants: Wants {
                class: elements.class[at],
                older_versions: Some(elements.older_versions),
                of_type: None,
                child_of: None,
                values: elements.values,
            },
            id_required: elements.id_required,
            type_required: elements.type_required,
            by_name: elements.by_name,
        };
        self.read_values(
            &slot,
            written,
            elements.plural,
            usize::from(elements.count_min[at]),
            context,
        )
    }

    /// Reads a property of a supplemental type: one element of a class, of a type or from an
    /// element.
    pub(super) fn read_supplemental_object(
        &mut self,
        ix: Ix,
        property: &'static SupplementalProperty,
        key: Value<'t>,
        written: Value<'t>,
        (class, of_type, child_of): (Class, Option<&'static str>, Option<&'static str>),
        context: &Rc<Active<'t>>,
    ) -> Part<()> {
        let slot = Slot {
            parent: Some(ix),
            property: &property.id,
            key: Some(key),
            wants: Wants { class, older_versions: None, of_type, child_of, values: &[] },
            id_required: false,
            type_required: true,
            by_name: false,
        };
        self.read_values(&slot, written, false, usize::from(property.required), context)
    }

    fn read_values(
        &mut self,
        slot: &Slot<'t>,
        written: Value<'t>,
        plural: bool,
        count_min: usize,
        context: &Rc<Active<'t>>,
    ) -> Part<()> {
        let mut count = 0;
        for value in values_of(written) {
            if !plural && count > 0 {
                let error = self
                    .object_error(rule!("objectMultipleValues"), slot, written)
                    .says(format!("'{}' has more than one value.", slot.term()))
                    .mend("Keep one of them.");
                self.report(error);
                return Ok(());
            }
            count += usize::from(self.read_value(slot, value, context)?);
        }
        if count < count_min {
            let key = slot.key.unwrap_or(written);
            let error = self
                .object_error(rule!("objectCountBelowMin"), slot, key)
                .restriction(count_min.to_string())
                .says(format!(
                    "'{}' has {count} valid values; {count_min} is required.",
                    slot.term()
                ))
                .mend(format!("Give '{}' a valid value.", slot.term()));
            self.report(error);
        }
        Ok(())
    }

    fn object_error(&self, rule: &'static str, slot: &Slot<'t>, at: Value<'t>) -> ModelError {
        ModelError::new(rule)
            .at(at.place())
            .element(self.parent_id(slot))
            .property(registry().term_of(slot.property))
    }

    fn read_value(
        &mut self,
        slot: &Slot<'t>,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
    ) -> Part<bool> {
        if value.is_object() {
            return self.read_element(value, context, slot);
        }
        let Some(text) = value.as_str() else {
            let error = self
                .object_error(rule!("refNotStringOrObject"), slot, value)
                .says(format!(
                    "'{}' has a value that is neither an object nor a string.",
                    slot.term()
                ))
                .mend("Write an element in place, or refer to one by its identifier or term.");
            self.report(error);
            return Ok(false);
        };
        if self.link_to(value, text, context, slot) {
            return Ok(true);
        }
        let version = context.version();
        let error = self
            .object_error(rule!("badDtmiOrTerm"), slot, value)
            .value(text)
            .restriction(version.to_string())
            .says(format!("'{text}' is neither a valid DTMI nor a term of DTDL v{version}."))
            .mend(format!("Give '{}' a term, or the identifier of an element.", slot.term()));
        self.report(error);
        Ok(false)
    }

    /// Takes down a reference. False means that the text is neither an identifier nor a term.
    pub(super) fn link_to(
        &mut self,
        at: Value<'t>,
        text: &'t str,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
    ) -> bool {
        let (Some(from), Some(key), Some(id)) = (slot.parent, slot.key, context.dtmi_of(text))
        else {
            return false;
        };
        self.graph.links.push(Link {
            from,
            property: slot.property,
            key,
            at,
            written: Some(text),
            target_id: Some(id),
            target: None,
            wants: slot.wants,
        });
        true
    }
}
