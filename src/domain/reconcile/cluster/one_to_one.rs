//! At most one record of each source in a cluster.

use std::collections::{BTreeMap, BTreeSet};

use super::super::dedupe::{Scored, strongest_first};
use super::super::weigh::weight_of;
use super::{Cluster, Clusters};

/// The strongest pairs first; a pair that would bring two records of a source together is left out.
pub struct OneToOne;

impl Cluster for OneToOne {
    fn cluster(&self, scored: &Scored<'_>) -> Clusters {
        let Scored { plan, table, pairs, .. } = *scored;
        let least = weight_of(plan.settings().thresholds.link);
        let mut clusters = Clusters::singletons(table.len());
        let mut sources: BTreeMap<u32, BTreeSet<u16>> = BTreeMap::new();
        for pair in strongest_first(pairs).filter(|pair| pair.total() >= least) {
            let (a, b) = (clusters.of(pair.a), clusters.of(pair.b));
            if a == b {
                continue;
            }
            let held = |root: u32| {
                sources.get(&root).cloned().unwrap_or_else(|| BTreeSet::from([table.source(root)]))
            };
            let (in_a, in_b) = (held(a), held(b));
            if in_a.is_disjoint(&in_b) {
                let root = clusters.join(a, b);
                sources.insert(root, &in_a | &in_b);
            }
        }
        clusters
    }
}
