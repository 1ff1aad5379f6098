//! Comparison of interfaces, content by content.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::catalogue::Catalogue;
use super::super::dtmi::Dtmi;
use super::super::model::{CommandPayload, Content, ContentKind, Interface};
use super::change::{Changes, Compatibility, Impact, gravest};
use super::schemas::{compare_schemas, compare_semantics};

impl Catalogue {
    /// What changes for twins of one interface, and for clients that read them, if the twins get
    /// another: most often a newer version. Inherited contents are compared too, and components
    /// with the interfaces that they have on either side. `None` if either is not known.
    pub fn compatibility(&self, from: &Dtmi, to: &Dtmi) -> Option<Compatibility> {
        let (old, new) = (self.get(from)?, self.get(to)?);
        let mut comparison = Comparison { catalogue: self, seen: HashSet::new() };
        let mut changes = Changes::default();
        comparison.ancestors(&mut changes, old, new);
        comparison.interfaces(&mut changes, old, new);
        Some(Compatibility { from: from.clone(), to: to.clone(), changes: changes.found })
    }
}

impl Content {
    /// What the schema of a newer content asks of values of this one. Names and units aside.
    pub fn schema_impact(&self, newer: &Content) -> Impact {
        let mut changes = Changes::default();
        if let (Some(old), Some(new)) = (self.schema(), newer.schema()) {
            compare_schemas(&mut changes, old, new);
        }
        gravest(&changes.found)
    }
}

struct Comparison<'a> {
    catalogue: &'a Catalogue,
    /// Pairs of interfaces already compared: many components may have the same.
    seen: HashSet<(Dtmi, Dtmi)>,
}

impl Comparison<'_> {
    /// Relationships and roles ask what a twin is, so that an ancestor lost may end them.
    fn ancestors(&self, changes: &mut Changes, old: &Interface, new: &Interface) {
        for ancestor in old.ancestors() {
            if self.catalogue.is_a(&new.id, ancestor) {
                continue;
            }
            let message = format!("It no longer extends '{ancestor}'.");
            let mut newer = new.ancestors().iter();
            match newer.any(|other| other.without_version() == ancestor.without_version()) {
                true => changes.migrate(message, "let relationships aim at the newer version"),
                false => changes.breaks(message, "extend it still"),
            }
        }
    }

    fn interfaces(&mut self, changes: &mut Changes, old: &Interface, new: &Interface) {
        if !self.seen.insert((old.id.clone(), new.id.clone())) {
            return;
        }
        self.contents(changes, old.contents(), |name| new.content(name));
        let added = new.contents().iter();
        note_added(changes, added.filter(|content| old.content(&content.name).is_none()));
    }

    fn contents<'c>(
        &mut self,
        changes: &mut Changes,
        old: &[Arc<Content>],
        find: impl Fn(&str) -> Option<&'c Arc<Content>>,
    ) {
        for content in old {
            let other = find(&content.name);
            changes.inside(&content.name, |changes| match other {
                Some(other) if Arc::ptr_eq(content, other) => {}
                Some(other) => self.content(changes, content, other),
                None => changes.breaks(
                    format!("The {} is gone.", kind_name(&content.kind)),
                    "keep it, or carry its data elsewhere first",
                ),
            });
        }
    }

    fn content(&mut self, changes: &mut Changes, old: &Content, new: &Content) {
        let kinds = (kind_name(&old.kind), kind_name(&new.kind));
        if kinds.0 != kinds.1 {
            let message = format!("It was a {} and is a {} now.", kinds.0, kinds.1);
            return changes.breaks(message, "give the newer content another name");
        }
        compare_semantics(changes, old.semantic().copied(), new.semantic().copied());
        if let (Some(old), Some(new)) = (old.schema(), new.schema()) {
            changes.inside("schema", |changes| compare_schemas(changes, old, new));
        }
        if writable(&old.kind) && !writable(&new.kind) {
            let message = "It can no longer be written.".to_owned();
            changes.breaks(message, "keep it writable, or change the clients that write it");
        }
        match (&old.kind, &new.kind) {
            (ContentKind::Component { schema: old }, ContentKind::Component { schema: new }) => {
                self.components(changes, old, new);
            }
            (ContentKind::Command { .. }, ContentKind::Command { .. }) => {
                commands(changes, &old.kind, &new.kind);
            }
            _ => self.relationships(changes, &old.kind, &new.kind),
        }
    }

    fn components(&mut self, changes: &mut Changes, old: &Dtmi, new: &Dtmi) {
        if old == new {
            return;
        }
        if let (Some(old), Some(new)) = (self.catalogue.get(old), self.catalogue.get(new)) {
            self.interfaces(changes, old, new);
        }
    }

    fn relationships(&mut self, changes: &mut Changes, old: &ContentKind, new: &ContentKind) {
        let (
            ContentKind::Relationship {
                target: old_target,
                min_multiplicity: old_min,
                max_multiplicity: old_max,
                properties: old_properties,
                ..
            },
            ContentKind::Relationship {
                target: new_target,
                min_multiplicity: new_min,
                max_multiplicity: new_max,
                properties: new_properties,
                ..
            },
        ) = (old, new)
        else {
            return;
        };
        self.targets(changes, old_target.as_ref(), new_target.as_ref());
        if old_max.unwrap_or(u32::MAX) > new_max.unwrap_or(u32::MAX) {
            let message = "Fewer links are allowed now.".to_owned();
            changes.migrate(message, "close links beyond the limit first");
        }
        if old_min.unwrap_or(0) < new_min.unwrap_or(0) {
            let message = "More links are demanded now.".to_owned();
            changes.migrate(message, "add the links that are missing");
        }
        let find = |name: &str| new_properties.iter().find(|other| &*other.name == name);
        self.contents(changes, old_properties, find);
        let known = |name: &str| old_properties.iter().any(|other| &*other.name == name);
        let added = new_properties.iter();
        note_added(changes, added.filter(|property| !known(&property.name)));
    }

    fn targets(&self, changes: &mut Changes, old: Option<&Dtmi>, new: Option<&Dtmi>) {
        let Some(new) = new else {
            return;
        };
        let Some(old) = old else {
            let message = format!("Links may lead only to '{new}' now.");
            return changes.breaks(message, "close other links first");
        };
        if old == new || self.catalogue.is_a(old, new) {
            return;
        }
        let message = format!("Links led to '{old}' and must lead to '{new}' now.");
        match old.without_version() == new.without_version() || self.catalogue.is_a(new, old) {
            true => changes.migrate(message, "migrate the twins at the other end first"),
            false => changes.breaks(message, "give the newer relationship another name"),
        }
    }
}

fn note_added<'c>(changes: &mut Changes, added: impl Iterator<Item = &'c Arc<Content>>) {
    for content in added {
        let kind = kind_name(&content.kind);
        changes.inside(&content.name, |changes| match content.has_cotype("Required") {
            true => changes.migrate(
                format!("The {kind} is new and required."),
                "give it a value in each twin",
            ),
            false => changes.safe(format!("The {kind} is new.")),
        });
    }
}

/// Requests are sent by older clients and responses are read by them, so that the newer request
/// must accept what the older one did, and the older response what the newer one gives.
fn commands(changes: &mut Changes, old: &ContentKind, new: &ContentKind) {
    let (
        ContentKind::Command { request: old_request, response: old_response },
        ContentKind::Command { request: new_request, response: new_response },
    ) = (old, new)
    else {
        return;
    };
    changes.inside("request", |changes| match (old_request, new_request) {
        (Some(old), Some(new)) => payloads(changes, old, new),
        (None, Some(new)) if new.nullable => changes.safe("It is new.".to_owned()),
        (None, Some(_)) => changes.breaks("It is new.".to_owned(), "let it be null"),
        (Some(_), None) => changes.breaks("It is gone.".to_owned(), "accept it still"),
        (None, None) => {}
    });
    changes.inside("response", |changes| match (old_response, new_response) {
        (Some(old), Some(new)) => {
            let mut backward = Changes::default();
            payloads(&mut backward, new, old);
            if gravest(&backward.found) != Impact::Safe {
                let message = "Older clients may not understand it.".to_owned();
                changes.breaks(message, "change the clients first, or give a new command");
            }
        }
        (Some(_), None) => changes.breaks("It is gone.".to_owned(), "give it still"),
        (None, Some(_)) => changes.safe("It is new.".to_owned()),
        (None, None) => {}
    });
}

fn payloads(changes: &mut Changes, old: &CommandPayload, new: &CommandPayload) {
    if old.nullable && !new.nullable {
        let message = "It may no longer be null.".to_owned();
        changes.breaks(message, "let it be null still");
    }
    compare_semantics(changes, old.semantic, new.semantic);
    compare_schemas(changes, &old.schema, &new.schema);
}

fn kind_name(kind: &ContentKind) -> &'static str {
    match kind {
        ContentKind::Property { .. } => "property",
        ContentKind::Telemetry { .. } => "telemetry",
        ContentKind::Relationship { .. } => "relationship",
        ContentKind::Component { .. } => "component",
        ContentKind::Command { .. } => "command",
    }
}

fn writable(kind: &ContentKind) -> bool {
    match kind {
        ContentKind::Property { writable, .. } | ContentKind::Relationship { writable, .. } => {
            *writable
        }
        _ => false,
    }
}
