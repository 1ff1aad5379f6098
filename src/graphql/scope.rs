//! The moment and position that a request reads at, and what it has read already.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use async_graphql::Result;
use async_graphql::dynamic::ResolverContext;
use parking_lot::Mutex;
use tokio::sync::OnceCell;

use super::args;
use super::build::Arg;
use super::error::GraphqlError;
use super::names::{ModelNames, Names};
use super::refusal::refused;
use super::served::Served;
use super::world::World;
use crate::domain::fact::PropertyPath;
use crate::domain::id::{Position, TwinId};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::domain::view::{Scope, View};
use crate::dtdl::Dtmi;
use crate::engine::{Engine, Measured};

/// The latest measurements of a twin, by path.
pub type Measurements = Arc<BTreeMap<PropertyPath, Measured>>;

/// When a request came and what was known then; taken once, so that all its fields agree.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The moment.
    pub now: Timestamp,
    /// The last position that could be read.
    pub head: Position,
}

impl Arrival {
    /// Now.
    pub fn now(engine: &Engine) -> Self {
        Self { now: engine.now(), head: engine.head() }
    }
}

/// Reads everything below one root field, through one scope.
pub struct Reader {
    /// The engine.
    pub engine: Engine,
    /// The types of the schema that runs the request.
    pub types: Arc<Served>,
    /// Moment and position.
    pub scope: Scope,
    /// Each twin's measurements, so that ten fields of one twin cost one look.
    measured: Mutex<HashMap<TwinId, Arc<OnceCell<Measurements>>>>,
    /// The names of all models, when some came after the schema was built.
    names: OnceLock<Arc<Names>>,
}

impl Reader {
    /// A reader through `scope`.
    pub fn new(world: &World, scope: Scope) -> Arc<Self> {
        Arc::new(Self {
            engine: world.engine.clone(),
            types: world.types.clone(),
            scope,
            measured: Mutex::default(),
            names: OnceLock::new(),
        })
    }

    /// A reader of the present, as known at `known`.
    pub fn present(world: &World, known: Position) -> Arc<Self> {
        let moment = world.engine.now();
        Self::new(world, Scope { moment, past: false, known })
    }

    /// Looks at the state through the scope. Keep it short: the writer waits meanwhile.
    pub fn view<R>(&self, look: impl FnOnce(View<'_>) -> R) -> R {
        let scope = self.scope;
        self.engine.read(|state: &State| look(View { state, scope }))
    }

    /// The names that a model has, also one that came after the schema was built: an upload shows
    /// the names that the next schema gives.
    pub fn names_of(&self, model: &Dtmi) -> Option<ModelNames> {
        if let Some(names) = self.types.names.of(model) {
            return Some(names.clone());
        }
        let names = self.names.get_or_init(|| {
            let catalogue = self.engine.catalogue();
            let mut names = Names::clone(&self.types.names);
            names.extend(catalogue.ids_ever());
            Arc::new(names)
        });
        names.of(model).cloned()
    }

    /// The latest measurements of a twin.
    ///
    /// # Errors
    /// When history has to be asked and the store does not answer.
    pub async fn measured(&self, twin: TwinId) -> Result<Measurements> {
        let cell = self.measured.lock().entry(twin).or_default().clone();
        let read = || async { self.engine.measured(twin, self.scope).await.map(Arc::new) };
        let found = cell.get_or_try_init(read).await;
        found.cloned().map_err(refused)
    }
}

/// The arguments of root fields that look at a moment.
pub const ARGUMENTS: &[Arg] = &[
    ("asOf", "DateTime", "Look at everything as it was at this moment, instead of now."),
    (
        "knownAt",
        "KnownAt",
        "Use only what was known at this position or moment: later corrections are not seen.",
    ),
];

/// The reader that a root field's arguments ask for.
///
/// # Errors
/// When an argument cannot be understood, or lies in the future.
pub async fn reader(ctx: &ResolverContext<'_>) -> Result<Arc<Reader>> {
    let world = ctx.data::<Arc<World>>()?;
    let arrival = match ctx.data_opt::<Arrival>() {
        Some(arrival) => *arrival,
        None => Arrival::now(&world.engine),
    };
    let as_of = args::moment(ctx, "asOf")?;
    let known = match args::known_at(ctx, "knownAt")? {
        None => arrival.head,
        Some(args::KnownAt::Position(known)) if known > arrival.head => {
            return Err(not_yet(known, arrival.head).into());
        }
        Some(args::KnownAt::Position(known)) => known,
        Some(args::KnownAt::Moment(moment)) => {
            let found = world.engine.store().position_at(moment).await;
            found.map_err(|error| refused(error.into()))?.min(arrival.head)
        }
    };
    let scope = Scope { moment: as_of.unwrap_or(arrival.now), past: as_of.is_some(), known };
    Ok(Reader::new(world, scope))
}

fn not_yet(asked: Position, head: Position) -> GraphqlError {
    GraphqlError::bad_user_input(format!(
        "knownAt: position {asked} is not written yet; the last one is {head}"
    ))
}
