//! An edge of the graph.

use crate::domain::fact::{Ends, JsonMap};
use crate::domain::id::RelationshipId;
use crate::domain::timeline::Timeline;

/// A relationship with its history.
#[derive(Debug)]
pub struct Edge {
    /// Its id.
    pub id: RelationshipId,
    /// What it joins.
    pub ends: Ends,
    /// When it held, with which properties.
    pub timeline: Timeline<JsonMap>,
}

impl Edge {
    pub(super) fn new(id: RelationshipId, ends: Ends) -> Self {
        Self { id, ends, timeline: Timeline::default() }
    }
}
