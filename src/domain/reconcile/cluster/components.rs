//! Connected components.

use super::super::dedupe::Scored;
use super::super::weigh::weight_of;
use super::{Cluster, Clusters};

/// All that hangs together by pairs at or above the link threshold.
pub struct Components;

impl Cluster for Components {
    fn cluster(&self, scored: &Scored<'_>) -> Clusters {
        let Scored { plan, table, pairs, .. } = *scored;
        let mut clusters = Clusters::singletons(table.len());
        let least = weight_of(plan.settings().thresholds.link);
        for pair in pairs.iter().filter(|pair| pair.total() >= least) {
            clusters.join(pair.a, pair.b);
        }
        clusters
    }
}
