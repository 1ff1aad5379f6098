//! Evidence beyond two records' fields: what the other pairs say.

use super::dedupe::Scored;

/// Evidence that needs all scored pairs at once: neighbours that match, a unit seen elsewhere at the
/// same time, one record of a source that fits two of another. It is asked after the field
/// comparisons, in the order of registration, and adds to [`super::ScoredPair::structure`].
pub trait Structure: Send + Sync {
    /// The name that explanations show.
    fn name(&self) -> &str;

    /// The bits (log2 of a Bayes factor) that each pair gains or loses; as many as there are pairs.
    fn weigh(&self, scored: &Scored<'_>) -> Vec<f32>;
}
