//! Words: values as sets of tokens.

use rayon::prelude::*;

use super::super::key::words;

use super::super::dictionary::Dictionary;
use super::super::table::Table;

/// The tokens of each value of a field, as sorted numbers, and how rare each token is.
#[derive(Default)]
pub(super) struct Words {
    tokens: Dictionary,
    starts: Vec<u32>,
    sets: Vec<u32>,
    /// log2 of (records / records with the token), by token.
    bits: Vec<f32>,
}

impl Words {
    /// Adds the values that came since the last call.
    pub(super) fn extend(&mut self, table: &Table, field: usize) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        let values = table.values(field);
        for id in self.starts.len() - 1..values.id_bound() {
            let from = self.sets.len();
            for word in words(values.text(id as u32)) {
                self.sets.push(self.tokens.intern(word));
            }
            self.sets[from..].sort_unstable();
            let mut kept = from;
            for at in from..self.sets.len() {
                if kept == from || self.sets[kept - 1] != self.sets[at] {
                    self.sets[kept] = self.sets[at];
                    kept += 1;
                }
            }
            self.sets.truncate(kept);
            self.starts.push(self.sets.len() as u32);
        }
    }

    /// Counts in how many records each token stands.
    pub(super) fn weigh(&mut self, table: &Table, field: usize) {
        let mut counts = vec![0_u32; self.tokens.id_bound()];
        for value in 1..self.starts.len() - 1 {
            let records = table.count(field, value as u32);
            for &token in self.set(value as u32) {
                counts[token as usize] += records;
            }
        }
        let all = f64::from(table.present(field).max(1));
        self.bits = counts
            .into_par_iter()
            .map(|count| (all / f64::from(count.max(1))).log2().max(0.1) as f32)
            .collect();
    }

    fn set(&self, value: u32) -> &[u32] {
        let value = value as usize;
        match (self.starts.get(value), self.starts.get(value + 1)) {
            (Some(&start), Some(&end)) => &self.sets[start as usize..end as usize],
            _ => &[],
        }
    }

    /// How many tokens two values have in common, and each of them has.
    pub(super) fn overlap(&self, a: u32, b: u32) -> (usize, usize, usize) {
        let (a, b) = (self.set(a), self.set(b));
        let mut common = 0;
        merge(a, b, |_, both| common += usize::from(both));
        (common, a.len(), b.len())
    }

    /// Bits of the tokens in common, by the bits of all.
    pub(super) fn weighted_jaccard(&self, a: u32, b: u32) -> f64 {
        let (mut common, mut all) = (0.0_f64, 0.0_f64);
        merge(self.set(a), self.set(b), |token, both| {
            let bits = f64::from(self.bits.get(token as usize).copied().unwrap_or(20.0));
            all += bits;
            common += if both { bits } else { 0.0 };
        });
        if all > 0.0 { common / all } else { 0.0 }
    }
}

/// Calls back for each token of either set, with whether it is in both.
fn merge(a: &[u32], b: &[u32], mut each: impl FnMut(u32, bool)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let (x, y) = (a.get(i).copied(), b.get(j).copied());
        match (x, y) {
            (Some(x), Some(y)) if x == y => {
                each(x, true);
                i += 1;
                j += 1;
            }
            (Some(x), Some(y)) if x > y => {
                each(y, false);
                j += 1;
            }
            (Some(x), _) => {
                each(x, false);
                i += 1;
            }
            (None, Some(y)) => {
                each(y, false);
                j += 1;
            }
            (None, None) => break,
        }
    }
}
