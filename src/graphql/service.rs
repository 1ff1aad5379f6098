//! Serves the typed schema, and replaces it when models come.
//!
//! Every request first looks whether the schema still has the types of all that is known, which
//! costs one look at two counts, and waits for the next schema if not. So a client that has the
//! answer of an upload, an import or a new twin finds the types there, whoever made the change.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::dynamic::Schema;
use async_graphql::{Request, Response};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use parking_lot::RwLock;
use tokio::sync::Mutex;

use super::bounds::ReadBounds;
use super::demand;
use super::names::Names;
use super::schema;
use super::scope::Arrival;
use super::served::{Served, Wanted};
use super::transport::GraphqlService;
use super::world::World;
use crate::curation::Curator;
use crate::domain::state::State;
use crate::dtdl::{Catalogue, Dtmi};
use crate::engine::Engine;
use crate::feed::Feed;

/// GraphQL over the engine, typed by the models. Cloning it is cheap.
#[derive(Clone)]
pub struct SchemaService {
    inner: Arc<Inner>,
}

struct Inner {
    curator: Curator,
    engine: Engine,
    feed: Feed,
    bounds: Arc<ReadBounds>,
    current: RwLock<Arc<Built>>,
    /// What the next schema is made from; held while one is built, so that one is at a time.
    plan: Mutex<Plan>,
}

/// A schema that serves requests until the next one takes its place.
struct Built {
    schema: Schema,
    served: Arc<Served>,
    basis: Basis,
}

/// How much was known when a schema was built.
#[derive(Debug, Clone)]
struct Basis {
    /// The models.
    catalogue: Catalogue,
    /// How many models have, or had, twins: none of these is ever taken away, so the count tells.
    used: usize,
}

impl PartialEq for Basis {
    fn eq(&self, other: &Self) -> bool {
        self.catalogue.is_same(&other.catalogue) && self.used == other.used
    }
}

#[derive(Clone, Default)]
struct Plan {
    names: Arc<Names>,
    /// Models without twins that documents named.
    named: Vec<Dtmi>,
}

/// Why a schema could not be built: a defect of ours, or of a model that we let pass.
#[derive(Debug, thiserror::Error)]
#[error("the GraphQL schema cannot be built: {0}")]
pub struct SchemaFailed(String);

impl Basis {
    fn of(state: &State) -> Self {
        Self { catalogue: state.catalogue.clone(), used: state.graph.models().count() }
    }
}

impl SchemaService {
    /// Builds the schema of the models that are there.
    ///
    /// # Errors
    /// When the types do not fit together.
    pub fn start(
        curator: Curator,
        feed: Feed,
        bounds: ReadBounds,
    ) -> Result<Arc<Self>, SchemaFailed> {
        let engine = curator.engine().clone();
        let bounds = Arc::new(bounds);
        let mut plan = Plan::default();
        let base = Base { curator: &curator, engine: &engine, feed: &feed, bounds: &bounds };
        let built = base.build(&mut plan, None)?;
        let inner = Inner {
            curator,
            engine,
            feed,
            bounds,
            current: RwLock::new(Arc::new(built)),
            plan: Mutex::new(plan),
        };
        Ok(Arc::new(Self { inner: Arc::new(inner) }))
    }

    /// The served schema in GraphQL's own language.
    pub fn sdl(&self) -> String {
        self.inner.current().schema.sdl()
    }

    /// How many types models have in the served schema.
    pub fn model_types(&self) -> usize {
        self.inner.current().served.len()
    }
}

impl GraphqlService for SchemaService {
    fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        let inner = self.inner.clone();
        async move {
            let (schema, request) = inner.clone().ready(request).await;
            let response = schema.execute(request).await;
            // Whoever has the answer of an upload finds its types.
            inner.up_to_date(Vec::new()).await;
            response
        }
        .boxed()
    }

    fn subscribe(&self, request: Request) -> BoxStream<'static, Response> {
        let inner = self.inner.clone();
        let started = async move {
            let (schema, request) = inner.ready(request).await;
            schema.execute_stream(request)
        };
        started.into_stream().flatten().boxed()
    }
}

impl Built {
    /// The same schema, found to do for more that is known.
    fn on(&self, basis: Basis) -> Self {
        Self { schema: self.schema.clone(), served: self.served.clone(), basis }
    }
}

impl Inner {
    fn base(&self) -> Base<'_> {
        Base {
            curator: &self.curator,
            engine: &self.engine,
            feed: &self.feed,
            bounds: &self.bounds,
        }
    }

    fn current(&self) -> Arc<Built> {
        self.current.read().clone()
    }

    /// The schema for a request, and the request with the moment at which it came.
    async fn ready(self: Arc<Self>, mut request: Request) -> (Schema, Request) {
        let mut built = self.up_to_date(Vec::new()).await;
        let variables = std::mem::take(&mut request.variables);
        let missing = match request.parsed_query() {
            Ok(document) => demand::missing(&built.served, document, &variables),
            Err(_) => Vec::new(),
        };
        request.variables = variables;
        if !missing.is_empty() {
            built = self.up_to_date(missing).await;
        }
        let arrival = Arrival::now(&self.engine);
        (built.schema.clone(), request.data(arrival))
    }

    /// The schema with the types of all that is known, and of these models.
    async fn up_to_date(self: &Arc<Self>, missing: Vec<Dtmi>) -> Arc<Built> {
        let built = self.current();
        if missing.is_empty() && self.engine.read(Basis::of) == built.basis {
            return built;
        }
        let inner = self.clone();
        // Building is work for a thread of its own, and goes on when the client goes away.
        let rebuilt = tokio::spawn(async move { inner.rebuild(missing).await }).await;
        if let Err(error) = rebuilt {
            tracing::error!(%error, "building the GraphQL schema broke off; the one before is served on");
        }
        self.current()
    }

    async fn rebuild(self: Arc<Self>, missing: Vec<Dtmi>) {
        let mut plan = self.plan.lock().await;
        let basis = self.current().basis.clone();
        let room = self.bounds.named_models_max.saturating_sub(plan.named.len());
        let known = |model: &Dtmi| plan.named.contains(model);
        let new: Vec<Dtmi> = missing.into_iter().filter(|model| !known(model)).take(room).collect();
        if new.is_empty() && self.engine.read(Basis::of) == basis {
            return;
        }
        plan.named.extend(new);
        let (inner, mut next) = (self.clone(), plan.clone());
        let work = move || {
            let current = inner.current();
            let built = inner.base().build(&mut next, Some(&current));
            (built, next)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok((Ok(built), next)) => {
                *plan = next;
                *self.current.write() = Arc::new(built);
            }
            Ok((Err(error), _)) => self.keep(&error.to_string()),
            Err(error) => self.keep(&error.to_string()),
        }
    }

    /// Serves the schema before on, and does not try again until something else changes.
    fn keep(&self, error: &str) {
        tracing::error!(error, "models that were added have no GraphQL types");
        let mut current = self.current.write();
        *current = Arc::new(current.on(self.engine.read(Basis::of)));
    }
}

/// What all schemas of a service are built on.
struct Base<'a> {
    curator: &'a Curator,
    engine: &'a Engine,
    feed: &'a Feed,
    bounds: &'a Arc<ReadBounds>,
}

impl Base<'_> {
    /// The schema of what is known now.
    fn build(&self, plan: &mut Plan, current: Option<&Built>) -> Result<Built, SchemaFailed> {
        let started = std::time::Instant::now();
        let (served, basis) = self.serve(plan);
        // Types are only ever added while the models stay, so the same number is the same types.
        let same = |current: &&Built| {
            current.basis.catalogue.is_same(&basis.catalogue)
                && current.served.len() == served.len()
        };
        if let Some(current) = current.filter(same) {
            return Ok(current.on(basis));
        }
        let world = World {
            engine: self.engine.clone(),
            curator: self.curator.clone(),
            feed: self.feed.clone(),
            types: served.clone(),
            bounds: self.bounds.clone(),
        };
        let schema = schema::build(world).map_err(|error| SchemaFailed(error.to_string()))?;
        tracing::debug!(
            models = basis.catalogue.len(),
            types = served.len(),
            elapsed_ms = started.elapsed().as_millis(),
            "built the GraphQL schema"
        );
        Ok(Built { schema, served, basis })
    }

    /// Names the models that are known now, and decides which have types.
    fn serve(&self, plan: &mut Plan) -> (Arc<Served>, Basis) {
        let (used, basis) = self.engine.read(|state: &State| {
            let used: BTreeSet<Dtmi> = state.graph.models().cloned().collect();
            (used, Basis::of(state))
        });
        let catalogue = &basis.catalogue;
        // Also of models that are gone: the names of the others must not depend on that.
        if plan.names.len() < catalogue.ids_ever().len() {
            Arc::make_mut(&mut plan.names).extend(catalogue.ids_ever());
        }
        plan.named.retain(|model| catalogue.get(model).is_some());
        let wanted =
            Wanted { used: &used, named: &plan.named, fields_max: self.bounds.served_fields_max };
        let served = Served::plan(catalogue, plan.names.clone(), wanted);
        (Arc::new(served), basis)
    }
}
