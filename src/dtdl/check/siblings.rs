//! Contents that name other contents of the interface: annotations and overrides.

use std::collections::{HashMap, HashSet};

use super::super::error::{ModelError, rule};
use super::super::graph::{Graph, Ix, Literal};
use super::super::metamodel::{Class, ClassSet, Rule, SupplementalProperty, registry};
use super::{Found, at_property};

/// Checks all interfaces: inherited contents name own ones, and the other way round.
pub(super) fn check(graph: &Graph<'_>) -> Found {
    let has_rules =
        |ix: &Ix| graph.get(*ix).types.iter().any(|found| found.rules.iter().any(names_sibling));
    let any = graph.own().any(|(ix, _)| has_rules(&ix));
    if !any {
        return Found::new();
    }
    let mut found = Found::new();
    let mut reported = HashSet::new();
    for (ix, _) in graph.unchecked().filter(|(_, element)| element.class == Class::Interface) {
        let mut contents = graph.all_contents(ix);
        contents.sort_unstable();
        if !contents.iter().any(has_rules) {
            continue;
        }
        let by_name: HashMap<&str, Ix> = contents
            .iter()
            .filter_map(|content| Some((graph.get(*content).text("name")?, *content)))
            .collect();
        for error in check_contents(graph, ix, &contents, &by_name) {
            let key = (error.id, error.element.clone(), error.other_element.clone());
            if reported.insert(key) {
                found.push((ix, error));
            }
        }
    }
    found
}

fn names_sibling(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::NamesSibling { .. }
            | Rule::NamesSiblingProperty { .. }
            | Rule::SchemaOfSiblingProperty { .. }
    )
}

fn check_contents(
    graph: &Graph<'_>,
    ix: Ix,
    contents: &[Ix],
    by_name: &HashMap<&str, Ix>,
) -> Vec<ModelError> {
    let mut errors = Vec::new();
    let mut named: HashMap<(&str, String), Ix> = HashMap::new();
    for &content in contents {
        for found in &graph.get(content).types {
            for rule in found.rules.iter().filter(|rule| names_sibling(rule)) {
                let (Rule::NamesSibling { by, .. }
                | Rule::NamesSiblingProperty { by, .. }
                | Rule::SchemaOfSiblingProperty { by, .. }) = rule
                else {
                    continue;
                };
                let Some(key) = graph.get(content).text(by) else {
                    continue;
                };
                let Some(&target) = by_name.get(key) else {
                    continue;
                };
                let naming = Naming { graph, content, target, key, by };
                match rule {
                    Rule::NamesSibling { any, names, other_than, .. } => {
                        errors.extend(naming.check_target(*any, names, other_than.as_deref()));
                    }
                    Rule::NamesSiblingProperty { path, .. } => {
                        errors.extend(naming.check_once(ix, path, &mut named));
                        errors.extend(naming.check_property(path));
                    }
                    Rule::SchemaOfSiblingProperty { path, .. } => {
                        errors.extend(naming.check_schema(path))
                    }
                    _ => {}
                }
            }
        }
    }
    errors
}

/// One content that names another.
struct Naming<'g, 't> {
    graph: &'g Graph<'t>,
    content: Ix,
    target: Ix,
    /// The name, and the property that holds it.
    key: &'g str,
    by: &'g str,
}

impl<'g> Naming<'g, '_> {
    fn error(&self, rule: &'static str) -> ModelError {
        at_property(self.graph, rule, self.content, self.by)
            .property(registry().term_of(self.by))
            .related_to(Some(self.graph.place_of(self.target)))
            .other_element(self.graph.id_of(self.target))
            .other_property("name")
            .value(self.key)
    }

    /// The named content must be of a class, and not of this type itself.
    fn check_target(
        &self,
        any: ClassSet,
        names: &str,
        other_than: Option<&str>,
    ) -> Vec<ModelError> {
        let (target, key) = (self.graph.get(self.target), self.key);
        let mut errors = Vec::new();
        if !any.has(target.class) {
            errors.push(
                self.error(rule!("notSiblingRequiredType"))
                    .type_name(names)
                    .says(format!("'{key}' is a {}, not a {names}.", target.class.name()))
                    .mend(format!("Name a {names}.")),
            );
        }
        if let Some(id) = other_than.filter(|id| target.types.iter().any(|found| found.id == *id)) {
            let term = registry().term_of(id);
            errors.push(
                self.error(rule!("disallowedType"))
                    .type_name(term)
                    .says(format!("'{key}' has the type '{term}' itself."))
                    .mend(format!("Name a content that is no '{term}'.")),
            );
        }
        errors
    }

    /// The identifier that the path property holds.
    fn path(&self, path: &str) -> Option<String> {
        match self.graph.get(self.content).literal(path) {
            Some(Literal::Identifier(id)) => Some(id.to_string()),
            _ => None,
        }
    }

    /// No two contents may name the same property of the same content.
    fn check_once(
        &self,
        ix: Ix,
        path: &str,
        named: &mut HashMap<(&'g str, String), Ix>,
    ) -> Option<ModelError> {
        let property = self.path(path)?;
        let first = *named.entry((self.key, property.clone())).or_insert(self.content);
        if first == self.content {
            return None;
        }
        let (by, via) = (registry().term_of(self.by), registry().term_of(path));
        let term = registry().term_of(&property);
        Some(
            ModelError::new(rule!("multipleReference"))
                .at(self.graph.place_of(first))
                .related_to(Some(self.graph.place_of(self.content)))
                .element(self.graph.id_of(ix))
                .property("contents")
                .other_element(path)
                .other_property(format!("'{by}' and '{via}'"))
                .value(format!("'{}' and '{term}'", self.key))
                .says(format!("More than one content overrides '{term}' of '{}'.", self.key))
                .mend("Keep one of them."),
        )
    }

    fn brought(&self, property: &str) -> Option<&'static SupplementalProperty> {
        let types = &self.graph.get(self.target).types;
        types.iter().find_map(|found| {
            let parent = found.parent.as_deref().and_then(|id| registry().supplemental(id));
            let all = found
                .properties
                .iter()
                .chain(parent.into_iter().flat_map(|parent| &parent.properties));
            all.into_iter().find(|brought| brought.id == property)
        })
    }

    /// The named property must be one that an extension's type brings to the named content.
    fn check_property(&self, path: &str) -> Option<ModelError> {
        let property = self.path(path)?;
        if self.brought(&property).is_some() {
            return None;
        }
        let target = self.graph.get(self.target);
        let term = registry().term_of(&property);
        let of_class = target.class.property(term, target.version).is_some();
        let (rule, says) = if of_class {
            (
                rule!("matchingPropertyNotSupplemental"),
                "belongs to its class and cannot be overridden",
            )
        } else {
            (rule!("noMatchingSupplementalProperty"), "is not one of its properties")
        };
        Some(
            self.error(rule)
                .type_name(target.class.name())
                .restriction(term)
                .says(format!("'{term}' of '{}' {says}.", self.key))
                .mend("Name a property that a type of an extension adds, such as 'unit'."),
        )
    }

    /// The schema must be the enumeration from which the named property takes its value.
    fn check_schema(&self, path: &str) -> Option<ModelError> {
        use super::super::metamodel::SupplementalValue;
        let brought = self.brought(&self.path(path)?)?;
        let SupplementalValue::Element { child_of: Some(wanted), .. } = &brought.value else {
            return None;
        };
        let schema = self.graph.id_of(self.graph.get(self.content).child("schema")?);
        if schema == *wanted {
            return None;
        }
        let (is, should) = (registry().term_of(&schema).to_owned(), registry().term_of(wanted));
        Some(
            at_property(self.graph, rule!("siblingPropertyMismatch"), self.content, "schema")
                .value(is.clone())
                .restriction(should)
                .says(format!(
                    "The schema is {is}, and the property that is overridden takes {should}."
                ))
                .mend(format!("Make the schema {should}.")),
        )
    }
}
