//! Reading strings that may be given in several languages.

use std::rc::Rc;

use smallvec::SmallVec;

use super::super::context::Active;
use super::super::error::{ModelError, rule};
use super::super::graph::Ix;
use super::super::json::Value;
use super::super::metamodel::Limit;
use super::super::text::{is_language_code, length};
use super::objects::values_of;
use super::reader::Reader;

/// The language of strings that state none.
const DEFAULT_LANGUAGE: &str = "en";

/// Strings by language code.
type Languages<'t> = SmallVec<[(&'t str, &'t str); 1]>;

/// The same while they are read, with where each stands.
type Placed<'t> = SmallVec<[(&'t str, &'t str, Value<'t>); 1]>;

/// What is read, and where: for errors.
struct Target<'t, 'c> {
    ix: Ix,
    property: &'static str,
    length_max: Limit,
    context: &'c Rc<Active<'t>>,
}

impl<'t> Reader<'t, '_> {
    /// Reads a string, an array of strings with languages, or an object of strings by language.
    pub(super) fn read_languages(
        &mut self,
        ix: Ix,
        property: &'static str,
        written: Value<'t>,
        length_max: Limit,
        context: &Rc<Active<'t>>,
    ) -> Languages<'t> {
        let target = Target { ix, property, length_max, context };
        let mut texts = Placed::new();
        if written.is_object() {
            self.read_language_map(&target, written, &mut texts);
            return unplaced(&texts);
        }
        for value in values_of(written) {
            self.read_tagged(&target, value, &mut texts);
        }
        unplaced(&texts)
    }

    fn language_error(
        &self,
        rule: &'static str,
        target: &Target<'t, '_>,
        at: Value<'t>,
    ) -> ModelError {
        ModelError::new(rule)
            .at(at.place())
            .element(self.graph.id_of(target.ix))
            .property(target.property)
    }

    fn add_text(
        &mut self,
        target: &Target<'t, '_>,
        at: Value<'t>,
        (code, text): (&'t str, &'t str),
        texts: &mut Placed<'t>,
        repeated: &'static str,
    ) {
        let max = target.length_max.under(target.context.limits);
        if let Some(max) = max.filter(|max| length(text) > *max as usize) {
            let error = self
                .language_error(
                    rule!("langStringValueTooLong"),
                    target,
                    at.get("@value").unwrap_or(at),
                )
                .value(text)
                .restriction(max.to_string())
                .says(format!(
                    "'{}' is {} characters long; {max} are allowed.",
                    target.property,
                    length(text)
                ))
                .mend("Shorten it.");
            self.report(error);
        }
        let first = texts.iter().find(|(known, ..)| *known == code);
        let Some(&(_, _, first)) = first else {
            return texts.push((code, text, at));
        };
        let error = self
            .language_error(repeated, target, at)
            .related_to(Some(first.place()))
            .value(code)
            .says(format!(
                "'{}' has more than one string in the language '{code}'.",
                target.property
            ))
            .mend("Keep one string per language.");
        self.report(error);
    }

    /// One string of an array, with its language or without.
    fn read_tagged(&mut self, target: &Target<'t, '_>, value: Value<'t>, texts: &mut Placed<'t>) {
        let repeated = rule!("langStringElementCodeNotUnique");
        if let Some(text) = value.as_str() {
            return self.add_text(target, value, (DEFAULT_LANGUAGE, text), texts, repeated);
        }
        if !value.is_object() {
            let error = self
                .language_error(rule!("langStringElementNotStringOrObject"), target, value)
                .says(format!(
                    "'{}' has a value that is neither a string nor an object.",
                    target.property
                ))
                .mend("Write a string, or an object of strings by language.");
            return self.report(error);
        }
        let Some(code) = self.read_code(target, value) else {
            return;
        };
        let Some(text) = self.read_tagged_value(target, value) else {
            return;
        };
        self.check_tagged_members(target, value);
        match text {
            Some(text) => self.add_text(target, value, (code, text), texts, repeated),
            None => self.add_text(target, value, (code, ""), texts, repeated),
        }
    }

    fn read_code(&mut self, target: &Target<'t, '_>, value: Value<'t>) -> Option<&'t str> {
        let Some(language) = value.get("@language") else {
            return Some(DEFAULT_LANGUAGE);
        };
        let Some(code) = language.as_str().filter(|code| !code.is_empty()) else {
            let error = self
                .language_error(rule!("langStringElementCodeNotString"), target, language)
                .says(format!("'{}' has an '@language' that is not a string.", target.property))
                .mend("Write a language code, such as \"en\".");
            self.report(error);
            return None;
        };
        if !is_language_code(code) {
            let error = self
                .language_error(rule!("langStringElementInvalidCode"), target, language)
                .value(code)
                .says(format!("'{code}' is not a language code."))
                .mend("Use a code such as \"en\" or \"en-US\".");
            self.report(error);
        }
        Some(code)
    }

    /// The `@value` of a tagged string. The outer `None` means that the string is left out.
    fn read_tagged_value(
        &mut self,
        target: &Target<'t, '_>,
        value: Value<'t>,
    ) -> Option<Option<&'t str>> {
        let (rule, at) = match value.get("@value") {
            None => (rule!("langStringElementNoValue"), value),
            Some(found) => match found.as_str() {
                Some(text) => return Some(Some(text)),
                None => (rule!("langStringElementValueNotString"), found),
            },
        };
        let missing = at == value;
        let error = self
            .language_error(rule, target, at)
            .says(format!("'{}' has an object without a string as '@value'.", target.property))
            .mend("Add an '@value' with the string.");
        self.report(error);
        missing.then_some(None)
    }

    fn check_tagged_members(&mut self, target: &Target<'t, '_>, value: Value<'t>) {
        for (key, _) in value.members() {
            let name = key.as_str().unwrap_or_default();
            let rule = match name {
                "@value" | "@language" => continue,
                "@context" => rule!("langStringElementContext"),
                "@id" => rule!("langStringElementId"),
                "@graph" => rule!("langStringElementGraph"),
                _ if !name.starts_with('@') => rule!("langStringElementInvalidProp"),
                _ if !target.context.restricts_keywords() => continue,
                "@type" => rule!("langStringElementType"),
                _ => rule!("langStringElementKeyword"),
            };
            let mut error = self
                .language_error(rule, target, key)
                .says(format!("'{}' has a string with '{name}'.", target.property))
                .mend("Keep '@value' and '@language' only.");
            if matches!(
                error.short_id(),
                "langStringElementInvalidProp" | "langStringElementKeyword"
            ) {
                error = error.value(name);
            }
            self.report(error);
        }
    }

    /// An object of strings by language.
    fn read_language_map(
        &mut self,
        target: &Target<'t, '_>,
        map: Value<'t>,
        texts: &mut Placed<'t>,
    ) {
        let tagged = map.get("@language").is_some()
            && map.get("@value").is_some_and(|value| value.as_str().is_some())
            && map.members().count() == 2;
        if tagged {
            let error = self
                .language_error(rule!("langTagValueInLangMap"), target, map)
                .says(format!(
                    "'{}' is a string with '@language', which may stand in an array only.",
                    target.property
                ))
                .mend("Write an object of strings by language, such as {\"en\": \"Pump\"}.");
            self.report(error);
        }
        for (key, value) in map.members() {
            let name = key.as_str().unwrap_or_default();
            if !name.starts_with('@') {
                self.read_language_entry(target, key, value, texts);
            } else if !tagged {
                let error = self
                    .language_error(rule!("langMapObjKeyword"), target, key)
                    .value(name)
                    .says(format!("'{}' has '{name}' among its languages.", target.property))
                    .mend(format!("Remove '{name}'."));
                self.report(error);
            }
        }
    }

    fn read_language_entry(
        &mut self,
        target: &Target<'t, '_>,
        key: Value<'t>,
        value: Value<'t>,
        texts: &mut Placed<'t>,
    ) {
        let code = key.as_str().unwrap_or_default();
        if !is_language_code(code) {
            let error = self
                .language_error(rule!("langStringInvalidCode"), target, key)
                .value(code)
                .says(format!("'{code}' is not a language code."))
                .mend("Use a code such as \"en\" or \"en-US\".");
            self.report(error);
        }
        let Some(text) = value.as_str() else {
            let error = self
                .language_error(rule!("langStringValueNotString"), target, key)
                .value(code)
                .says(format!(
                    "'{}' has a value for '{code}' that is not a string.",
                    target.property
                ))
                .mend("Write a string.");
            return self.report(error);
        };
        self.add_text(target, value, (code, text), texts, rule!("langStringCodeNotUnique"));
    }
}

fn unplaced<'t>(texts: &Placed<'t>) -> Languages<'t> {
    texts.iter().map(|(code, text, _)| (*code, *text)).collect()
}
