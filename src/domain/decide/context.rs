//! What a decision may know besides the state.

use std::sync::Arc;

use uuid::Uuid;

use crate::domain::id::TwinId;
use crate::domain::time::Timestamp;

/// Makes ids for new twins.
pub trait IdSource: Send {
    /// An id that was never given before; later ones sort after earlier ones.
    fn next(&mut self) -> Uuid;
}

/// Time, author and fresh ids.
pub struct Context<'a> {
    /// The moment of the decision.
    pub now: Timestamp,
    /// Who asks.
    pub actor: Arc<str>,
    /// Where ids of new twins come from.
    pub ids: &'a mut dyn IdSource,
}

impl Context<'_> {
    /// A fresh twin id.
    pub fn new_twin(&mut self) -> TwinId {
        TwinId(self.ids.next())
    }
}
