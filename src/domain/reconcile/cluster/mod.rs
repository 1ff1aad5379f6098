//! From scored pairs to clusters: each record in exactly one.

mod agglomerate;
mod average_link;
mod best_link;
mod components;
mod one_to_one;
mod sets;

pub use agglomerate::{Affinity, agglomerate};
pub use average_link::AverageLink;
pub use best_link::BestLink;
pub use components::Components;
pub use one_to_one::OneToOne;
pub use sets::Clusters;

use super::dedupe::Scored;

/// A way to make clusters. The scored pairs come in the order of their rows, each pair once.
pub trait Cluster: Send + Sync {
    /// Puts each row into exactly one cluster. The answer may not depend on the order of hash maps.
    fn cluster(&self, scored: &Scored<'_>) -> Clusters;
}
