//! What is right, and how right an answer is.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::tables;

/// Records by number, and the pairs of them that are one thing.
pub struct Truth {
    numbers: HashMap<String, u32>,
    pairs: HashSet<(u32, u32)>,
}

/// Right among found and among true ones.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    right: u64,
    found: u64,
    all: u64,
}

impl Tally {
    /// So many right ones among so many found and so many true ones.
    pub fn of(right: u64, found: u64, all: u64) -> Self {
        Self { right, found, all }
    }

    /// Adds what another tally counted.
    pub fn add(&mut self, other: Self) {
        self.right += other.right;
        self.found += other.found;
        self.all += other.all;
    }

    /// Without what another tally counted, which is a part of this one.
    pub fn less(self, part: Self) -> Self {
        Self::of(self.right - part.right, self.found - part.found, self.all - part.all)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(self) -> f64 {
        2.0 * self.right as f64 / ((self.found + self.all) as f64).max(1.0)
    }

    /// Right by found; `None` when nothing was found.
    pub fn precision(self) -> Option<f64> {
        (self.found > 0).then(|| self.right as f64 / self.found as f64)
    }
}

/// How right an answer is.
pub struct Rates {
    /// Pairs at a probability of one half or more.
    pub pairs: Tally,
    /// Pairs in one cluster.
    pub clusters: Tally,
    /// Pairs that are linked without asking.
    pub linked: Tally,
    /// Pairs that a person is asked about.
    pub doubtful: Tally,
}

impl Truth {
    /// Reads the records and the true pairs of a folder.
    pub fn read(records: &Path, pairs: &Path) -> Result<Self, String> {
        let ids = tables::read(records, ["record_id"])?;
        let numbers: HashMap<String, u32> = ids.into_iter().map(|[id]| id).zip(0..).collect();
        let mut truth = Self { numbers, pairs: HashSet::new() };
        for [a, b] in tables::read(pairs, ["id_a", "id_b"])? {
            let pair = truth.pair(&a, &b)?;
            truth.pairs.insert(pair);
        }
        Ok(truth)
    }

    /// How right files of scores and of clusters are; `thresholds` are from where on to review and to link.
    pub fn rates(
        &self,
        scores: &Path,
        clusters: &Path,
        (review, link): (f64, f64),
    ) -> Result<Rates, String> {
        let mut rates = Rates {
            pairs: Tally::of(0, 0, self.pairs.len() as u64),
            clusters: self.of_clusters(clusters)?,
            linked: Tally::default(),
            doubtful: Tally::default(),
        };
        for [a, b, score] in tables::read(scores, ["id_a", "id_b", "score"])? {
            let right = u64::from(self.pairs.contains(&self.pair(&a, &b)?));
            let found = Tally::of(right, 1, 0);
            let score: f64 = score.parse().map_err(|_| format!("`{score}` is no number"))?;
            if score >= 0.5 {
                rates.pairs.add(found);
            }
            if score >= link {
                rates.linked.add(found);
            } else if score >= review {
                rates.doubtful.add(found);
            }
        }
        Ok(rates)
    }

    fn of_clusters(&self, path: &Path) -> Result<Tally, String> {
        let mut names: HashMap<String, u64> = HashMap::new();
        let mut of: HashMap<u32, String> = HashMap::new();
        for [record, cluster] in tables::read(path, ["record_id", "cluster_id"])? {
            of.insert(self.number(&record)?, cluster.clone());
            *names.entry(cluster).or_default() += 1;
        }
        let same = |&&(a, b): &&(u32, u32)| of.contains_key(&a) && of.get(&a) == of.get(&b);
        let right = self.pairs.iter().filter(same).count() as u64;
        let found = names.values().map(|&size| pairs_of(size)).sum();
        Ok(Tally::of(right, found, self.pairs.len() as u64))
    }

    fn pair(&self, a: &str, b: &str) -> Result<(u32, u32), String> {
        let (a, b) = (self.number(a)?, self.number(b)?);
        Ok((a.min(b), a.max(b)))
    }

    fn number(&self, id: &str) -> Result<u32, String> {
        self.numbers.get(id).copied().ok_or_else(|| format!("`{id}` is no record"))
    }
}

/// How many pairs so many records make.
pub fn pairs_of(records: u64) -> u64 {
    records * records.saturating_sub(1) / 2
}
