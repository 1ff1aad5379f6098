//! Pairs and clusters say the same.
//!
//! A cluster is decided by all its records, so it knows more than one pair: two records that share
//! little are one thing when both fit the rest, and two that look alike are not when their clusters
//! differ. After clustering, pairs inside a cluster stand at the link threshold or above it, and all
//! others below.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::cluster::Clusters;
use super::dedupe::{Scored, ScoredPair};
use super::weigh::weight_of;

/// A likely pair that its clusters part stands so many bits below the threshold: a case for review.
const PARTED_BITS: f32 = 1.0;

/// Pairs that were not kept are added to clusters of at most so many records.
const CLUSTER_RECORDS_MAX: usize = 200;

/// One weight counts at most so many bits in a mean.
const BITS_MAX: f32 = 12.0;

/// All pairs as the clusters see them, by rows; [`ScoredPair::structure`] holds what changed.
pub(super) fn settle(scored: &Scored<'_>, clusters: &Clusters) -> Vec<ScoredPair> {
    let least = weight_of(scored.plan.settings().thresholds.link);
    let mut within: BTreeMap<u32, Vec<ScoredPair>> = BTreeMap::new();
    let mut settled = Vec::with_capacity(scored.pairs.len());
    for &pair in scored.pairs {
        let cluster = clusters.of(pair.a);
        if cluster == clusters.of(pair.b) {
            within.entry(cluster).or_default().push(pair);
        } else {
            let most = least - PARTED_BITS;
            settled.push(moved(pair, pair.total().min(most)));
        }
    }
    let groups = clusters.groups();
    let inside: Vec<Vec<ScoredPair>> = groups
        .par_iter()
        .map(|rows| {
            let known = within.get(&rows[0]).map_or(&[][..], Vec::as_slice);
            if rows.len() > CLUSTER_RECORDS_MAX {
                let at_least = |p: &ScoredPair| moved(*p, p.total().max(least));
                return known.iter().map(at_least).collect();
            }
            whole(scored, rows, known, least)
        })
        .collect();
    settled.extend(inside.into_iter().flatten());
    settled.par_sort_unstable_by_key(|pair| (pair.a, pair.b));
    settled
}

fn moved(pair: ScoredPair, total: f32) -> ScoredPair {
    ScoredPair { structure: pair.structure + total - pair.total(), ..pair }
}

/// All pairs of a cluster. `known` are those that were kept.
fn whole(scored: &Scored<'_>, rows: &[u32], known: &[ScoredPair], least: f32) -> Vec<ScoredPair> {
    let mut pairs = known.to_vec();
    for (index, &a) in rows.iter().enumerate() {
        for &b in &rows[index + 1..] {
            let place = known.binary_search_by_key(&(a, b), |pair| (pair.a, pair.b));
            if place.is_err() && scored.plan.allows(scored.table, a, b) {
                let pattern = scored.plan.compare(scored.table, a, b);
                let weight = scored.weights.total(scored.plan, scored.table, (a, b), pattern);
                pairs.push(ScoredPair { a, b, pattern, weight: weight as f32, structure: 0.0 });
            }
        }
    }
    let mut fits: BTreeMap<u32, (f32, f32)> = BTreeMap::new();
    for pair in &pairs {
        let weight = pair.total().clamp(-BITS_MAX, BITS_MAX);
        for row in [pair.a, pair.b] {
            let (sum, count) = fits.entry(row).or_default();
            (*sum, *count) = (*sum + weight, *count + 1.0);
        }
    }
    let fit = |row: u32| fits.get(&row).map_or(0.0, |(sum, count)| sum / count);
    pairs
        .into_iter()
        .map(|pair| {
            // As much as the worse of the two fits the cluster, at least the threshold.
            let common = fit(pair.a).min(fit(pair.b)).max(least);
            moved(pair, pair.total().max(common))
        })
        .collect()
}
