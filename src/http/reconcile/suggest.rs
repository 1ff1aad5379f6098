//! Entities, types and properties, as people type.

use serde_json::{Value, json};

use super::answer::{entity, kind};
use crate::curation::Curator;
use crate::domain::reconcile::asset::sheet::FIELD_NAMES;
use crate::domain::view::View;
use crate::dtdl::ContentKind;

/// Most suggestions in one answer.
pub const SUGGESTIONS_MAX: usize = 20;
/// How many suggestions can be skipped; who needs more types one more letter.
const SKIPPED_MAX: usize = 10_000;

/// What is asked for.
pub struct Prefix {
    /// What was typed.
    pub text: String,
    /// How many suggestions the client has already.
    pub skip: usize,
}

impl Prefix {
    /// The suggestions that were not shown yet.
    fn page(&self, all: impl Iterator<Item = Value>) -> Value {
        let result: Vec<Value> = all.skip(self.skip).take(SUGGESTIONS_MAX).collect();
        json!({"result": result})
    }

    fn fits(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.text.to_lowercase())
    }
}

/// Twins with a name or id that begins so.
pub fn entities(curation: &Curator, prefix: &Prefix) -> Value {
    let wanted = prefix.skip.min(SKIPPED_MAX) + SUGGESTIONS_MAX;
    let twins = curation.named_like(&prefix.text, wanted);
    let scope = curation.engine().scope(None, None);
    curation.engine().read(|state| {
        let view = View { state, scope };
        let page = twins.into_iter().skip(prefix.skip).take(SUGGESTIONS_MAX);
        let result: Vec<Value> = page
            .map(|twin| {
                let mut found = entity(&view, twin);
                found["notable"] = found["type"].take();
                found
            })
            .collect();
        json!({"result": result})
    })
}

/// Models whose name or id holds the text.
pub fn types(curation: &Curator, prefix: &Prefix) -> Value {
    let catalogue = curation.engine().catalogue();
    let types = catalogue.iter().map(|interface| kind(&catalogue, &interface.id));
    prefix.page(types.filter(|kind| {
        let texts = [&kind["id"], &kind["name"]];
        texts.iter().any(|text| text.as_str().is_some_and(|text| prefix.fits(text)))
    }))
}

/// Identity fields, and properties of all models, that hold the text.
pub fn properties(curation: &Curator, prefix: &Prefix) -> Value {
    let catalogue = curation.engine().catalogue();
    let mut names: Vec<&str> = FIELD_NAMES.to_vec();
    for interface in catalogue.iter() {
        let own = interface.own_contents().iter();
        names.extend(own.filter(|c| is_property(&c.kind)).map(|content| &*content.name));
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name) && prefix.fits(name));
    prefix.page(names.into_iter().map(property))
}

/// The properties that twins of a model may have: for fetching them.
pub fn proposals(curation: &Curator, of_type: &str, limit: usize) -> Value {
    let catalogue = curation.engine().catalogue();
    let contents = catalogue.find(of_type).into_iter().flat_map(|i| i.contents().to_vec());
    let own = contents.filter(|c| is_property(&c.kind)).map(|content| property(&content.name));
    let systems: Vec<String> = curation
        .engine()
        .read(|state| state.systems.keys().map(|system| format!("{ID_OF}{system}")).collect());
    let ids = systems.iter().map(|id| property(id));
    let properties: Vec<Value> = own.chain(ids).take(limit).collect();
    json!({"type": of_type, "limit": limit, "properties": properties})
}

/// What a property begins with that stands for the ids that a system gives: `id:erp`.
pub const ID_OF: &str = "id:";

fn property(name: &str) -> Value {
    json!({"id": name, "name": name})
}

fn is_property(kind: &ContentKind) -> bool {
    matches!(kind, ContentKind::Property { .. } | ContentKind::Telemetry { .. })
}
