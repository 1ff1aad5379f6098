//! Each record joins the one that it fits best.

use super::super::dedupe::Scored;
use super::super::weigh::weight_of;
use super::{Cluster, Clusters};

/// Only a record's strongest pair at or above the link threshold links it (ties: the lower row).
pub struct BestLink;

impl Cluster for BestLink {
    fn cluster(&self, scored: &Scored<'_>) -> Clusters {
        let Scored { plan, table, pairs, .. } = *scored;
        let least = weight_of(plan.settings().thresholds.link);
        let mut best: Vec<Option<(f32, u32)>> = vec![None; table.len()];
        for pair in pairs.iter().filter(|pair| pair.total() >= least) {
            for (row, other) in [(pair.a, pair.b), (pair.b, pair.a)] {
                let best = &mut best[row as usize];
                let better = best.is_none_or(|(weight, old)| {
                    (pair.total(), std::cmp::Reverse(other)) > (weight, std::cmp::Reverse(old))
                });
                if better {
                    *best = Some((pair.total(), other));
                }
            }
        }
        let mut clusters = Clusters::singletons(table.len());
        for (row, link) in best.iter().enumerate() {
            if let Some((_, other)) = link {
                clusters.join(row as u32, *other);
            }
        }
        clusters
    }
}
