//! Which interfaces need which: what stands in the way of taking one away.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::dtmi::Dtmi;
use super::model::{Content, ContentKind, Interface};

/// How one interface needs another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UseKind {
    /// It extends it, directly.
    Extends,
    /// It has it as the component of this name.
    Component(Arc<str>),
    /// Its relationship of this name leads to it.
    Relationship(Arc<str>),
}

/// An interface that needs another.
#[derive(Clone, Debug)]
pub struct ModelUser {
    /// The interface that is needed.
    pub used: Dtmi,
    /// The interface that needs it.
    pub user: Dtmi,
    /// As what.
    pub kind: UseKind,
}

impl fmt::Display for ModelUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { used, user, kind } = self;
        match kind {
            UseKind::Extends => write!(f, "`{user}` extends `{used}`"),
            UseKind::Component(name) => write!(f, "`{user}` has `{used}` as component `{name}`"),
            UseKind::Relationship(name) => {
                write!(f, "the relationship `{name}` of `{user}` leads to `{used}`")
            }
        }
    }
}

impl Interface {
    /// Each interface that this one names itself, and as what.
    pub fn uses(&self) -> impl Iterator<Item = (&Dtmi, UseKind)> {
        let extended = self.extends.iter().map(|id| (id, UseKind::Extends));
        extended.chain(self.own_contents().iter().filter_map(|content| of_content(content)))
    }
}

fn of_content(content: &Content) -> Option<(&Dtmi, UseKind)> {
    match &content.kind {
        ContentKind::Component { schema } => {
            Some((schema, UseKind::Component(content.name.clone())))
        }
        ContentKind::Relationship { target: Some(target), .. } => {
            Some((target, UseKind::Relationship(content.name.clone())))
        }
        ContentKind::Relationship { target: None, .. }
        | ContentKind::Property { .. }
        | ContentKind::Telemetry { .. }
        | ContentKind::Command { .. } => None,
    }
}

impl Catalogue {
    /// What a path inside a model leads to: a content, or one of a component (`climate/setpoint`).
    pub fn content_at(&self, model: &Dtmi, path: &str) -> Option<&Arc<Content>> {
        let mut interface = self.get(model)?;
        let mut steps = path.split('/').peekable();
        while let Some(step) = steps.next() {
            let content = interface.content(step)?;
            if steps.peek().is_none() {
                return Some(content);
            }
            let ContentKind::Component { schema } = &content.kind else {
                return None;
            };
            interface = self.get(schema)?;
        }
        None
    }

    /// The other interfaces that need one of these.
    pub fn users_of(&self, ids: &[Dtmi]) -> impl Iterator<Item = ModelUser> {
        let used: HashSet<&Dtmi> = ids.iter().collect();
        let others = self.iter().filter(|known| !used.contains(&known.id)).collect::<Vec<_>>();
        others.into_iter().flat_map(move |known| {
            let found = known.uses().filter(|(id, _)| used.contains(id));
            let found = found.map(|(id, kind)| ModelUser {
                used: id.clone(),
                user: known.id.clone(),
                kind,
            });
            found.collect::<Vec<_>>()
        })
    }
}
