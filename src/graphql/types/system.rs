//! `IdSystem`: a system that issues ids.

use std::sync::Arc;

use async_graphql::dynamic::Type;

use crate::graphql::build::{Answer, many, object, text_field};
use crate::graphql::scope::Reader;

/// A declared system.
pub struct System {
    /// Its name in external ids.
    pub name: Arc<str>,
    /// Its name for people.
    pub title: Arc<str>,
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        text_field::<System>("name", "String!", |s| &s.name)
            .description("Its name in external ids."),
        text_field::<System>("title", "String!", |s| &s.title).description("Its name for people."),
    ];
    vec![
        object("IdSystem", "A system that issues ids: an ERP, a CMMS, a device registry.", fields)
            .into(),
    ]
}

/// All declared systems, by name.
pub fn all(at: &Reader) -> Answer {
    let systems: Vec<System> = at.engine.read(|state| {
        let all = state.systems.iter();
        all.map(|(name, title)| System { name: name.clone(), title: title.clone() }).collect()
    });
    many(systems)
}
