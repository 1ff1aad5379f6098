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
    /// Splits from the root to a leaf at most.
    pub depth: usize,
    /// Share of each tree's step that is taken.
    pub rate: f64,
    /// Least sum of second derivatives in a leaf.
    pub leaf_min: f64,
    /// Ridge on leaf values.
    pub ridge: f64,
}

impl Default for Growth {
    fn default() -> Self {
        Self { trees: 80, depth: 4, rate: 0.15, leaf_min: 4.0, ridge: 2.0 }
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

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Feature, or `u8::MAX` for a leaf.
    feature: u8,
    /// Rows with a level up to this go left.
    level: u8,
    /// Index of the left child; the right one follows it.
    left: u16,
    /// Value of the node, in logits.
    value: f32,
}

/// A sum of trees. Its value is in logits.
#[derive(Debug, Clone, Default)]
pub struct Trees {
    trees: Vec<Vec<Node>>,
}

impl Trees {
    /// Grows trees on rows.
    pub fn grow<const F: usize>(rows: &[Row<F>], growth: Growth) -> Self {
        let mut margins: Vec<f64> = rows.iter().map(|row| f64::from(row.offset)).collect();
        let mut gradients = vec![(0f64, 0f64); rows.len()];
        let mut order: Vec<u32> = Vec::new();
        let mut trees = Vec::with_capacity(growth.trees);
        for _ in 0..growth.trees {
            for ((pair, row), margin) in gradients.iter_mut().zip(rows).zip(&margins) {
                let p = 1.0 / (1.0 + (-margin).exp());
                let weight = f64::from(row.weight);
                *pair = (weight * (f64::from(row.label) - p), weight * (p * (1.0 - p)).max(1e-6));
            }
            order.clear();
            order.extend(0..rows.len() as u32);
            let tree = grow_tree(rows, &gradients, &mut order, growth);
            for (margin, row) in margins.iter_mut().zip(rows) {
                *margin += f64::from(leaf(&tree, &row.levels));
            }
            trees.push(tree);
        }
        Self { trees }
    }

    /// The logit of a vector of levels.
    pub fn logit<const F: usize>(&self, levels: &[u8; F]) -> f32 {
        self.trees.iter().map(|tree| leaf(tree, levels)).sum()
    }

    /// What each feature contributed: with the constant, they sum to the logit.
    pub fn contributions<const F: usize>(&self, levels: &[u8; F]) -> (f32, [f32; F]) {
        let (mut constant, mut parts) = (0f32, [0f32; F]);
        for tree in &self.trees {
            let mut at = 0usize;
            constant += tree[0].value;
            while tree[at].feature != u8::MAX {
                let node = tree[at];
                let next = next(node, levels);
                parts[node.feature as usize] += tree[next].value - node.value;
                at = next;
            }
        }
        (constant, parts)
    }
}

fn next<const F: usize>(node: Node, levels: &[u8; F]) -> usize {
    node.left as usize + usize::from(levels[node.feature as usize] > node.level)
}

fn leaf<const F: usize>(tree: &[Node], levels: &[u8; F]) -> f32 {
    let mut at = 0usize;
    while tree[at].feature != u8::MAX {
        at = next(tree[at], levels);
    }
    tree[at].value
}

/// A part of the rows that becomes a node.
struct Part {
    node: usize,
    from: usize,
    to: usize,
    depth: usize,
}

fn grow_tree<const F: usize>(
    rows: &[Row<F>],
    gradients: &[(f64, f64)],
    order: &mut [u32],
    growth: Growth,
) -> Vec<Node> {
    let mut tree = vec![Node { feature: u8::MAX, level: 0, left: 0, value: 0.0 }];
    let mut open = vec![Part { node: 0, from: 0, to: order.len(), depth: 0 }];
    while let Some(part) = open.pop() {
        let histogram = histogram(rows, gradients, &order[part.from..part.to]);
        let total = histogram[0].iter().fold((0.0, 0.0), |sum, bin| (sum.0 + bin.0, sum.1 + bin.1));
        tree[part.node].value = (growth.rate * total.0 / (total.1 + growth.ridge)) as f32;
        let Some((feature, level)) =
            (part.depth < growth.depth).then(|| split(&histogram, total, growth)).flatten()
        else {
            continue;
        };
        let slice = &mut order[part.from..part.to];
        let middle =
            part.from + partition(slice, |row| rows[row as usize].levels[feature] <= level);
        let left = tree.len();
        tree[part.node] =
            Node { feature: feature as u8, level, left: left as u16, value: tree[part.node].value };
        for (node, from, to) in [(left, part.from, middle), (left + 1, middle, part.to)] {
            tree.push(Node { feature: u8::MAX, level: 0, left: 0, value: 0.0 });
            open.push(Part { node, from, to, depth: part.depth + 1 });
        }
    }
    tree
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
        for (feature, &level) in rows[row as usize].levels.iter().enumerate() {
            let bin = &mut bins[feature][level as usize & (LEVELS_MAX - 1)];
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
}
