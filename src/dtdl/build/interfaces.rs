//! Building interfaces, with what they inherit.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::dtmi::Dtmi;
use super::super::graph::{Graph, Ix};
use super::super::model::{Content, ContentKind, Interface};
use super::contents::{build_content, comment_of, cotypes_of, languages_of};
use super::schemas::SchemaBuilder;
use super::source::source_of;

/// Builds the interfaces of a checked graph.
pub(crate) struct Builder<'g, 't> {
    graph: &'g Graph<'t>,
    schemas: SchemaBuilder<'g, 't>,
    /// Interfaces that need not be built: those of the catalogue, and those built already.
    known: HashMap<Dtmi, Arc<Interface>>,
    nested: HashMap<Ix, Vec<Ix>>,
}

impl<'g, 't> Builder<'g, 't> {
    /// A builder that takes these interfaces as they are.
    pub(crate) fn new(graph: &'g Graph<'t>, known: HashMap<Dtmi, Arc<Interface>>) -> Self {
        let mut nested: HashMap<Ix, Vec<Ix>> = HashMap::new();
        for (ix, element) in graph.own() {
            if let (true, Some((parent, _))) = (element.root == ix, element.parent) {
                nested.entry(graph.root_of(parent)).or_default().push(ix);
            }
        }
        Builder { graph, schemas: SchemaBuilder::new(graph), known, nested }
    }

    /// Builds an interface, and first all that it extends. Chains of `extends` are short by
    /// rule (10 in v2 and v3, 12 in v4), and without circles once checked.
    pub(crate) fn build(&mut self, ix: Ix) -> Arc<Interface> {
        let graph = self.graph;
        let element = graph.get(ix);
        let id = Dtmi::trusted(element.id.as_deref().unwrap_or_default());
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let parents: Vec<_> =
            distinct(element.children("extends")).map(|parent| self.build(parent)).collect();
        let own: Vec<_> = element
            .children("contents")
            .iter()
            .map(|content| build_content(graph, &mut self.schemas, *content, &id))
            .collect();
        let (contents, by_name) = inherit(&own, &parents);
        let extends: Box<[Dtmi]> = parents.iter().map(|parent| parent.id.clone()).collect();
        let nested = self.nested.get(&ix).map(Vec::as_slice).unwrap_or_default();
        let interface = Arc::new(Interface {
            dtdl_version: element.version,
            display_name: languages_of(element, "displayName"),
            description: languages_of(element, "description"),
            comment: comment_of(element),
            cotypes: cotypes_of(element),
            schemas: element
                .children("schemas")
                .iter()
                .map(|schema| self.schemas.build(*schema))
                .collect(),
            source: source_of(graph, ix, nested).into(),
            own_count: own.len() as u32,
            by_name,
            dependencies: dependencies(&extends, &own),
            contents,
            ancestors: ancestors_of(&parents),
            extends,
            id: id.clone(),
        });
        self.known.insert(id, interface.clone());
        interface
    }
}

fn distinct(targets: &[Ix]) -> impl Iterator<Item = Ix> {
    let mut seen = HashSet::new();
    targets.iter().copied().filter(move |target| seen.insert(*target))
}

/// The contents of an interface, and their order by name.
type Contents = (Arc<[Arc<Content>]>, Arc<[u32]>);

/// All contents of an interface with these own contents and parents. An interface that adds
/// nothing to its one parent shares the parent's list.
fn inherit(own: &[Arc<Content>], parents: &[Arc<Interface>]) -> Contents {
    match parents {
        [] => (own.into(), sorted_by_name(own).into()),
        [only] if own.is_empty() => (only.contents.clone(), only.by_name.clone()),
        [only] => {
            let contents = own.iter().chain(&*only.contents).cloned().collect();
            (contents, merged(own, only).into())
        }
        _ => {
            let mut taken: HashSet<*const Content> = HashSet::new();
            let all = own.iter().chain(parents.iter().flat_map(|parent| &*parent.contents));
            let contents: Vec<_> =
                all.filter(|content| taken.insert(Arc::as_ptr(content))).cloned().collect();
            let order = sorted_by_name(&contents);
            (contents.into(), order.into())
        }
    }
}

fn sorted_by_name(contents: &[Arc<Content>]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..contents.len() as u32).collect();
    order.sort_unstable_by(|a, b| contents[*a as usize].name.cmp(&contents[*b as usize].name));
    order
}

/// The order by name of own contents followed by those of a parent, whose order is known.
fn merged(own: &[Arc<Content>], parent: &Interface) -> Vec<u32> {
    let mut order = Vec::with_capacity(own.len() + parent.contents.len());
    let mut inherited = parent.by_name.iter().copied().peekable();
    let count = own.len() as u32;
    for at in sorted_by_name(own) {
        let name = &own[at as usize].name;
        while let Some(next) =
            inherited.next_if(|next| parent.contents[*next as usize].name < *name)
        {
            order.push(next + count);
        }
        order.push(at);
    }
    order.extend(inherited.map(|next| next + count));
    order
}

/// All interfaces that one with these parents extends, nearest first, each once.
fn ancestors_of(parents: &[Arc<Interface>]) -> Box<[Dtmi]> {
    let mut seen: HashSet<&Dtmi> = HashSet::new();
    let near = parents.iter().map(|parent| &parent.id);
    let far = parents.iter().flat_map(|parent| &parent.ancestors);
    near.chain(far).filter(|id| seen.insert(id)).cloned().collect()
}

fn dependencies(extends: &[Dtmi], own: &[Arc<Content>]) -> Box<[Dtmi]> {
    let components = own.iter().filter_map(|content| match &content.kind {
        ContentKind::Component { schema } => Some(schema),
        _ => None,
    });
    let mut seen = HashSet::new();
    extends.iter().chain(components).filter(|id| seen.insert(*id)).cloned().collect()
}
