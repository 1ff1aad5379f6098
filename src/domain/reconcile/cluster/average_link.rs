//! Clusters that are alike on average.
//!
//! The strongest pair of clusters joins first, as long as the mean weight between all their records
//! reaches the link threshold. Pairs that blocking did not find are weighed when they are needed. So
//! one wrong link does not chain two entities together, and a poor record joins by what it
//! shares with all of a cluster.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use rayon::prelude::*;

use super::super::dedupe::{Scored, ScoredPair};
use super::super::weigh::weight_of;
use super::{Cluster, Clusters};

/// A weight counts at most so many bits for and against: one pair is no proof for a whole cluster.
const BITS: (f64, f64) = (-12.0, 12.0);

/// Of two large clusters, so many records of each are weighed.
const RECORDS_WEIGHED_MAX: usize = 12;

/// Joins clusters that are linked on average.
pub struct AverageLink;

/// Sum and number of the weights between two clusters.
#[derive(Clone, Copy, Default)]
struct Link {
    sum: f64,
    count: f64,
}

/// A candidate of the queue: mean weight in 1/1024 bits, and the two clusters with their sizes when it was
/// made (a cluster that has grown since is another).
type Entry = (i64, Reverse<(u32, u32)>, (usize, usize));

/// The clusters of rows that hang together by scored pairs; others never meet. Rows are named by their places.
struct State<'a, 'b> {
    scored: &'a Scored<'b>,
    members: Vec<Vec<u32>>,
    links: Vec<BTreeMap<u32, Link>>,
    queue: BinaryHeap<Entry>,
    least: f64,
}

impl Cluster for AverageLink {
    fn cluster(&self, scored: &Scored<'_>) -> Clusters {
        let rows = scored.table.len();
        let mut together = Clusters::singletons(rows);
        for pair in scored.pairs {
            together.join(pair.a, pair.b);
        }
        let mut pairs: Vec<(u32, &ScoredPair)> =
            scored.pairs.iter().map(|pair| (together.of(pair.a), pair)).collect();
        pairs.par_sort_by_key(|(first, _)| *first);
        let sets: Vec<&[(u32, &ScoredPair)]> = pairs.chunk_by(|x, y| x.0 == y.0).collect();
        let joins: Vec<Vec<(u32, u32)>> =
            sets.par_iter().map(|pairs| joins(scored, pairs)).collect();
        let mut clusters = Clusters::singletons(rows);
        for (a, b) in joins.into_iter().flatten() {
            clusters.join(a, b);
        }
        clusters
    }
}

/// The rows that are joined, of those that hang together by these pairs.
fn joins(scored: &Scored<'_>, pairs: &[(u32, &ScoredPair)]) -> Vec<(u32, u32)> {
    let mut rows: Vec<u32> = pairs.iter().flat_map(|(_, pair)| [pair.a, pair.b]).collect();
    rows.sort_unstable();
    rows.dedup();
    let place = |row| rows.partition_point(|&other| other < row) as u32;
    let mut state = State {
        scored,
        members: rows.iter().map(|&row| vec![row]).collect(),
        links: vec![BTreeMap::new(); rows.len()],
        queue: BinaryHeap::new(),
        least: f64::from(weight_of(scored.plan.settings().thresholds.link)),
    };
    pairs.iter().for_each(|(_, pair)| state.add(place(pair.a), place(pair.b), pair));
    let mut joins = Vec::new();
    while let Some((_, Reverse((a, b)), sizes)) = state.queue.pop() {
        if (state.members[a as usize].len(), state.members[b as usize].len()) == sizes {
            state.join(a, b);
            joins.push((rows[a as usize], rows[b as usize]));
        }
    }
    joins
}

impl State<'_, '_> {
    fn add(&mut self, a: u32, b: u32, pair: &ScoredPair) {
        let link = Link { sum: clamp(f64::from(pair.total())), count: 1.0 };
        self.links[a as usize].insert(b, link);
        self.links[b as usize].insert(a, link);
        self.offer(a, b, link);
    }

    fn offer(&mut self, a: u32, b: u32, link: Link) {
        let mean = link.sum / link.count;
        if mean >= self.least {
            let (a, b) = (a.min(b), a.max(b));
            let sizes = (self.members[a as usize].len(), self.members[b as usize].len());
            self.queue.push(((mean * 1024.0) as i64, Reverse((a, b)), sizes));
        }
    }

    /// The second cluster goes into the first, and the links of both to others become one.
    fn join(&mut self, a: u32, b: u32) {
        let of_b = std::mem::take(&mut self.links[b as usize]);
        let of_a = std::mem::take(&mut self.links[a as usize]);
        let mut others: Vec<u32> = of_a.keys().chain(of_b.keys()).copied().collect();
        others.sort_unstable();
        others.dedup();
        let mut links = BTreeMap::new();
        for other in others.into_iter().filter(|&other| other != a && other != b) {
            let parts = [(a, &of_a), (b, &of_b)].map(|(from, links)| {
                links.get(&other).copied().unwrap_or_else(|| self.weigh(from, other))
            });
            let link =
                Link { sum: parts[0].sum + parts[1].sum, count: parts[0].count + parts[1].count };
            links.insert(other, link);
            let back = &mut self.links[other as usize];
            back.remove(&b);
            back.insert(a, link);
        }
        let moved = std::mem::take(&mut self.members[b as usize]);
        self.members[a as usize].extend(moved);
        for (&other, &link) in &links {
            self.offer(a, other, link);
        }
        self.links[a as usize] = links;
    }

    /// Weighs the pairs between two clusters that have none scored.
    fn weigh(&self, a: u32, b: u32) -> Link {
        let mut link = Link::default();
        let (rows_a, rows_b) = (&self.members[a as usize], &self.members[b as usize]);
        for &x in rows_a.iter().take(RECORDS_WEIGHED_MAX) {
            for &y in rows_b.iter().take(RECORDS_WEIGHED_MAX) {
                let allowed = self.scored.plan.allows(self.scored.table, x, y);
                let weight = if allowed { self.scored.weigh(x, y) } else { 0.0 };
                link.sum += clamp(weight);
                link.count += 1.0;
            }
        }
        // A sample stands for all.
        let all = (rows_a.len() * rows_b.len()) as f64;
        Link { sum: link.sum * all / link.count, count: all }
    }
}

fn clamp(bits: f64) -> f64 {
    bits.clamp(BITS.0, BITS.1)
}
