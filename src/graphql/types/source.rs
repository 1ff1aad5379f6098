//! `RecordSource`: how a source is read, and how far it is trusted.

use std::sync::Arc;

use async_graphql::dynamic::Type;

use crate::domain::fact::JsonMap;
use crate::graphql::build::{Answer, field, json, many, object, scalar, text_field};
use crate::graphql::scope::Reader;

/// A declared source.
pub struct Source {
    name: Arc<str>,
    declaration: Arc<JsonMap>,
}

impl Source {
    /// The source of that name.
    pub fn find(at: &Reader, name: &str) -> Option<Self> {
        at.engine.read(|state| {
            let declaration = state.sources.get(name)?.clone();
            Some(Self { name: name.into(), declaration })
        })
    }
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        text_field::<Source>("name", "String!", |s| &s.name).description("Its name."),
        field::<Source, _>("declaration", "JSON!", |s, _| {
            scalar(json(&serde_json::Value::Object((*s.declaration).clone()))?)
        })
        .description("Its declaration, as it was stated last."),
    ];
    vec![object("RecordSource", "How a source is read, and how far it is trusted.", fields).into()]
}

/// All declared sources, by name.
pub fn all(at: &Reader) -> Answer {
    let sources: Vec<Source> = at.engine.read(|state| {
        let all = state.sources.iter();
        all.map(|(name, declaration)| Source {
            name: name.clone(),
            declaration: declaration.clone(),
        })
        .collect()
    });
    many(sources)
}
