//! Uploads of models, and what they would touch.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::error::EngineError;
use super::handle::Engine;
use crate::domain::command::{Command, UploadModels};
use crate::domain::decide::upload_without_retired;
use crate::domain::fact::PropertyPath;
use crate::domain::id::{Position, StreamKey, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::view::{Scope, View};
use crate::dtdl::{Catalogue, Compatibility, ContentKind, Document, Dtmi, Interface, Upload};

/// How often an upload is checked again because other models came between.
const UPLOAD_ATTEMPTS: usize = 5;
/// Twins looked at in one go; between two goes the writer gets its turn.
const LOOK_TWINS: usize = 2_000;
/// Twins and bindings that are told of each kind; the others are counted.
pub const TOUCHED_LISTED_MAX: usize = 50;

/// An upload that was checked, and what it was checked against.
#[derive(Debug, Clone)]
pub struct Planned {
    /// What it adds.
    pub upload: Arc<Upload>,
    /// The catalogue as it was then.
    pub catalogue: Catalogue,
}

/// A model of an upload of which an older version is stored.
#[derive(Debug, Clone)]
pub struct NewerVersion {
    /// The newer one.
    pub model: Dtmi,
    /// What differs from the version just before it, stored or in the same upload.
    pub compatibility: Compatibility,
    /// The older versions that are stored, oldest first.
    pub older: Vec<Dtmi>,
    /// Stored models that extend one of these, directly or not.
    pub heirs: Vec<Dtmi>,
    /// Stored models that have one of all these as a component, or in one.
    pub holders: Vec<Dtmi>,
}

/// Twins that exist now, and the bindings that measure them now.
#[derive(Debug, Clone, Default)]
pub struct Touched {
    /// How many twins.
    pub twins: usize,
    /// The first of them.
    pub first_twins: Vec<TwinId>,
    /// How many bindings.
    pub bindings: usize,
    /// The first of them.
    pub first_bindings: Vec<TouchedBinding>,
}

/// A binding that measures a touched twin.
#[derive(Debug, Clone)]
pub struct TouchedBinding {
    /// The stream.
    pub stream: StreamKey,
    /// The twin.
    pub twin: TwinId,
    /// What of it.
    pub path: PropertyPath,
}

impl Engine {
    /// Checks models against the catalogue and adds them, all or none.
    ///
    /// # Errors
    /// [`Rejection::InvalidModels`], or why the engine could not take them.
    pub async fn upload_models(
        &self,
        actor: &str,
        documents: Vec<(String, String)>,
    ) -> Result<(Planned, Position), EngineError> {
        let documents = Arc::new(documents);
        for _ in 0..UPLOAD_ATTEMPTS {
            let planned = self.plan_models(documents.clone()).await?;
            let Planned { upload, catalogue: checked_against } = planned.clone();
            let command = UploadModels { upload, checked_against };
            match self.submit(actor, Command::UploadModels(command)).await {
                Ok((_, position)) => return Ok((planned, position)),
                Err(EngineError::Rejected(Rejection::ModelsMoved)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Rejection::ModelsMoved.into())
    }

    /// Checks models against the catalogue, without adding them.
    ///
    /// # Errors
    /// [`Rejection::InvalidModels`].
    pub async fn plan_models(
        &self,
        documents: Arc<Vec<(String, String)>>,
    ) -> Result<Planned, EngineError> {
        let catalogue = self.catalogue();
        let planned = tokio::task::spawn_blocking(move || {
            let documents: Vec<Document<'_>> =
                documents.iter().map(|(name, text)| Document { name, text }).collect();
            let upload = catalogue.plan(&documents).map_err(Rejection::InvalidModels)?;
            upload_without_retired(&catalogue, &upload)?;
            Ok(Planned { upload: Arc::new(upload), catalogue })
        });
        planned.await.map_err(|e| EngineError::Unavailable(e.to_string()))?
    }

    /// The twins that are instances of exactly these models now, and the bindings that measure
    /// them now.
    pub fn touched(&self, models: &[Dtmi], scope: Scope) -> Touched {
        let mut touched = Touched::default();
        for model in models {
            let of_model = |state: &State| state.graph.of_model(model).cloned();
            let ids: Vec<TwinId> = self.read(of_model).into_iter().flatten().collect();
            for look in ids.chunks(LOOK_TWINS) {
                self.read(|state| {
                    let view = View { state, scope };
                    look.iter().for_each(|twin| touched.take_up(view, *twin, model));
                });
            }
        }
        touched
    }
}

impl Touched {
    fn take_up(&mut self, view: View<'_>, twin: TwinId, model: &Dtmi) {
        if view.twin(twin).is_none_or(|(_, existence)| existence.value.model != *model) {
            return;
        }
        self.twins += 1;
        if self.first_twins.len() < TOUCHED_LISTED_MAX {
            self.first_twins.push(twin);
        }
        for (stream, fact) in view.bindings(twin) {
            self.bindings += 1;
            if self.first_bindings.len() < TOUCHED_LISTED_MAX {
                let (stream, path) = (stream.key.clone(), fact.value.path.clone());
                self.first_bindings.push(TouchedBinding { stream, twin, path });
            }
        }
    }
}

impl Planned {
    /// The models of the upload of which an older version is stored, in the order of the upload.
    ///
    /// The upload itself touches no twin: versions live side by side. These are the models whose
    /// twins would have to be migrated for the newer version to take the older one's place.
    pub fn newer_versions(&self) -> Vec<NewerVersion> {
        let grown = self.catalogue.with(&self.upload);
        let versions = versions(&grown);
        let components = components(&self.catalogue);
        let added = self.upload.added.iter();
        let newer = added.filter_map(|added| {
            let all = versions.get(added.id.without_version().as_str())?;
            let older: Vec<&Dtmi> =
                all.iter().take_while(|id| **id != &added.id).copied().collect();
            let previous = older.last()?;
            let compatibility = grown.compatibility(previous, &added.id)?;
            let stored = older.into_iter().filter(|id| self.catalogue.get(id).is_some());
            let older: Vec<Dtmi> = stored.cloned().collect();
            if older.is_empty() {
                return None;
            }
            let (heirs, holders) = dependants(&self.catalogue, &components, &older);
            Some(NewerVersion { model: added.id.clone(), compatibility, older, heirs, holders })
        });
        newer.collect()
    }
}

/// All versions of each model, oldest first, by the identifier without version.
fn versions(catalogue: &Catalogue) -> HashMap<String, Vec<&Dtmi>> {
    let mut versions: HashMap<String, Vec<&Dtmi>> = HashMap::new();
    for interface in catalogue.iter() {
        versions.entry(interface.id.without_version()).or_default().push(&interface.id);
    }
    for known in versions.values_mut() {
        known.sort_by_key(|id| id.version());
    }
    versions
}

/// The models that have each model as a component.
fn components(catalogue: &Catalogue) -> BTreeMap<&Dtmi, Vec<&Arc<Interface>>> {
    let mut components: BTreeMap<&Dtmi, Vec<&Arc<Interface>>> = BTreeMap::new();
    for interface in catalogue.iter() {
        for content in interface.contents() {
            if let ContentKind::Component { schema } = &content.kind {
                components.entry(schema).or_default().push(interface);
            }
        }
    }
    components
}

/// The models that extend one of these, and the models that have one of all these inside.
fn dependants(
    catalogue: &Catalogue,
    components: &BTreeMap<&Dtmi, Vec<&Arc<Interface>>>,
    models: &[Dtmi],
) -> (Vec<Dtmi>, Vec<Dtmi>) {
    let mut known: BTreeSet<Dtmi> = models.iter().cloned().collect();
    let mut heirs = Vec::new();
    for heir in models.iter().flat_map(|model| catalogue.subtypes(model)) {
        if known.insert(heir.id.clone()) {
            heirs.push(heir.id.clone());
        }
    }
    let mut holders = Vec::new();
    let mut todo: Vec<Dtmi> = known.iter().cloned().collect();
    while let Some(part) = todo.pop() {
        for holder in components.get(&part).into_iter().flatten() {
            if known.insert(holder.id.clone()) {
                holders.push(holder.id.clone());
                todo.push(holder.id.clone());
            }
        }
    }
    holders.sort();
    (heirs, holders)
}
