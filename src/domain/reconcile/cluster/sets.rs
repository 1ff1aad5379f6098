//! Disjoint sets of rows.

/// The cluster of each row: the smallest row in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    parents: Vec<u32>,
}

impl Clusters {
    /// Each row on its own.
    pub fn singletons(rows: usize) -> Self {
        Self { parents: (0..rows as u32).collect() }
    }

    /// The cluster of a row: the smallest row in it.
    pub fn of(&self, row: u32) -> u32 {
        let mut root = row;
        while self.parents[root as usize] != root {
            root = self.parents[root as usize];
        }
        root
    }

    /// Puts two rows' clusters together, and returns the cluster.
    pub fn join(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.shorten(a), self.shorten(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parents[high as usize] = low;
        low
    }

    fn shorten(&mut self, row: u32) -> u32 {
        let root = self.of(row);
        let mut at = row;
        while self.parents[at as usize] != root {
            at = std::mem::replace(&mut self.parents[at as usize], root);
        }
        root
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// How many clusters there are.
    pub fn count(&self) -> usize {
        self.parents.iter().enumerate().filter(|(row, parent)| *row == **parent as usize).count()
    }

    /// The rows of each cluster with at least two, in the order of their first rows.
    pub fn groups(&self) -> Vec<Vec<u32>> {
        let mut rows: Vec<(u32, u32)> =
            (0..self.parents.len() as u32).map(|row| (self.of(row), row)).collect();
        rows.sort_unstable();
        rows.chunk_by(|a, b| a.0 == b.0)
            .filter(|group| group.len() > 1)
            .map(|group| group.iter().map(|(_, row)| *row).collect())
            .collect()
    }
}
