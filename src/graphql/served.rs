//! Which models have GraphQL types: all of them while they are few, else those that can matter.
//!
//! async-graphql keeps about 1.5 kB for each field of each type, so the 1,364 models of
//! RealEstateCore with the fields of every twin take 70 MB, and twice that while a schema is
//! swapped. A real building uses some 80 of them. So in a large catalogue a model has types from
//! the moment that it has a twin, or that a document names it, and with it all that its fields
//! lead to. Names do not depend on this: they are given to all models.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::builtin;
use super::names::{ModelNames, Names};
use crate::dtdl::{Catalogue, Content, ContentKind, Dtmi, Interface};

/// The types of one built schema.
#[derive(Debug, Default)]
pub struct Served {
    /// The models when it was built.
    pub catalogue: Catalogue,
    /// The names of all models.
    pub names: Arc<Names>,
    objects: HashMap<Dtmi, Arc<str>>,
    interfaces: HashSet<Dtmi>,
    components: HashSet<Dtmi>,
}

/// The type of a field that leads to twins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Any twin.
    Twin,
    /// A twin of this model or a subtype, through the model's interface.
    Any(Dtmi, Arc<str>),
    /// A twin of exactly this model.
    Exactly(Dtmi, Arc<str>),
}

impl Target {
    /// The name of the type.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Twin => "Twin",
            Self::Any(_, name) | Self::Exactly(_, name) => name,
        }
    }

    /// Whether a twin of `model` may be there.
    pub fn admits(&self, catalogue: &Catalogue, model: &Dtmi) -> bool {
        match self {
            Self::Twin => true,
            Self::Any(root, _) => catalogue.is_a(model, root),
            Self::Exactly(only, _) => model == only,
        }
    }
}

/// What decides which models are served.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Models that have, or had, a twin.
    pub used: &'a BTreeSet<Dtmi>,
    /// Models that documents named.
    pub named: &'a [Dtmi],
    /// Fields of all types together up to which every model is served.
    pub fields_max: usize,
}

impl Served {
    /// Decides which models have types.
    pub fn plan(catalogue: &Catalogue, names: Arc<Names>, wanted: Wanted<'_>) -> Self {
        let mut plan = Self { catalogue: catalogue.clone(), names, ..Self::default() };
        let all = fields_of_all(catalogue) <= wanted.fields_max;
        let mut todo = Vec::new();
        for interface in catalogue.iter() {
            let id = &interface.id;
            if all || wanted.used.contains(id) || wanted.named.contains(id) {
                plan.need_object(id, &mut todo);
            }
        }
        let mut seen = HashSet::new();
        while let Some(model) = todo.pop() {
            if seen.insert(model.clone()) {
                plan.follow(&model, &mut todo);
            }
        }
        plan
    }

    /// The object type of a model, if it is served.
    pub fn object(&self, model: &Dtmi) -> Option<&Arc<str>> {
        self.objects.get(model)
    }

    /// Models with an object type, in the order of upload.
    pub fn objects(&self) -> impl Iterator<Item = (&Arc<Interface>, &ModelNames)> {
        self.listed(|id| self.objects.contains_key(id))
    }

    /// Models with an interface type, in the order of upload.
    pub fn interfaces(&self) -> impl Iterator<Item = (&Arc<Interface>, &ModelNames)> {
        self.listed(|id| self.interfaces.contains(id))
    }

    /// Models with a component type, in the order of upload.
    pub fn components(&self) -> impl Iterator<Item = (&Arc<Interface>, &ModelNames)> {
        self.listed(|id| self.components.contains(id))
    }

    /// The names of the interface types that twins of `model` implement.
    pub fn implemented(&self, model: &Dtmi) -> Vec<&Arc<str>> {
        let lineage = std::iter::once(model.clone()).chain(ancestors(&self.catalogue, model));
        let served: Vec<Dtmi> = lineage.filter(|id| self.interfaces.contains(id)).collect();
        served.iter().filter_map(|id| Some(&self.names.of(id)?.any)).collect()
    }

    /// The type of a field that leads to twins of `model`.
    pub fn target(&self, model: Option<&Dtmi>) -> Target {
        let named = model.and_then(|id| Some((id, self.names.of(id)?)));
        match named {
            Some((id, names)) if self.interfaces.contains(id) => {
                Target::Any(id.clone(), names.any.clone())
            }
            Some((id, names)) if self.objects.contains_key(id) => {
                Target::Exactly(id.clone(), names.object.clone())
            }
            _ => Target::Twin,
        }
    }

    /// The component type of a model.
    pub fn component(&self, model: &Dtmi) -> Option<&Arc<str>> {
        let served = self.components.contains(model);
        self.names.of(model).filter(|_| served).map(|names| &names.component)
    }

    /// The model that a caller means by a DTMI or the name of a type.
    pub fn find_model(&self, text: &str) -> Option<Dtmi> {
        let id = text.parse::<Dtmi>().ok();
        id.filter(|id| self.catalogue.get(id).is_some()).or_else(|| self.names.model(text).cloned())
    }

    /// How many types models have here.
    pub fn len(&self) -> usize {
        self.objects.len() + self.interfaces.len() + self.components.len()
    }

    /// Whether no model has a type.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn listed<'a>(
        &'a self,
        is_wanted: impl Fn(&Dtmi) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a Arc<Interface>, &'a ModelNames)> {
        let wanted = self.catalogue.iter().filter(move |i| is_wanted(&i.id));
        wanted.filter_map(|interface| Some((interface, self.names.of(&interface.id)?)))
    }

    fn need_object(&mut self, model: &Dtmi, todo: &mut Vec<Dtmi>) {
        let Some(names) = self.names.of(model) else {
            return;
        };
        if self.objects.insert(model.clone(), names.object.clone()).is_none() {
            todo.push(model.clone());
            self.need_interfaces(model, todo);
        }
    }

    /// The interfaces of a model: its own, if it has subtypes, and those of all that it extends.
    fn need_interfaces(&mut self, model: &Dtmi, todo: &mut Vec<Dtmi>) {
        let own = has_subtypes(&self.catalogue, model).then(|| model.clone());
        for id in own.into_iter().chain(ancestors(&self.catalogue, model)) {
            if self.interfaces.insert(id.clone()) {
                todo.push(id);
            }
        }
    }

    fn need_component(&mut self, model: &Dtmi) {
        if !self.components.insert(model.clone()) {
            return;
        }
        let Some(interface) = self.catalogue.get(model).cloned() else {
            return;
        };
        for content in interface.contents() {
            if let ContentKind::Component { schema, .. } = &content.kind {
                self.need_component(schema);
            }
        }
    }

    /// Serves what the fields of a served model lead to.
    fn follow(&mut self, model: &Dtmi, todo: &mut Vec<Dtmi>) {
        let Some(interface) = self.catalogue.get(model).cloned() else {
            return;
        };
        for content in interface.contents() {
            match &content.kind {
                ContentKind::Relationship { target: Some(target), .. } => {
                    if has_subtypes(&self.catalogue, target) {
                        self.need_interfaces(target, todo);
                    } else if self.catalogue.get(target).is_some() {
                        self.need_object(target, todo);
                    }
                }
                ContentKind::Component { schema, .. } => self.need_component(schema),
                ContentKind::Relationship { target: None, .. }
                | ContentKind::Property { .. }
                | ContentKind::Telemetry { .. }
                | ContentKind::Command { .. } => {}
            }
        }
    }
}

/// All that a model extends, nearest first, each once.
fn ancestors(catalogue: &Catalogue, model: &Dtmi) -> Vec<Dtmi> {
    catalogue.get(model).map(|interface| interface.ancestors().to_vec()).unwrap_or_default()
}

fn has_subtypes(catalogue: &Catalogue, model: &Dtmi) -> bool {
    catalogue.direct_subtypes(model).next().is_some()
}

fn fields_of_all(catalogue: &Catalogue) -> usize {
    let of_type = |interface: &Arc<Interface>| {
        let types = 1 + usize::from(has_subtypes(catalogue, &interface.id));
        types * (builtin::twin_fields().len() + interface.contents().len())
    };
    catalogue.iter().map(of_type).sum()
}

/// Whether a content becomes a field.
pub fn is_field(content: &Content) -> bool {
    !matches!(content.kind, ContentKind::Command { .. })
}
