//! Reading `@id`.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::context::Active;
use super::super::dtmi::DtmiSyntax;
use super::super::error::{ModelError, rule};
use super::super::json::{Kind, Value};
use super::super::metamodel::{Class, ID_LENGTH_MAX, INTERFACE_ID_LENGTH_MAX};
use super::element::{ReadId, Slot};
use super::reader::{Part, Reader};

impl<'t> Reader<'t, '_> {
    /// Reads the `@id`, or finds what an identifier is made from.
    pub(super) fn read_id(
        &mut self,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
        slot: &Slot<'t>,
    ) -> Part<ReadId<'t>> {
        match value.get("@id") {
            Some(id) => self.read_given_id(id, context),
            None if slot.id_required => {
                let error = ModelError::new(rule!("missingRequiredId"))
                    .at(value.place())
                    .element(self.parent_id(slot))
                    .property(slot.property)
                    .says(format!("The value of '{}' has no '@id'.", slot.property))
                    .mend("Add an '@id', or refer to an element by its identifier.");
                self.abandon(error)
            }
            None => self.read_segment(value, slot),
        }
    }

    fn read_given_id(&mut self, id: Value<'t>, context: &Rc<Active<'t>>) -> Part<ReadId<'t>> {
        let error = |rule| ModelError::new(rule).at(id.place());
        let Some(text) = id.as_str().filter(|text| !text.is_empty()) else {
            return self.abandon(
                error(rule!("idNotString")).says("The '@id' is empty or not a string.").mend(
                    "Write the identifier as a string, such as \"dtmi:com:example:Thermostat;1\".",
                ),
            );
        };
        let version = context.version();
        if let Some(max) =
            ID_LENGTH_MAX.under(context.limits).filter(|max| text.len() > *max as usize)
        {
            return self.abandon(
                error(rule!("idTooLong"))
                    .value(text)
                    .restriction(version.to_string())
                    .says(format!(
                        "The identifier is {} characters long; {max} are allowed.",
                        text.len()
                    ))
                    .mend("Choose a shorter identifier."),
            );
        }
        if let Err((offset, reason)) = DtmiSyntax::of_version(version).check(text) {
            return self.abandon(
                error(rule!("invalidId"))
                    .value(text)
                    .restriction(version.to_string())
                    .says(format!(
                        "'{text}' is not an identifier that DTDL v{version} allows: at character {}, {reason}.",
                        offset + 1
                    ))
                    .mend("Write it as \"dtmi:path:to:model;1\"."),
            );
        }
        let tolerated = self.tolerates(context);
        if !tolerated
            && let Some(prefix) =
                context.reserved_prefixes().find(|prefix| text.starts_with(prefix))
        {
            return self.abandon(
                error(rule!("reservedId"))
                    .value(text)
                    .says(format!("'{text}' begins with '{prefix}', which is reserved for DTDL and its extensions."))
                    .mend("Choose an identifier with a prefix of your own."),
            );
        }
        Ok(ReadId::Given(Cow::Borrowed(text)))
    }

    /// Finds the name that makes part of the identifier of an unnamed element.
    fn read_segment(&mut self, value: Value<'t>, slot: &Slot<'t>) -> Part<ReadId<'t>> {
        if !slot.by_name {
            return Ok(ReadId::Made(None));
        }
        let is_name =
            |key: &str| key == "name" || key.strip_prefix("dtmi:dtdl:property:name;").is_some();
        let found = value.members().find(|(key, _)| key.as_str().is_some_and(is_name));
        let Some((key, name)) = found else {
            let error = ModelError::new(rule!("missingDtmiSegPropertyValue"))
                .at(value.place())
                .element(self.parent_id(slot))
                .property(slot.property)
                .value("name")
                .says(format!("A value of '{}' has no 'name'.", slot.property))
                .mend("Add a 'name' that no other value of the property has.");
            return self.abandon(error);
        };
        let single = if name.is_array() { name.items().next().unwrap_or(name) } else { name };
        let literal = single.get("@value").unwrap_or(single);
        match (literal.as_str(), literal.kind()) {
            (Some(text), _) => Ok(ReadId::Made(Some(Cow::Borrowed(text)))),
            (None, Kind::Number) => {
                let spelt = literal.as_f64().map_or_else(String::new, |number| number.to_string());
                Ok(ReadId::Made(Some(Cow::Owned(spelt.replace('.', "_")))))
            }
            _ => {
                let error = ModelError::new(rule!("dtmiSegPropertyNotStringOrNumber"))
                    .at(key.place())
                    .element(self.parent_id(slot))
                    .property(slot.property)
                    .value("name")
                    .says(format!(
                        "A value of '{}' has a 'name' that is not a string.",
                        slot.property
                    ))
                    .mend("Write the name as a string.");
                self.abandon(error)
            }
        }
    }

    /// Interfaces may have shorter identifiers only.
    pub(super) fn check_id_length_of_class(
        &mut self,
        value: Value<'t>,
        id: Option<&str>,
        class: Class,
        context: &Rc<Active<'t>>,
    ) -> Part<()> {
        let (Class::Interface, Some(text)) = (class, id) else {
            return Ok(());
        };
        let max = INTERFACE_ID_LENGTH_MAX.under(context.limits);
        let Some(max) = max.filter(|max| text.len() > *max as usize) else {
            return Ok(());
        };
        let at = value.get("@id").unwrap_or(value);
        let error = ModelError::new(rule!("idTooLongForType"))
            .at(at.place())
            .value(text)
            .type_name("Interface")
            .says(format!(
                "The identifier is {} characters long; {max} are allowed for an Interface.",
                text.len()
            ))
            .mend("Choose a shorter identifier.");
        self.abandon(error)
    }
}
