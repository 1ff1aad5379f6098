//! Reading the properties of an element.

use std::rc::Rc;

use smallvec::SmallVec;

use super::super::context::Active;
use super::super::error::{ModelError, rule};
use super::super::graph::Ix;
use super::super::json::Value;
use super::super::metamodel::{
    Class, PropertyDef, Shape, SupplementalProperty, SupplementalType, SupplementalValue, registry,
};
use super::reader::{Part, Reader};

/// The properties that were read, with where: to find repeated and missing ones.
type Seen<'t> = SmallVec<[(&'static str, Value<'t>); 8]>;

impl<'t> Reader<'t, '_> {
    /// Reads all properties of an element that is in the graph.
    pub(super) fn read_properties(
        &mut self,
        ix: Ix,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
    ) -> Part<()> {
        let (class, version) = (self.graph.get(ix).class, context.version());
        let mut seen = Seen::new();
        for (key, written) in value.members() {
            let name = key.as_str().unwrap_or_default();
            if name.starts_with('@') {
                continue;
            }
            if let Some(def) = material_property(class, name, version) {
                if self.is_first(ix, def.name, def.name, key, &mut seen) {
                    self.read_material(ix, def, key, written, context)?;
                }
            } else if let Some(property) = self.supplemental_property(ix, name, context) {
                if self.is_first(ix, &property.id, property.term, key, &mut seen) {
                    self.read_supplemental(ix, property, key, written, context)?;
                }
            } else if !self.is_of_refused_type(ix, name, context) {
                self.read_unknown(ix, key, name, written, value, context);
            }
        }
        self.check_missing(ix, value, &seen);
        Ok(())
    }

    fn is_first(
        &mut self,
        ix: Ix,
        id: &'static str,
        name: &'static str,
        key: Value<'t>,
        seen: &mut Seen<'t>,
    ) -> bool {
        let earlier = seen.iter().find(|(known, _)| *known == id).map(|(_, at)| *at);
        let Some(first) = earlier else {
            seen.push((id, key));
            return true;
        };
        let error = ModelError::new(rule!("duplicatePropertyName"))
            .at(key.place())
            .related_to(Some(first.place()))
            .element(self.graph.id_of(ix))
            .property(name)
            .says(format!("The property '{name}' stands twice."))
            .mend("Remove all but one.");
        self.report(error);
        false
    }

    /// The property of this name or identifier that a supplemental type of the element brings.
    fn supplemental_property(
        &self,
        ix: Ix,
        name: &'t str,
        context: &Rc<Active<'t>>,
    ) -> Option<&'static SupplementalProperty> {
        let types = &self.graph.get(ix).types;
        if types.is_empty() {
            return None;
        }
        let id = context.dtmi_of(name)?;
        types.iter().find_map(|found| property_of(found, &id))
    }

    /// Whether a type that was refused would have brought the property.
    fn is_of_refused_type(&self, ix: Ix, name: &'t str, context: &Rc<Active<'t>>) -> bool {
        let mut refused = self.refused_types.iter().filter(|(on, _)| *on == ix);
        let id = if self.refused_types.is_empty() { None } else { context.dtmi_of(name) };
        id.is_some_and(|id| refused.any(|(_, found)| property_of(found, &id).is_some()))
    }

    fn read_material(
        &mut self,
        ix: Ix,
        def: &'static PropertyDef,
        key: Value<'t>,
        written: Value<'t>,
        context: &Rc<Active<'t>>,
    ) -> Part<()> {
        match def.shape {
            Shape::Elements(elements) => {
                self.read_objects(ix, def.name, key, written, &elements, context)
            }
            shape => {
                self.read_literal(ix, def.name, key, written, shape, context);
                Ok(())
            }
        }
    }

    fn read_supplemental(
        &mut self,
        ix: Ix,
        property: &'static SupplementalProperty,
        key: Value<'t>,
        written: Value<'t>,
        context: &Rc<Active<'t>>,
    ) -> Part<()> {
        match &property.value {
            SupplementalValue::Plain(shape) => {
                self.read_literal(ix, &property.id, key, written, *shape, context);
                Ok(())
            }
            SupplementalValue::Element { class, of_type, child_of } => self
                .read_supplemental_object(
                    ix,
                    property,
                    key,
                    written,
                    (*class, of_type.as_deref(), child_of.as_deref()),
                    context,
                ),
        }
    }

    /// A property that no type of the element has.
    fn read_unknown(
        &mut self,
        ix: Ix,
        key: Value<'t>,
        name: &'t str,
        written: Value<'t>,
        value: Value<'t>,
        context: &Rc<Active<'t>>,
    ) {
        if let Some((rule, says)) = unknown_property_rule(name, context) {
            let error = ModelError::new(rule)
                .at(key.place())
                .related_to(value.member("@type").map(|(types, _)| types.place()))
                .element(self.graph.id_of(ix))
                .property(name)
                .says(format!("The property '{name}' {says}."))
                .mend("Remove or correct it, or add the context of the extension that has it.");
            self.report(error);
            return;
        }
        let element = self.graph.get_mut(ix);
        if !element.unknown_types.is_empty() {
            element.unknown_properties.push((name, written));
            return;
        }
        let class = element.class.name();
        let error = if value.get("@type").is_some() {
            ModelError::new(rule!("noTypeThatAllows"))
                .says(format!("No type of the element allows the property '{name}'."))
        } else {
            ModelError::new(rule!("inferredTypeDoesNotAllow")).restriction(class).says(format!(
                "The element is taken as a {class}, which does not allow the property '{name}'."
            ))
        };
        let error = error
            .at(key.place())
            .related_to(Some(value.member("@type").map_or(value, |(types, _)| types).place()))
            .element(self.graph.id_of(ix))
            .property(name)
            .mend("Remove the property, or add the type that allows it.");
        self.report(error);
    }

    fn check_missing(&mut self, ix: Ix, value: Value<'t>, seen: &Seen<'t>) {
        let element = self.graph.get(ix);
        let has = |id: &str| seen.iter().any(|(known, _)| *known == id);
        let required = element
            .class
            .properties(element.version)
            .iter()
            .filter(|def| def.is_required_in(element.version));
        let mut errors = SmallVec::<[ModelError; 1]>::new();
        for def in required.filter(|def| !has(def.name)) {
            let rule = match def.shape {
                Shape::Elements(_) => rule!("missingObjectProperty"),
                Shape::Identifier { .. } => rule!("missingIdentifierProperty"),
                _ => rule!("missingLiteralProperty"),
            };
            let class = element.class.name();
            errors.push(
                ModelError::new(rule)
                    .property(def.name)
                    .says(format!("The {class} has no '{}'.", def.name))
                    .mend(format!("Add the property '{}'.", def.name)),
            );
        }
        for found in &element.types {
            for property in
                own_and_inherited(found).filter(|property| property.required && !has(&property.id))
            {
                let rule = match property.value {
                    SupplementalValue::Element { .. } => rule!("missingSupplementalObjectProperty"),
                    SupplementalValue::Plain(Shape::Identifier { .. }) => {
                        rule!("missingSupplementalIdentifierProperty")
                    }
                    SupplementalValue::Plain(_) => rule!("missingSupplementalLiteralProperty"),
                };
                errors.push(
                    ModelError::new(rule)
                        .property(registry().term_of(&property.id))
                        .type_name(registry().term_of(&found.id))
                        .says(format!(
                            "The type '{}' requires the property '{}'.",
                            found.term, property.term
                        ))
                        .mend(format!("Add the property '{}'.", property.term)),
                );
            }
        }
        for error in errors {
            let error = error.at(value.place()).element(self.graph.id_of(ix));
            self.report(error);
        }
    }
}

/// The properties of a type and of those that it is a kind of, each once.
fn own_and_inherited(
    found: &'static SupplementalType,
) -> impl Iterator<Item = &'static SupplementalProperty> {
    let parent = found.parent.as_deref().and_then(|id| registry().supplemental(id));
    let inherited = parent.into_iter().flat_map(|parent| &parent.properties);
    let own = &found.properties;
    own.iter().chain(inherited.filter(|property| !own.iter().any(|known| known.id == property.id)))
}

/// The property of this identifier that a type brings.
fn property_of(
    found: &'static SupplementalType,
    id: &str,
) -> Option<&'static SupplementalProperty> {
    own_and_inherited(found).find(|property| property.id == id)
}

/// The property that a key names, as a term or as `dtmi:dtdl:property:name;3`.
fn material_property(class: Class, key: &str, version: u8) -> Option<&'static PropertyDef> {
    let name = match key.strip_prefix("dtmi:dtdl:property:") {
        None => key,
        Some(rest) => {
            let (name, written) = rest.split_once(';')?;
            (written.parse() == Ok(version)).then_some(name)?
        }
    };
    let found = class.property(name, version)?;
    (!matches!(found.shape, Shape::Reserved)).then_some(found)
}

/// Why a key that no type knows is at fault whatever the types are; v2 minds none of this.
fn unknown_property_rule<'t>(
    name: &'t str,
    context: &Rc<Active<'t>>,
) -> Option<(&'static str, &'static str)> {
    if context.version() < 3 {
        return None;
    }
    if context.dtmi_of(name).is_some() {
        let irrelevant =
            (rule!("propertyIrrelevantDtmiOrTerm"), "does not belong to any type of the element");
        return context.is_complete().then_some(irrelevant);
    }
    if name.starts_with("dtmi:") {
        Some((rule!("propertyInvalidDtmi"), "is not a valid DTMI"))
    } else if name.contains(':') {
        Some((rule!("propertyNotDtmiNorTerm"), "is an IRI but not a DTMI"))
    } else {
        let undefined = (
            rule!("propertyUndefinedTerm"),
            "is not a term of DTDL or of the extensions in '@context'",
        );
        context.is_complete().then_some(undefined)
    }
}
