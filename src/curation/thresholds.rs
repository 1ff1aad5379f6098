//! From which probability records are linked, or put before a person.

use crate::domain::reconcile::Thresholds as Declared;
use crate::domain::reconcile::preset::ASSET_THRESHOLDS;

/// Both are probabilities from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From here on records are linked without asking.
    pub link: f64,
    /// From here on, and below `link`, a person is asked.
    pub review: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        let Declared { link, review, .. } = ASSET_THRESHOLDS;
        Self { link, review }
    }
}
