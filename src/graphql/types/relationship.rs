//! `Relationship`: a typed edge between two twins.

use std::sync::Arc;

use async_graphql::dynamic::{FieldValue, Type};

use super::page;
use super::twin::optional;
use crate::domain::fact::{Ends, JsonMap};
use crate::domain::graph::Edge;
use crate::domain::id::RelationshipId;
use crate::domain::timeline::Fact;
use crate::domain::view::View;
use crate::graphql::build::{field, json, moment, object, optional_text, scalar, text, text_field};
use crate::graphql::scope::Reader;

/// A relationship, seen through a reader.
#[derive(Clone)]
pub struct EdgeAt {
    id: RelationshipId,
    ends: Ends,
    fact: Fact<JsonMap>,
    at: Arc<Reader>,
}

impl EdgeAt {
    /// A relationship that holds.
    pub fn new(at: &Arc<Reader>, view: &View<'_>, edge: &Edge) -> Option<Self> {
        let fact = edge.timeline.at(view.scope.moment, view.scope.known)?;
        Some(Self { id: edge.id, ends: edge.ends.clone(), fact: fact.clone(), at: at.clone() })
    }

    /// A relationship by its id, if it holds.
    pub fn find(at: &Arc<Reader>, id: RelationshipId) -> Option<Self> {
        at.view(|view| Self::new(at, &view, view.state.graph.edge(id)?))
    }

    /// What orders the relationships of a twin, and so their pages.
    pub fn cursor(&self) -> String {
        format!("{}/{}", self.ends.name, self.id)
    }
}

/// The type and its connection.
pub fn types() -> Vec<Type> {
    let fields = vec![
        field::<EdgeAt, _>("id", "ID!", |e, _| text(e.id.to_string())),
        text_field::<EdgeAt>("name", "String!", |e| &e.ends.name)
            .description("Its name in the model of its source."),
        field::<EdgeAt, _>("source", "Twin", |e, _| optional(&e.at, Some(e.ends.source)))
            .description("Where it starts."),
        field::<EdgeAt, _>("target", "Twin", |e, _| optional(&e.at, Some(e.ends.target)))
            .description("Where it leads."),
        field::<EdgeAt, _>("key", "String", |e, _| {
            optional_text(Some(&e.ends.key).filter(|key| !key.is_empty()))
        })
        .description("Tells parallel relationships apart; mostly null."),
        field::<EdgeAt, _>("properties", "JSON!", |e, _| {
            scalar(json(&serde_json::Value::Object(e.fact.value.clone()))?)
        }),
        field::<EdgeAt, _>("validFrom", "DateTime", |e, _| moment(e.fact.valid.from)),
        field::<EdgeAt, _>("validTo", "DateTime", |e, _| moment(e.fact.valid.to)),
        field::<EdgeAt, _>("recordedAt", "LogPosition!", |e, _| {
            text(e.fact.recorded_from.to_string())
        }),
    ];
    let relationship = object("Relationship", "A typed edge between two twins.", fields);
    let node = |edge: &EdgeAt| FieldValue::owned_any(edge.clone());
    let connection = page::connection("Relationship", "A page of relationships.", node);
    std::iter::once(relationship.into()).chain(connection).collect()
}
