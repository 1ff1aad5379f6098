//! What circumstances are worth before anything was learnt: the judgement of someone who has cleaned many equipment lists.
//!
//! It is where learning starts from, and all there is while too few pairs are decided by their serials and addresses.

use super::evidence::CIRCUMSTANCES;

/// The log odds of a pair that shares a key and of which nothing else is known.
const START: f32 = -3.0;
/// Circumstances that all say where the thing stands: together they say little more than the clearest of them.
const POSITION: [usize; 5] = [4, 5, 6, 7, 10];
/// The most that a shared position says: another unit may have stood there.
const POSITION_MAX: f32 = 5.0;
/// The most that different positions say: the unit may have moved.
const POSITION_MIN: f32 = -6.0;

/// What the next thing in a position has in common with the one before: the position, and what kind of thing stands there.
const SUCCESSOR: [usize; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 10];
/// The most that these say together: one thing in nine or so is not the first in its position.
const SUCCESSOR_MAX: f32 = 5.1;

/// The circumstance that tells how near the beginnings are, and the one that tells which beginnings.
const START_AT: usize = 11;
const START_KINDS: usize = 12;
/// From this level on, one of the beginnings is only the day on which a source came to tell of it: it may be months late.
const APPEARED_MIN: u8 = 7;
/// What such a beginning is worth.
const APPEARED_SHARE: f32 = 0.3;

/// Weights in natural logits by level, in the order of [`super::evidence::CIRCUMSTANCE_NAMES`].
const WEIGHTS: [&[f32]; CIRCUMSTANCES] = [
    &[0.0, -3.0],
    &[-2.0, 0.0, 0.8, 0.8],
    &[-2.0, 0.0, 1.0, 1.5, 1.5],
    &[-5.0, 0.0, 0.5],
    &[-3.5, -4.0, 0.0, 2.0, 4.0],
    &[-3.0, 0.0, 4.0],
    &[-1.5, 0.0, 3.0],
    &[-3.5, -3.0, -2.5, -2.0, 0.0, 0.0, 0.3, 0.7, 1.5],
    &[-0.7, -0.2, 0.3, 0.0, 0.8],
    &[],
    &[-4.0, 0.0, 0.0, 1.0],
    &[-4.0, -4.0, -3.5, -3.0, -1.5, -0.5, 0.0, 1.0, 1.5, 2.0, 2.5, 0.0],
    &[],
    &[0.0, -1.5, -0.5, -2.0, 0.0],
    &[0.0, -1.5, 0.0, 0.3],
    &[],
];

/// What each circumstance says, and the start.
pub fn parts(levels: &[u8; CIRCUMSTANCES]) -> (f32, [f32; CIRCUMSTANCES]) {
    let mut parts = [0.0; CIRCUMSTANCES];
    for ((part, weights), &level) in parts.iter_mut().zip(WEIGHTS).zip(levels) {
        *part = weights.get(level as usize).copied().unwrap_or(0.0);
    }
    if levels[START_KINDS] >= APPEARED_MIN {
        parts[START_AT] *= APPEARED_SHARE;
    }
    limit(&mut parts, &POSITION, POSITION_MIN, POSITION_MAX);
    limit(&mut parts, &SUCCESSOR, f32::NEG_INFINITY, SUCCESSOR_MAX);
    (START, parts)
}

/// Keeps the sum of some parts inside bounds.
fn limit(parts: &mut [f32; CIRCUMSTANCES], which: &[usize], least: f32, most: f32) {
    let sum: f32 = which.iter().map(|&at| parts[at]).sum();
    if sum < least || sum > most {
        let share = sum.clamp(least, most) / sum;
        which.iter().for_each(|&at| parts[at] *= share);
    }
}

/// The log odds that the circumstances give.
pub fn logit(levels: &[u8; CIRCUMSTANCES]) -> f32 {
    let (start, parts) = parts(levels);
    start + parts.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_position_counts_once() {
        let mut levels = [1; CIRCUMSTANCES];
        (levels[0], levels[4], levels[7], levels[10], levels[11]) = (0, 4, 8, 2, 11);
        let tag_and_place = logit(&levels);
        (levels[5], levels[6]) = (2, 2);
        assert!(logit(&levels) - tag_and_place < 1.0);
    }
}
