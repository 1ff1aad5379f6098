//! Conflict-aware clustering: groups join while what speaks for it outweighs what speaks against it.
//!
//! Transitive closure links two units through a record that fits both. Here every pair across two groups has a say:
//! groups join in the order of their mean logit, as long as it is positive, and then records move to a group that
//! they fit better. A pair of negative infinity never comes into one group, whatever speaks for it.

/// Logits of all pairs of a small set of records.
pub struct Affinity {
    count: usize,
    logits: Vec<f32>,
}

impl Affinity {
    /// For `count` records, by a function of two of them.
    pub fn new(count: usize, mut logit: impl FnMut(usize, usize) -> f32) -> Self {
        let mut logits = vec![0.0; count * count];
        for a in 0..count {
            for b in a + 1..count {
                let value = logit(a, b);
                logits[a * count + b] = value;
                logits[b * count + a] = value;
            }
        }
        Self { count, logits }
    }

    /// The logit of two records.
    pub fn get(&self, a: usize, b: usize) -> f32 {
        self.logits[a * self.count + b]
    }
}

/// Rounds in which records may move.
const MOVE_ROUNDS_MAX: usize = 4;

/// The group of each record, numbered in the order of their first records.
pub fn agglomerate(affinity: &Affinity) -> Vec<u32> {
    let mut groups: Vec<Vec<usize>> = (0..affinity.count).map(|record| vec![record]).collect();
    let mut sums = affinity.logits.clone();
    let n = affinity.count;
    loop {
        let mut best = (0.0f32, None);
        for a in (0..n).filter(|&a| !groups[a].is_empty()) {
            for b in (a + 1..n).filter(|&b| !groups[b].is_empty()) {
                let mean = sums[a * n + b] / (groups[a].len() * groups[b].len()) as f32;
                if mean > best.0 {
                    best = (mean, Some((a, b)));
                }
            }
        }
        let (_, Some((a, b))) = best else { break };
        let moved = std::mem::take(&mut groups[b]);
        groups[a].extend(moved);
        for c in 0..n {
            let sum = sums[a * n + c] + sums[b * n + c];
            sums[a * n + c] = sum;
            sums[c * n + a] = sum;
        }
    }
    let mut of = vec![0u32; n];
    for (group, members) in groups.iter().enumerate() {
        members.iter().for_each(|&member| of[member] = group as u32);
    }
    relocate(affinity, &mut of);
    renumber(&of)
}

/// Moves records to the group that they fit better by the sum of logits.
fn relocate(affinity: &Affinity, of: &mut [u32]) {
    let n = affinity.count;
    for _ in 0..MOVE_ROUNDS_MAX {
        let mut moved = false;
        for record in 0..n {
            let mut sums: Vec<(u32, f32)> = Vec::new();
            for other in (0..n).filter(|&other| other != record) {
                let logit = affinity.get(record, other);
                match sums.iter_mut().find(|entry| entry.0 == of[other]) {
                    Some(entry) => entry.1 += logit,
                    None => sums.push((of[other], logit)),
                }
            }
            let here = sums.iter().find(|entry| entry.0 == of[record]).map_or(0.0, |entry| entry.1);
            let best = sums.iter().copied().max_by(|x, y| x.1.total_cmp(&y.1));
            if let Some((group, _)) = best.filter(|best| best.1 > here.max(0.0) + 0.5)
                && group != of[record]
            {
                of[record] = group;
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

fn renumber(of: &[u32]) -> Vec<u32> {
    let mut names: Vec<u32> = Vec::new();
    of.iter()
        .map(|group| {
            names.iter().position(|name| name == group).unwrap_or_else(|| {
                names.push(*group);
                names.len() - 1
            }) as u32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn groups(count: usize, logits: &[(usize, usize, f32)]) -> Vec<u32> {
        let logit = |a, b| {
            logits.iter().find(|pair| (pair.0, pair.1) == (a, b)).map_or(-3.0, |pair| pair.2)
        };
        agglomerate(&Affinity::new(count, logit))
    }

    #[test]
    fn what_fits_two_units_does_not_join_them() {
        assert_eq!(groups(3, &[(0, 1, 3.0), (1, 2, 2.5), (0, 2, -8.0)]), [0, 0, 1]);
    }

    #[test]
    fn weak_pairs_join_where_the_others_agree() {
        assert_eq!(groups(3, &[(0, 1, 6.0), (1, 2, 4.0), (0, 2, -0.5)]), [0, 0, 0]);
    }

    #[test]
    fn a_proof_is_not_outvoted() {
        let mut logits = vec![(0, 1, f32::NEG_INFINITY)];
        for other in 2..6 {
            logits.extend([(0, other, 8.0), (1, other, 8.0)]);
            logits.extend((other + 1..6).map(|third| (other, third, 8.0)));
        }
        let of = groups(6, &logits);
        assert_ne!(of[0], of[1]);
    }

    proptest! {
        #[test]
        fn each_record_is_in_one_group_and_proofs_hold(
            count in 1usize..9,
            logits in proptest::collection::vec(prop_oneof![4 => -8.0f32..8.0, 1 => Just(f32::NEG_INFINITY)], 36),
        ) {
            let affinity = Affinity::new(count, |a, b| logits[(a * 7 + b * 3) % logits.len()]);
            let of = agglomerate(&affinity);
            prop_assert_eq!(of.len(), count);
            prop_assert_eq!(of[0], 0);
            for a in 0..count {
                prop_assert!(of[a] <= of[..a].iter().max().map_or(0, |max| max + 1), "numbered in order");
                for b in a + 1..count {
                    prop_assert!(of[a] != of[b] || affinity.get(a, b) > f32::NEG_INFINITY);
                }
            }
        }
    }
}
