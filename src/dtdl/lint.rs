//! What is valid but not recommended: the sentences of the specification with SHOULD and
//! RECOMMENDED (rules `Recommendation-…`). All of them are about how a model is written, so one
//! walk over the text finds them.

use super::engine::Document;
use super::error::{ERRORS_MAX, ModelError};
use super::json::{Tree, Value};

/// Spells the id of a lint in full. The reference parser has none of these, so they are ours.
macro_rules! lint {
    ($name:literal) => {
        concat!("dtmi:counterpart:lint:", $name)
    };
}

/// Keywords that mean something in an element.
const KEYWORDS: [&str; 3] = ["@context", "@id", "@type"];
/// Where the identifiers begin for which a term stands.
const TERMED: [&str; 6] = [
    "dtmi:dtdl:instance:",
    "dtmi:dtdl:class:",
    "dtmi:standard:schema:",
    "dtmi:standard:unit:",
    "dtmi:standard:unitprefix:",
    "dtmi:standard:class:",
];
/// How the contexts of the language itself begin.
const DTDL: &str = "dtmi:dtdl:context;";
/// Properties whose values are texts in several languages.
const LOCALIZED: [&str; 2] = ["displayName", "description"];

/// What is valid in these documents, but not recommended, in the order of the texts. Documents
/// that are not JSON have none; at most [`ERRORS_MAX`] are told.
pub fn lint(docs: &[Document<'_>]) -> Vec<ModelError> {
    let mut found = Vec::new();
    for doc in docs {
        if let Ok(tree) = Tree::parse(doc.name, doc.text) {
            let mut walk = Walk { found: &mut found };
            walk.value(tree.root(), "", "", false);
        }
    }
    found
}

struct Walk<'f> {
    found: &'f mut Vec<ModelError>,
}

impl Walk<'_> {
    fn note(&mut self, at: Value<'_>, id: &'static str, element: &str, says: String, mend: String) {
        if self.found.len() >= ERRORS_MAX {
            return;
        }
        let error = ModelError::new(id).at(at.place()).says(says).mend(mend);
        let error = if element.is_empty() { error } else { error.element(element) };
        self.found.push(error);
    }

    /// A value of the property `key` of `element`. Texts do not nest deeper than the parser lets
    /// them, so that this ends.
    fn value(&mut self, value: Value<'_>, key: &str, element: &str, in_array: bool) {
        if value.is_object() {
            match value.get("@value") {
                Some(_) => self.literal(value, key, element, in_array),
                None => self.object(value, element),
            }
        } else if value.is_array() {
            for item in value.items() {
                self.value(item, key, element, true);
            }
        } else if let Some(text) = value.as_str()
            && let Some(term) = term_of(text)
        {
            self.prefer(value, element, text, term);
        }
    }

    fn object(&mut self, object: Value<'_>, outer: &str) {
        let element = object.get("@id").and_then(Value::as_str).unwrap_or(outer);
        for (key, value) in object.members() {
            let name = key.as_str().unwrap_or_default();
            match name {
                "@id" => {}
                "@context" => self.contexts(value, element),
                "@type" => self.types(value, element),
                _ => {
                    self.key(key, name, element);
                    let term = term_of_property(name).unwrap_or(name);
                    self.value(value, term, element, false);
                }
            }
        }
    }

    fn key(&mut self, key: Value<'_>, name: &str, element: &str) {
        if let Some(term) = term_of_property(name) {
            self.prefer(key, element, name, term);
        }
        if name.starts_with('@') && !KEYWORDS.contains(&name) {
            let says = format!("The keyword '{name}' means nothing here.");
            self.note(key, lint!("idleKeyword"), element, says, "Remove it.".to_owned());
        }
        if term_of_property(name).unwrap_or(name) == "commandType" {
            let says = "'commandType' is deprecated.".to_owned();
            self.note(key, lint!("deprecated"), element, says, "Remove it.".to_owned());
        }
    }

    fn prefer(&mut self, at: Value<'_>, element: &str, text: &str, term: &str) {
        let says = format!("'{text}' is written as an identifier, although it has a term.");
        self.note(at, lint!("preferTerm"), element, says, format!("Write '{term}'."));
    }

    fn types(&mut self, value: Value<'_>, element: &str) {
        let mut seen: Vec<&str> = Vec::new();
        let one = (!value.is_array()).then_some(value);
        for item in one.into_iter().chain(value.items()) {
            let Some(text) = item.as_str() else {
                continue;
            };
            let term = term_of(text);
            if let Some(term) = term {
                self.prefer(item, element, text, term);
            }
            let name = term.unwrap_or(text);
            if seen.contains(&name) {
                let says = format!("The type '{name}' is given more than once.");
                let mend = "Give each type once.".to_owned();
                self.note(item, lint!("repeatedType"), element, says, mend);
            }
            seen.push(name);
        }
    }

    fn contexts(&mut self, value: Value<'_>, element: &str) {
        let mut seen: Vec<&str> = Vec::new();
        for item in value.items() {
            let Some(text) = item.as_str() else {
                continue;
            };
            // A limit context such as `dtmi:dtdl:context;4#limits` goes with the language's own.
            let is_language = |text: &str| {
                text.starts_with(DTDL) && (!text.contains('#') || text.ends_with("#limitless"))
            };
            let clashes = |before: &str| {
                unversioned(before) == unversioned(text)
                    || (before.starts_with(DTDL) && is_language(text))
            };
            if let Some(before) = seen.iter().find(|before| clashes(before)) {
                let says = format!(
                    "The context '{text}' comes after '{before}', which is the same or another version of it."
                );
                let mend = "Keep one of them.".to_owned();
                self.note(item, lint!("repeatedContext"), element, says, mend);
            } else if is_language(text) && !seen.is_empty() {
                let says = format!("The context '{text}' comes after '{}'.", seen[0]);
                let mend = "Put the context of the language first.".to_owned();
                self.note(item, lint!("lateContext"), element, says, mend);
            }
            seen.push(text);
        }
    }

    /// A value in the long form, `{"@value": …}`.
    fn literal(&mut self, literal: Value<'_>, key: &str, element: &str, in_array: bool) {
        let has = |name: &str| literal.get(name).is_some();
        let (typed, localized) = (has("@type"), has("@language"));
        if !typed && !localized {
            let text = LOCALIZED.contains(&key) || in_array;
            let (id, missing) = match text {
                true => (lint!("missingLanguage"), "@language"),
                false => (lint!("missingType"), "@type"),
            };
            let says = format!("The value has no '{missing}'.");
            let mend = format!("Add '{missing}', or write the value without '@value'.");
            self.note(literal, id, element, says, mend);
        }
        // A text has a language, any other value a type; what else stands there is passed over.
        let own =
            if localized && (LOCALIZED.contains(&key) || !typed) { "@language" } else { "@type" };
        for (name, _) in literal.members() {
            let word = name.as_str().unwrap_or_default();
            if word != "@value" && word != own {
                let says = format!("'{word}' means nothing beside '@value' here.");
                self.note(name, lint!("idleKeyword"), element, says, "Remove it.".to_owned());
            }
        }
    }
}

/// The term of an identifier of the language that has one: `boolean` of
/// `dtmi:dtdl:instance:Schema:boolean;2`.
fn term_of(text: &str) -> Option<&str> {
    let is_termed = TERMED.iter().any(|start| text.starts_with(start));
    let of_extension = text.starts_with("dtmi:dtdl:extension:")
        && (text.contains(":class:") || text.contains(":unit:"));
    (is_termed || of_extension).then(|| last(text)).flatten()
}

/// The term of the identifier of a property: `comment` of `dtmi:dtdl:property:comment;2`.
fn term_of_property(name: &str) -> Option<&str> {
    let known = name.starts_with("dtmi:dtdl:property:")
        || name.starts_with("dtmi:standard:property:")
        || (name.starts_with("dtmi:dtdl:extension:") && name.contains(":property:"));
    known.then(|| last(name)).flatten()
}

/// An identifier without its version: path and fragment.
fn unversioned(id: &str) -> (&str, Option<&str>) {
    let path = id.split(';').next().unwrap_or(id);
    (path, id.split_once('#').map(|(_, fragment)| fragment))
}

fn last(id: &str) -> Option<&str> {
    let (path, _) = id.split_once(';')?;
    path.rsplit(':').next()
}
