//! The models that a document names and that have no type yet.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationType, Selection, SelectionSet,
};

use async_graphql::{Value, Variables};

use super::served::Served;
use crate::dtdl::Dtmi;

/// The models without a type that the document needs: named by a fragment or by `__type`, or, in a
/// mutation, by their DTMI, because a twin of that model may be in the answer.
pub fn missing(served: &Served, document: &ExecutableDocument, variables: &Variables) -> Vec<Dtmi> {
    let mut search = Search { served, variables, found: Vec::new() };
    for fragment in document.fragments.values() {
        search.name(&fragment.node.type_condition.node.on.node);
        search.selections(&fragment.node.selection_set.node);
    }
    match &document.operations {
        DocumentOperations::Single(operation) => {
            search.operation(operation.node.ty, &operation.node.selection_set.node);
        }
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values() {
                search.operation(operation.node.ty, &operation.node.selection_set.node);
            }
        }
    }
    search.found
}

struct Search<'a> {
    served: &'a Served,
    variables: &'a Variables,
    found: Vec<Dtmi>,
}

impl Search<'_> {
    fn operation(&mut self, kind: OperationType, set: &SelectionSet) {
        self.selections(set);
        if kind != OperationType::Mutation {
            return;
        }
        for item in &set.items {
            if let Selection::Field(field) = &item.node {
                for (name, _) in &field.node.arguments {
                    if let Some(value) = self.argument(&field.node, name.node.as_str()) {
                        self.value(&value);
                    }
                }
            }
        }
    }

    fn selections(&mut self, set: &SelectionSet) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    self.introspected(&field.node);
                    self.selections(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => {
                    if let Some(condition) = &fragment.node.type_condition {
                        self.name(&condition.node.on.node);
                    }
                    self.selections(&fragment.node.selection_set.node);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn introspected(&mut self, field: &Field) {
        if field.name.node != "__type" {
            return;
        }
        if let Some(Value::String(name)) = self.argument(field, "name") {
            self.name(&name);
        }
    }

    /// An argument, with its variables filled in.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let value = field.get_argument(name)?.node.clone();
        value.into_const_with(|variable| self.variables.get(&variable).cloned().ok_or(())).ok()
    }

    fn name(&mut self, name: &str) {
        if let Some(model) = self.served.names.model(name) {
            self.need(model.clone());
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.dtmi(text),
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.value(field)),
            _ => {}
        }
    }

    fn dtmi(&mut self, text: &str) {
        if !text.starts_with("dtmi:") || text.len() > crate::domain::id::ID_BYTES_MAX {
            return;
        }
        let id = text.parse::<Dtmi>().ok();
        if let Some(id) = id.filter(|id| self.served.names.of(id).is_some()) {
            self.need(id);
        }
    }

    fn need(&mut self, model: Dtmi) {
        let is_known = self.served.catalogue.get(&model).is_some();
        if is_known && self.served.object(&model).is_none() && !self.found.contains(&model) {
            self.found.push(model);
        }
    }
}
