//! Values that mean the same, learnt from pairs of records that surely describe one thing.
//!
//! `Allen-Bradley` and `Rockwell Automation`, `FC-302P11K` and `VLT FC 302`, `1097` and `LEIP97`: no list knows them all,
//! but records that share a serial or a MAC put them side by side again and again.

use hashbrown::{HashMap, HashSet};

/// Fewest pairs of records that must put two values side by side.
const SUPPORT_MIN: u32 = 2;

/// How often values of one vocabulary stand side by side.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    together: HashMap<u64, u32>,
    alone: HashMap<u32, u32>,
}

impl Counts {
    /// Adds a pair of records with these values; 0 means no value.
    pub fn add(&mut self, a: u32, b: u32) {
        if a == 0 || b == 0 {
            return;
        }
        *self.alone.entry(a).or_default() += 1;
        *self.alone.entry(b).or_default() += 1;
        if a != b {
            *self.together.entry(key(a, b)).or_default() += 1;
        }
    }

    /// The pairs of values that stand together in at least `share` of the pairs that the rarer one is in.
    pub fn aliases(&self, share: f64) -> Aliases {
        self.surely(share, 0.0)
    }

    /// The same, after `doubts` standard deviations are taken off how often they stand together: what chance brings together
    /// twice is no alias.
    pub fn surely(&self, share: f64, doubts: f64) -> Aliases {
        let mut found = Aliases::default();
        for (&pair, &together) in &self.together {
            let (a, b) = ((pair >> 32) as u32, pair as u32);
            let rarer = self.alone[&a].min(self.alone[&b]);
            let least = f64::from(together) - doubts * f64::from(together).sqrt();
            if together >= SUPPORT_MIN && least >= share * f64::from(rarer) {
                found.add(a, b);
            }
        }
        found
    }
}

/// Which values mean the same; not transitive, because a series' name stands beside many order codes.
#[derive(Debug, Default, Clone)]
pub struct Aliases {
    pairs: HashSet<u64>,
    /// Whether a value has any, by its number: most pairs of values are told apart by that alone.
    has_any: Vec<bool>,
}

impl Aliases {
    fn add(&mut self, a: u32, b: u32) {
        self.pairs.insert(key(a, b));
        let bound = a.max(b) as usize + 1;
        self.has_any.resize(bound.max(self.has_any.len()), false);
        [a, b].iter().for_each(|&value| self.has_any[value as usize] = true);
    }

    /// Whether two different values were learnt to mean the same.
    pub fn has(&self, a: u32, b: u32) -> bool {
        let has_any = |value: u32| self.has_any.get(value as usize).copied().unwrap_or(false);
        has_any(a) && has_any(b) && self.pairs.contains(&key(a, b))
    }

    /// The class of each value below `bound` when aliases are taken to be transitive: the smallest value of its class.
    pub fn classes(&self, bound: usize) -> Vec<u32> {
        let mut parent: Vec<u32> = (0..bound as u32).collect();
        let mut pairs: Vec<u64> = self.pairs.iter().copied().collect();
        pairs.sort_unstable();
        for pair in pairs {
            let (a, b) = (root(&mut parent, (pair >> 32) as u32), root(&mut parent, pair as u32));
            parent[a.max(b) as usize] = a.min(b);
        }
        (0..bound as u32).map(|value| root(&mut parent, value)).collect()
    }
}

fn key(a: u32, b: u32) -> u64 {
    u64::from(a.min(b)) << 32 | u64::from(a.max(b))
}

fn root(parent: &mut [u32], mut value: u32) -> u32 {
    while parent[value as usize] != value {
        parent[value as usize] = parent[parent[value as usize] as usize];
        value = parent[value as usize];
    }
    value
}

/// Frequent values, and how to find them by a slip: one edit away and far more frequent.
#[derive(Debug, Default)]
pub struct Slips {
    by_deletion: HashMap<String, u32>,
    counts: Vec<u32>,
}

impl Slips {
    /// Learns the frequent ones of the values that `counts` has counts of.
    pub fn learn<'a>(counts: Vec<u32>, text: impl Fn(u32) -> &'a str) -> Self {
        let mut by_deletion: HashMap<String, u32> = HashMap::new();
        let frequent = |&value: &u32| {
            counts[value as usize] >= FREQUENT_MIN && text(value).len() >= SLIP_CHARS_MIN
        };
        for value in (1..counts.len() as u32).filter(frequent) {
            for form in deletions(text(value)) {
                let entry = by_deletion.entry(form).or_insert(value);
                if counts[value as usize] > counts[*entry as usize] {
                    *entry = value;
                }
            }
        }
        Self { by_deletion, counts }
    }

    /// The frequent value that a value is a slip of, or itself.
    pub fn nearest(&self, value: u32, text: &str) -> u32 {
        if self.by_deletion.is_empty() || text.len() < SLIP_CHARS_MIN {
            return value;
        }
        let count = |value: u32| self.counts.get(value as usize).copied().unwrap_or(0);
        let better = |&&found: &&u32| count(found) >= SLIP_RATIO * count(value).max(1);
        deletions(text)
            .iter()
            .filter_map(|form| self.by_deletion.get(form))
            .filter(better)
            .max_by_key(|&&found| (count(found), found))
            .copied()
            .unwrap_or(value)
    }
}

/// A value this frequent is no slip.
const FREQUENT_MIN: u32 = 6;
/// How many times as frequent the right value is.
const SLIP_RATIO: u32 = 6;
/// Values shorter than this are one edit away from too much.
const SLIP_CHARS_MIN: usize = 4;

/// A text and all that it becomes when one character is left out.
fn deletions(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut forms = vec![text.to_owned()];
    for skip in 0..chars.len() {
        forms
            .push(chars.iter().enumerate().filter(|(at, _)| *at != skip).map(|(_, c)| c).collect());
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_side_by_side_become_aliases() {
        let mut counts = Counts::default();
        for _ in 0..10 {
            counts.add(1, 2);
            counts.add(1, 1);
        }
        counts.add(1, 3);
        for _ in 0..50 {
            counts.add(3, 3);
        }
        let aliases = counts.aliases(0.05);
        assert!(aliases.has(2, 1));
        assert!(!aliases.has(1, 3), "one pair is no evidence");
        assert_eq!(aliases.classes(4), [0, 1, 1, 3]);
    }

    #[test]
    fn a_slip_finds_the_frequent_value() {
        let words = ["", "siemens", "siemnes", "sulzer", "siemes"];
        let slips = Slips::learn(vec![0, 50, 1, 40, 2], |value| words[value as usize]);
        let nearest: Vec<u32> =
            words.iter().zip(0..).map(|(text, value)| slips.nearest(value, text)).collect();
        assert_eq!(nearest, [0, 1, 1, 3, 1]);
        assert_eq!(slips.nearest(9, "sulzr"), 3, "a value that came later");
    }
}
