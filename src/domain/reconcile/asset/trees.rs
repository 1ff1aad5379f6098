//! Gradient-boosted trees over small ordinal levels: what agreement is worth in the company of other agreement.
//!
//! Newton boosting of the logistic loss with histograms. Features are levels below [`LEVELS_MAX`]; rows have weights.

/// Levels of a feature.
pub const LEVELS_MAX: usize = 16;

/// How trees are grown.
#[derive(Debug, Clone, Copy)]
pub struct Growth {
    /// How many trees.
    pub trees: usize,
    /// Share of each tree's step that is taken.
    pub rate: f64,
    /// Least sum of second derivatives in a leaf.
    pub leaf_min: f64,
    /// Ridge on leaf values.
    pub ridge: f64,
}

impl Default for Growth {
    fn default() -> Self {
        Self { trees: 80, rate: 0.15, leaf_min: 4.0, ridge: 2.0 }
    }
}

/// A labelled row.
#[derive(Debug, Clone, Copy)]
pub struct Row<const F: usize> {
    /// Levels.
    pub levels: [u8; F],
    /// 1 for a match, 0 for none.
    pub label: f32,
    /// How much it counts.
    pub weight: f32,
    /// Logit from other evidence.
    pub offset: f32,
}

/// Splits from the root to a leaf at most.
const DEPTH: usize = 4;
/// Nodes that split.
const SPLITS: usize = (1 << DEPTH) - 1;
/// All nodes.
const NODES: usize = (1 << (DEPTH + 1)) - 1;

/// Node `n` has the children `2 n + 1` and `2 n + 2`. All leaves are at the same depth: below a node that was not split
/// stands its own value, so that each look-up takes the same steps.
#[derive(Debug, Clone, Copy)]
struct Tree {
    /// By node that splits: the feature, and the level up to which rows go left.
    splits: [(u8, u8); SPLITS],
    /// By node, in logits.
    values: [f32; NODES],
}

impl Tree {
    #[inline]
    fn next<const F: usize>(&self, node: usize, levels: &[u8; F]) -> usize {
        let (feature, level) = self.splits[node];
        2 * node + 1 + usize::from(levels[feature as usize] > level)
    }

    #[inline]
    fn leaf<const F: usize>(&self, levels: &[u8; F]) -> f32 {
        let leaf = (0..DEPTH).fold(0, |node, _| self.next(node, levels));
        self.values[leaf]
    }
}

/// A sum of trees. Its value is in logits.
#[derive(Debug, Clone, Default)]
pub struct Trees {
    trees: Vec<Tree>,
}

impl Trees {
    /// Grows trees on rows.
    pub fn grow<const F: usize>(rows: &[Row<F>], growth: Growth) -> Self {
        let rows = &merged(rows)[..];
        let mut margins: Vec<f64> = rows.iter().map(|row| f64::from(row.offset)).collect();
        let mut gradients = vec![(0f64, 0f64); rows.len()];
        let mut order: Vec<u32> = Vec::new();
        let mut trees = Vec::with_capacity(growth.trees);
        for _ in 0..growth.trees {
            gradients.iter_mut().zip(rows).zip(&margins).for_each(|((pair, row), margin)| {
                let p = 1.0 / (1.0 + (-margin).exp());
                let weight = f64::from(row.weight);
                *pair = (weight * (f64::from(row.label) - p), weight * (p * (1.0 - p)).max(1e-6));
            });
            order.clear();
            order.extend(0..rows.len() as u32);
            let tree = grow_tree(rows, &gradients, &mut order, growth);
            margins.iter_mut().zip(rows).for_each(|(margin, row)| {
                *margin += f64::from(tree.leaf(&row.levels));
            });
            trees.push(tree);
        }
        Self { trees }
    }

    /// The logit of a vector of levels.
    pub fn logit<const F: usize>(&self, levels: &[u8; F]) -> f32 {
        self.trees.iter().map(|tree| tree.leaf(levels)).sum()
    }

    /// What each feature contributed: with the constant, they sum to the logit.
    pub fn contributions<const F: usize>(&self, levels: &[u8; F]) -> (f32, [f32; F]) {
        let (mut constant, mut parts) = (0f32, [0f32; F]);
        for tree in &self.trees {
            constant += tree.values[0];
            let mut node = 0;
            for _ in 0..DEPTH {
                let next = tree.next(node, levels);
                parts[tree.splits[node].0 as usize] += tree.values[next] - tree.values[node];
                node = next;
            }
        }
        (constant, parts)
    }
}

/// The distinct rows, which count as much as all that are like them.
fn merged<const F: usize>(rows: &[Row<F>]) -> Vec<Row<F>> {
    let what = |row: &Row<F>| (row.levels, row.label.to_bits(), row.offset.to_bits());
    let mut sorted = rows.to_vec();
    sorted.sort_unstable_by_key(|row| (what(row), row.weight.to_bits()));
    sorted
        .chunk_by(|a, b| what(a) == what(b))
        .map(|like| Row { weight: like.iter().map(|row| row.weight).sum(), ..like[0] })
        .collect()
}

/// A part of the rows that becomes a node.
struct Part {
    node: usize,
    from: usize,
    to: usize,
}

fn grow_tree<const F: usize>(
    rows: &[Row<F>],
    gradients: &[(f64, f64)],
    order: &mut [u32],
    growth: Growth,
) -> Tree {
    let mut tree = Tree { splits: [(0, u8::MAX); SPLITS], values: [0.0; NODES] };
    let mut open = vec![Part { node: 0, from: 0, to: order.len() }];
    while let Some(part) = open.pop() {
        let histogram = histogram(rows, gradients, &order[part.from..part.to]);
        let total = histogram[0].iter().fold((0.0, 0.0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1));
        let value = (growth.rate * total.0 / (total.1 + growth.ridge)) as f32;
        tree.values[part.node] = value;
        let Some((feature, level)) =
            (part.node < SPLITS).then(|| split(&histogram, total, growth)).flatten()
        else {
            fill(&mut tree.values, part.node, value);
            continue;
        };
        let slice = &mut order[part.from..part.to];
        let middle =
            part.from + partition(slice, |row| rows[row as usize].levels[feature] <= level);
        tree.splits[part.node] = (feature as u8, level);
        let left = 2 * part.node + 1;
        for (node, from, to) in [(left, part.from, middle), (left + 1, middle, part.to)] {
            open.push(Part { node, from, to });
        }
    }
    tree
}

/// Gives all nodes below one its value.
fn fill(values: &mut [f32; NODES], node: usize, value: f32) {
    values[node] = value;
    if node < SPLITS {
        fill(values, 2 * node + 1, value);
        fill(values, 2 * node + 2, value);
    }
}

type Histogram<const F: usize> = [[(f64, f64); LEVELS_MAX]; F];

fn histogram<const F: usize>(
    rows: &[Row<F>],
    gradients: &[(f64, f64)],
    order: &[u32],
) -> Histogram<F> {
    let mut bins = [[(0.0, 0.0); LEVELS_MAX]; F];
    for &row in order {
        let (gradient, hessian) = gradients[row as usize];
        for (bins, &level) in bins.iter_mut().zip(&rows[row as usize].levels) {
            let bin = &mut bins[level as usize & (LEVELS_MAX - 1)];
            bin.0 += gradient;
            bin.1 += hessian;
        }
    }
    bins
}

fn split<const F: usize>(
    histogram: &Histogram<F>,
    total: (f64, f64),
    growth: Growth,
) -> Option<(usize, u8)> {
    let gain = |(g, h): (f64, f64)| g * g / (h + growth.ridge);
    let mut best = (1e-3, None);
    for (feature, bins) in histogram.iter().enumerate() {
        let mut left = (0.0, 0.0);
        for (level, bin) in bins.iter().enumerate().take(LEVELS_MAX - 1) {
            left = (left.0 + bin.0, left.1 + bin.1);
            let right = (total.0 - left.0, total.1 - left.1);
            if bin.1 == 0.0 || left.1 < growth.leaf_min || right.1 < growth.leaf_min {
                continue;
            }
            let gained = gain(left) + gain(right) - gain(total);
            if gained > best.0 {
                best = (gained, Some((feature, level as u8)));
            }
        }
    }
    best.1
}

/// Brings the rows that satisfy the test to the front and returns how many they are.
fn partition(rows: &mut [u32], test: impl Fn(u32) -> bool) -> usize {
    let mut front = 0;
    for at in 0..rows.len() {
        if test(rows[at]) {
            rows.swap(front, at);
            front += 1;
        }
    }
    front
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row<2>> {
        let row = |x: u8, y: u8| Row {
            levels: [x, y],
            label: f32::from(u8::from((x > 1) != (y > 0))),
            weight: 1.0,
            offset: 0.0,
        };
        (0..400u32).map(|n| row((n % 4) as u8, (n / 4 % 4) as u8)).collect()
    }

    #[test]
    fn trees_learn_what_no_sum_of_weights_can() {
        let trees = Trees::grow(&rows(), Growth::default());
        for row in rows() {
            assert_eq!(trees.logit(&row.levels) > 0.0, row.label > 0.5, "{:?}", row.levels);
        }
    }

    #[test]
    fn contributions_sum_to_the_logit() {
        let trees = Trees::grow(&rows(), Growth::default());
        let (constant, parts) = trees.contributions(&[3, 0]);
        assert!((constant + parts.iter().sum::<f32>() - trees.logit(&[3, 0])).abs() < 1e-3);
    }

    #[test]
    fn a_row_that_counts_twice_teaches_as_much_as_two() {
        let repeated: Vec<Row<2>> = rows().into_iter().flat_map(|row| [row, row]).collect();
        let weighted: Vec<Row<2>> =
            rows().into_iter().map(|row| Row { weight: 2.0, ..row }).collect();
        let [repeated, weighted] =
            [repeated, weighted].map(|rows| Trees::grow(&rows, Growth::default()));
        for row in rows() {
            let apart = repeated.logit(&row.levels) - weighted.logit(&row.levels);
            assert!(apart.abs() < 1e-4, "{:?}: {apart}", row.levels);
        }
    }
}
