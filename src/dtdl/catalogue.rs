//! The catalogue: all models that are known, linked; and uploads to it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::build::Builder;
use super::dtmi::Dtmi;
use super::engine::{Document, Fetched, FetchedDocument, Outcome, process};
use super::error::{ModelError, ModelErrors, rule};
use super::graph::Graph;
use super::model::Interface;
use super::policy::Policy;

/// All models that are known. Immutable and cheap to clone; an upload gives a new catalogue.
#[derive(Clone, Default)]
pub struct Catalogue(Arc<Inner>);

#[derive(Clone, Default)]
struct Inner {
    interfaces: IndexMap<Dtmi, Arc<Interface>>,
    /// The interfaces that extend each one directly.
    extended_by: HashMap<Dtmi, Vec<Dtmi>>,
    /// Interfaces that get no new twins.
    decommissioned: HashSet<Dtmi>,
    /// Every identifier that ever was here, in the order in which they came: names that were
    /// given in this order stay as they are when an interface goes.
    ever: IndexSet<Dtmi>,
}

/// What an upload would add to a catalogue.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// The interfaces that are new, in the order of the documents.
    pub added: Vec<Arc<Interface>>,
    /// The interfaces that the catalogue has already, just as they are in the upload.
    pub unchanged: Vec<Dtmi>,
}

impl Catalogue {
    /// A catalogue without models.
    pub fn empty() -> Catalogue {
        Catalogue::default()
    }

    /// Reads, resolves, links and checks documents, against each other and this catalogue, in
    /// any order and all or nothing, as DTDL itself has it. Nothing changes; see
    /// [`Catalogue::with`].
    ///
    /// Only what the documents need is looked at: models of the catalogue that they do not
    /// refer to play no part.
    pub fn plan(&self, docs: &[Document<'_>]) -> Result<Upload, ModelErrors> {
        self.plan_with(docs, &Policy::default())
    }

    /// The same under a policy.
    pub fn plan_with(&self, docs: &[Document<'_>], policy: &Policy) -> Result<Upload, ModelErrors> {
        self.plan_resolved(docs, policy, &mut |_| Vec::new())
    }

    /// The same, with documents from elsewhere for what is neither in the upload nor in the
    /// catalogue. What is fetched becomes part of the upload.
    pub fn plan_resolved(
        &self,
        docs: &[Document<'_>],
        policy: &Policy,
        resolve: &mut dyn FnMut(&[Dtmi]) -> Vec<FetchedDocument>,
    ) -> Result<Upload, ModelErrors> {
        let mut fetch = |missing: &[Dtmi]| {
            let mut fetched = self.closure_of(missing);
            let found: HashSet<_> = fetched.iter().map(|known| known.name.clone()).collect();
            let rest: Vec<_> =
                missing.iter().filter(|id| !found.contains(id.as_str())).cloned().collect();
            let known = fetched.drain(..).map(Fetched::Known).collect::<Vec<_>>();
            let new = if rest.is_empty() { Vec::new() } else { resolve(&rest) };
            known.into_iter().chain(new.into_iter().map(Fetched::New)).collect()
        };
        process(docs, policy, &mut fetch, |outcome| self.upload_of(&outcome))?
    }

    /// The texts of these interfaces and of all that they need.
    pub(super) fn closure_of(&self, wanted: &[Dtmi]) -> Vec<FetchedDocument> {
        let needed = self.with_needed(wanted).into_iter();
        let text = |interface: &Arc<Interface>| FetchedDocument {
            name: interface.id.to_string(),
            text: interface.source.clone(),
        };
        needed.map(text).collect()
    }

    /// These interfaces, and all that must be known for them to be understood, each once.
    pub fn with_needed(&self, wanted: &[Dtmi]) -> Vec<&Arc<Interface>> {
        let mut seen: HashSet<&Dtmi> = HashSet::new();
        let mut queue: Vec<&Arc<Interface>> = wanted.iter().filter_map(|id| self.get(id)).collect();
        let mut found = Vec::new();
        while let Some(interface) = queue.pop() {
            if seen.insert(&interface.id) {
                found.push(interface);
                queue.extend(interface.dependencies().iter().filter_map(|id| self.get(id)));
            }
        }
        found
    }

    fn upload_of(&self, outcome: &Outcome<'_, '_>) -> Result<Upload, ModelErrors> {
        let graph = outcome.graph;
        let mut builder = Builder::new(graph, self.known_in(graph, outcome));
        let mut upload = Upload::default();
        let mut errors = Vec::new();
        for &ix in &outcome.own {
            let id = graph.id_of(ix);
            let built = builder.build(ix);
            match self.find(&id) {
                None => upload.added.push(built),
                Some(known) if known.source == built.source => {
                    upload.unchanged.push(known.id.clone())
                }
                Some(known) => errors.push(changed(graph.place_of(ix), known)),
            }
        }
        if errors.is_empty() { Ok(upload) } else { Err(ModelErrors(errors)) }
    }

    /// The interfaces of the catalogue that the graph has, to be used as they are.
    fn known_in(
        &self,
        graph: &Graph<'_>,
        outcome: &Outcome<'_, '_>,
    ) -> HashMap<Dtmi, Arc<Interface>> {
        let own: HashSet<String> = outcome.own.iter().map(|ix| graph.id_of(*ix)).collect();
        let known = graph.interface_ids().into_iter().filter(|id| !own.contains(*id));
        known
            .filter_map(|id| self.find(id))
            .map(|known| (known.id.clone(), known.clone()))
            .collect()
    }

    /// This catalogue and the upload.
    pub fn with(&self, upload: &Upload) -> Catalogue {
        let mut grown = self.clone();
        grown.add(upload);
        grown
    }

    /// Adds the upload; costs no more than the upload when nobody else holds this catalogue.
    pub fn add(&mut self, upload: &Upload) {
        if upload.added.is_empty() {
            return;
        }
        let inner = Arc::make_mut(&mut self.0);
        for added in &upload.added {
            inner.ever.insert(added.id.clone());
            if inner.interfaces.insert(added.id.clone(), added.clone()).is_none() {
                for parent in &added.extends {
                    inner.extended_by.entry(parent.clone()).or_default().push(added.id.clone());
                }
            }
        }
    }

    /// This catalogue without these interfaces. That nothing needs them any more is for the
    /// caller to see to; see [`Catalogue::users_of`].
    pub fn without(&self, ids: &[Dtmi]) -> Catalogue {
        let mut inner = Inner::clone(&self.0);
        let gone: HashSet<&Dtmi> = ids.iter().collect();
        inner.interfaces.retain(|id, _| !gone.contains(id));
        inner.decommissioned.retain(|id| !gone.contains(id));
        inner.extended_by.retain(|id, heirs| {
            heirs.retain(|heir| !gone.contains(heir));
            !gone.contains(id)
        });
        Catalogue(Arc::new(inner))
    }

    /// This catalogue with interfaces decommissioned (no new twins), or taken into use again.
    pub fn with_commission(&self, ids: &[Dtmi], decommissioned: bool) -> Catalogue {
        let mut inner = Inner::clone(&self.0);
        for id in ids {
            match decommissioned {
                true => inner.decommissioned.insert(id.clone()),
                false => inner.decommissioned.remove(id),
            };
        }
        Catalogue(Arc::new(inner))
    }

    /// Whether an interface gets no new twins.
    pub fn is_decommissioned(&self, id: &Dtmi) -> bool {
        self.0.decommissioned.contains(id)
    }

    /// Whether the two are one: nothing was changed between them.
    pub fn is_same(&self, other: &Catalogue) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Every identifier that is here or was, in the order in which they first came.
    pub fn ids_ever(&self) -> impl ExactSizeIterator<Item = &Dtmi> {
        self.0.ever.iter()
    }

    /// The interface of this identifier.
    pub fn get(&self, id: &Dtmi) -> Option<&Arc<Interface>> {
        self.0.interfaces.get(id)
    }

    /// The interface of this identifier, given as text.
    pub fn find(&self, id: &str) -> Option<&Arc<Interface>> {
        self.0.interfaces.get(id)
    }

    /// The interface of this identifier, or else the first whose identifier differs from it by
    /// no more than the case of letters.
    pub fn find_in_any_case(&self, id: &str) -> Option<&Arc<Interface>> {
        self.find(id)
            .or_else(|| self.iter().find(|known| known.id.as_str().eq_ignore_ascii_case(id)))
    }

    /// All interfaces, in the order in which they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Interface>> {
        self.0.interfaces.values()
    }

    /// How many interfaces there are.
    pub fn len(&self) -> usize {
        self.0.interfaces.len()
    }

    /// Whether there is no interface.
    pub fn is_empty(&self) -> bool {
        self.0.interfaces.is_empty()
    }

    /// Whether `sub` is `sup` or extends it, directly or not. False if `sub` is not known.
    pub fn is_a(&self, sub: &Dtmi, sup: &Dtmi) -> bool {
        self.get(sub)
            .is_some_and(|interface| interface.id == *sup || interface.ancestors.contains(sup))
    }

    /// The interfaces that extend this one directly, in the order in which they were added.
    pub fn direct_subtypes(&self, id: &Dtmi) -> impl Iterator<Item = &Arc<Interface>> {
        let direct = self.0.extended_by.get(id).map(Vec::as_slice).unwrap_or_default();
        direct.iter().filter_map(|id| self.get(id))
    }

    /// All interfaces that extend this one, directly or not, each once; nearer ones first.
    pub fn subtypes(&self, id: &Dtmi) -> impl Iterator<Item = &Arc<Interface>> {
        let mut found: Vec<&Arc<Interface>> = self.direct_subtypes(id).collect();
        let mut seen: HashSet<&Dtmi> = found.iter().map(|interface| &interface.id).collect();
        let mut next = 0;
        while next < found.len() {
            let further = self.direct_subtypes(&found[next].id);
            found.extend(further.filter(|interface| seen.insert(&interface.id)));
            next += 1;
        }
        found.into_iter()
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Catalogue of {} interfaces", self.len())
    }
}

/// An interface that the catalogue has with other content.
fn changed(place: super::error::Place, known: &Interface) -> ModelError {
    let id = &known.id;
    ModelError::new(rule!("duplicateDefinition"))
        .at(place)
        .element(id.as_str())
        .says(format!("'{id}' is in the catalogue already, with other content."))
        .mend("Give the changed interface a new version number.")
}
