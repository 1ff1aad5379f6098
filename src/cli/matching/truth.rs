//! How right an answer is, when the true pairs are known.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::records::{column, text_of};
use crate::cli::output::Failure;
use crate::domain::reconcile::{Clusters, Found, Table};

/// Precision, recall and F1 of pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Right pairs by found pairs.
    pub precision: f64,
    /// Right pairs by true pairs.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

impl Rates {
    fn of(right: usize, found: usize, all: usize) -> Self {
        let share = |n: usize, of: usize| if of == 0 { 0.0 } else { n as f64 / of as f64 };
        let f1 = share(2 * right, found + all);
        Self { precision: share(right, found), recall: share(right, all), f1 }
    }
}

/// The true pairs, by rows (the lower first).
pub struct Truth(HashSet<(u32, u32)>);

impl Truth {
    /// Reads `id_a,id_b`.
    ///
    /// # Errors
    /// When the file cannot be read, or names a record that there is not.
    pub fn read(path: &Path, table: &Table) -> Result<Self, Failure> {
        let rows: HashMap<&str, u32> =
            (0..table.len() as u32).map(|row| (table.id(row), row)).collect();
        let text = text_of(path)?;
        let broken = |e: csv::Error| Failure::Other(format!("`{}`: {e}", path.display()));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().map_err(broken)?.clone();
        let (a, b) = (column(&header, "id_a", path)?, column(&header, "id_b", path)?);
        let mut pairs = HashSet::new();
        for pair in reader.records() {
            let pair = pair.map_err(broken)?;
            let row = |place: usize| {
                rows.get(&pair[place]).copied().ok_or_else(|| {
                    let (file, id) = (path.display(), &pair[place]);
                    Failure::Other(format!("`{file}` names `{id}`, which is no record"))
                })
            };
            let (a, b) = (row(a)?, row(b)?);
            pairs.insert((a.min(b), a.max(b)));
        }
        Ok(Self(pairs))
    }

    /// Of the pairs with at least this probability.
    pub fn at(&self, found: &Found, probability: f64) -> Rates {
        let pairs = found.pairs.iter().filter(|pair| pair.probability() >= probability);
        let (mut right, mut all) = (0, 0);
        for pair in pairs {
            all += 1;
            right += usize::from(self.0.contains(&(pair.a, pair.b)));
        }
        Rates::of(right, all, self.0.len())
    }

    /// The best F1 that any threshold gives, and that threshold as a probability.
    pub fn best(&self, found: &Found) -> (Rates, f64) {
        let mut pairs: Vec<_> = found.pairs.iter().collect();
        pairs.sort_by(|x, y| y.total().total_cmp(&x.total()));
        let (mut right, mut best) = (0, (Rates::of(0, 0, self.0.len()), 1.0));
        for (index, pair) in pairs.iter().enumerate() {
            right += usize::from(self.0.contains(&(pair.a, pair.b)));
            let ends = pairs.get(index + 1).is_none_or(|next| next.total() < pair.total());
            let rates = Rates::of(right, index + 1, self.0.len());
            if ends && rates.f1 > best.0.f1 {
                best = (rates, pair.probability());
            }
        }
        best
    }

    /// Of the pairs inside clusters.
    pub fn of_clusters(&self, clusters: &Clusters) -> Rates {
        let right = self.0.iter().filter(|(a, b)| clusters.of(*a) == clusters.of(*b)).count();
        let found = clusters.groups().iter().map(|group| group.len() * (group.len() - 1) / 2).sum();
        Rates::of(right, found, self.0.len())
    }
}
