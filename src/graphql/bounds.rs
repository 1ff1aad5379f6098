//! How much one field may read, and how many types are served.

use serde::{Deserialize, Serialize};

/// Bounds of what one field reads. Over a bound on an argument the caller gets a typed error;
/// over the others less is read than there is, and the answer says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadBounds {
    /// Items of a page when `first` is left out.
    pub page_items_default: usize,
    /// Most items of a page.
    pub page_items_max: usize,
    /// Most readings of a page of history.
    pub history_readings_max: usize,
    /// Most relationships that a walk may go away from its start.
    pub depth_max: usize,
    /// Most twins that a walk visits.
    pub walk_twins_max: usize,
    /// Twins looked at in one go; between two goes the writer gets its turn.
    pub scan_chunk_twins: usize,
    /// Most twins of one subscription that names twins or a place.
    pub subscription_twins_max: usize,
    /// Fields of all types together up to which every model has a type. Beyond, models get types
    /// when they have twins, or when a document names them.
    pub served_fields_max: usize,
    /// Most models without twins that have a type because a document named them.
    pub named_models_max: usize,
    /// Most models that one upload may hold.
    pub upload_documents_max: usize,
}

impl Default for ReadBounds {
    fn default() -> Self {
        Self {
            page_items_default: 50,
            page_items_max: 1_000,
            history_readings_max: 5_000,
            depth_max: 32,
            walk_twins_max: 20_000,
            scan_chunk_twins: 2_000,
            subscription_twins_max: 10_000,
            served_fields_max: 12_000,
            named_models_max: 200,
            upload_documents_max: 10_000,
        }
    }
}
