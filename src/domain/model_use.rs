//! What uses a model: twins now and ever, and other models.

use std::fmt;

use super::id::TwinId;
use super::state::State;
use super::time::Interval;
use crate::dtdl::{Dtmi, ModelUser};

/// Uses that a refusal lists; more are counted.
pub const USES_LISTED_MAX: usize = 20;

/// One use of a model.
#[derive(Debug, Clone)]
pub enum ModelUse {
    /// A twin is, or was, or was once believed to be, an instance of it.
    Twin {
        /// The model.
        model: Dtmi,
        /// The twin.
        twin: TwinId,
        /// When, as it was last known.
        valid: Interval,
    },
    /// Another model needs it.
    Model(ModelUser),
}

impl fmt::Display for ModelUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Twin { model, twin, valid } => {
                write!(f, "twin {twin} is known as a `{model}` {valid}")
            }
            Self::Model(user) => user.fmt(f),
        }
    }
}

/// All that uses one of these models, besides themselves: other models first.
pub fn uses<'a>(state: &'a State, models: &'a [Dtmi]) -> impl Iterator<Item = ModelUse> + 'a {
    let users = state.catalogue.users_of(models).map(ModelUse::Model);
    users.chain(models.iter().flat_map(move |model| twins_ever(state, model)))
}

/// The twins that ever were instances of exactly this model.
fn twins_ever<'a>(state: &'a State, model: &'a Dtmi) -> impl Iterator<Item = ModelUse> + 'a {
    let ids = state.graph.of_model(model).into_iter().flatten();
    ids.filter_map(move |id| {
        let node = state.graph.twin(*id)?;
        let of_model = node.existence.facts().filter(|fact| fact.value.model == *model);
        let fact = of_model.max_by_key(|fact| fact.recorded_to)?;
        Some(ModelUse::Twin { model: model.clone(), twin: *id, valid: fact.valid })
    })
}
