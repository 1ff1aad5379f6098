//! The pairs of a resolution with their final probabilities: what a pair says for itself, what the rest of the unit says,
//! and what speaks for another unit.

use rayon::prelude::*;

use super::candidates::Pair;
use super::evidence::evidence;
use super::resolve::Resolution;

/// Pairs below this logit across units are not kept.
pub const KEPT_MIN: f32 = -5.0;
/// Least distance of a pair's logit from even odds on the side of its unit's decision.
const DECIDED_MIN: f32 = 0.01;
/// Logits are cut here before they are averaged.
const LOGIT_MAX: f32 = 8.0;

/// A pair of rows with its final logit: at or above 0 exactly when both are one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// The smaller row.
    pub a: u32,
    /// The greater row.
    pub b: u32,
    /// What the pair says for itself, in natural logits.
    pub own: f32,
    /// The final logit.
    pub logit: f32,
}

impl Link {
    /// The probability that the two rows describe one unit.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + f64::from(-self.logit).exp())
    }
}

/// All pairs worth keeping, in the order of their rows.
pub fn links(found: &Resolution) -> Vec<Link> {
    let unit_of: Vec<u32> =
        (0..found.world.facts.len() as u32).map(|row| found.unit(row)).collect();
    let is_apart = |pair: &Pair| unit_of[pair.a as usize] != unit_of[pair.b as usize];
    let rivals = rivals(found, is_apart);
    let mut members: Vec<(u32, u32)> = unit_of.iter().copied().zip(0..).collect();
    members.sort_unstable();
    let groups: Vec<&[(u32, u32)]> = members.chunk_by(|x, y| x.0 == y.0).collect();
    let groups: Vec<Inside> =
        groups.par_iter().map(|group| within(found, group, &rivals)).collect();
    let mut support = vec![f32::NEG_INFINITY; members.len()];
    let mut all: Vec<Link> = Vec::with_capacity(found.pairs.len());
    for (links, supports) in groups {
        all.extend(links);
        supports.into_iter().for_each(|(row, mean)| support[row as usize] = mean);
    }
    let scored = found.pairs.iter().zip(&found.logits);
    let apart = scored.filter(|(pair, logit)| **logit >= KEPT_MIN && is_apart(pair));
    all.extend(apart.map(|(pair, &own)| {
        let rival = support[pair.a as usize].max(support[pair.b as usize]);
        Link { a: pair.a, b: pair.b, own, logit: across(own, rival) }
    }));
    all.par_sort_unstable_by_key(|link| (link.a, link.b));
    all
}

/// For each row, how strongly it is drawn to the most fitting row of another unit.
fn rivals(found: &Resolution, is_apart: impl Fn(&Pair) -> bool) -> Vec<f32> {
    let mut rivals = vec![f32::NEG_INFINITY; found.world.facts.len()];
    for (pair, &logit) in found.pairs.iter().zip(&found.logits) {
        if is_apart(pair) {
            for row in [pair.a, pair.b] {
                let rival = &mut rivals[row as usize];
                *rival = rival.max(logit);
            }
        }
    }
    rivals
}

/// The odds of one of two alternatives that exclude each other.
fn against(logit: f32, rival: f32) -> f32 {
    logit - rival.min(LOGIT_MAX).exp().ln_1p()
}

/// A logit as it is averaged.
pub fn capped(logit: f32) -> f32 {
    logit.clamp(-LOGIT_MAX, LOGIT_MAX)
}

/// The final logit of a pair inside a unit: half its own, half what the rest of the unit says, against the strongest rival.
pub fn inside(own: f32, support: f32, rival: f32) -> f32 {
    let own = own.clamp(-LOGIT_MAX, 2.0 * LOGIT_MAX);
    against(0.5 * (own + support), rival).max(DECIDED_MIN)
}

/// The final logit of a pair across units: its own, against what binds either row to its unit.
pub fn across(own: f32, support: f32) -> f32 {
    against(own, support).min(-DECIDED_MIN)
}

/// The pairs inside a unit, and for each row its mean logit to the others.
type Inside = (Vec<Link>, Vec<(u32, f32)>);

/// Weighs the pairs inside a unit.
fn within(found: &Resolution, group: &[(u32, u32)], rivals: &[f32]) -> Inside {
    let count = group.len();
    let mut links: Vec<Link> = Vec::with_capacity(count * (count - 1) / 2);
    let mut sums = vec![0f32; count];
    let mut voices = vec![(count.max(2) - 1) as f32; count];
    let mut places = Vec::with_capacity(count * (count - 1) / 2);
    for x in 0..count {
        for y in x + 1..count {
            let (a, b) = (group[x].1, group[y].1);
            if found.world.facts[a as usize].owner == found.world.facts[b as usize].owner {
                continue;
            }
            let seen = evidence(&found.world, a, b);
            let own = found.model.logit(&seen);
            for row in [x, y] {
                // Who says next to nothing has no voice.
                match seen.is_unnamed() {
                    true => voices[row] -= 1.0,
                    false => sums[row] += capped(own),
                }
            }
            links.push(Link { a, b, own, logit: own });
            places.push((x, y));
        }
    }
    let means: Vec<f32> =
        sums.iter().zip(&voices).map(|(sum, voices)| sum / voices.max(1.0)).collect();
    for (link, (x, y)) in links.iter_mut().zip(places) {
        let support = means[x].min(means[y]);
        let rival = rivals[link.a as usize].max(rivals[link.b as usize]);
        link.logit = inside(link.own, support, rival);
    }
    let supports = if count > 1 {
        group.iter().zip(&means).map(|(&(_, row), mean)| (row, *mean)).collect()
    } else {
        Vec::new()
    };
    (links, supports)
}
