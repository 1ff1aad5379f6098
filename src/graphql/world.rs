//! What resolvers can reach.

use std::sync::Arc;

use super::bounds::ReadBounds;
use super::served::Served;
use crate::curation::Curator;
use crate::engine::Engine;
use crate::feed::Feed;

/// What resolvers can reach: one for each built schema.
pub struct World {
    /// Reads and writes.
    pub engine: Engine,
    /// Names, matching and what is to be decided.
    pub curator: Curator,
    /// What happens to twins.
    pub feed: Feed,
    /// The types of this schema.
    pub types: Arc<Served>,
    /// How much one field may read.
    pub bounds: Arc<ReadBounds>,
}
