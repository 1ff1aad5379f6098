//! What circumstances are worth before anything was learnt: the judgement of someone who has cleaned many equipment lists.
//!
//! It is where learning starts from, and all there is while too few pairs are decided by their serials and addresses.

use super::evidence::CIRCUMSTANCES;
use super::sheet::{Field, Sheet};

/// What records tell of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Subject {
    /// Machines and devices: a tag or a place is where one of them stands for a while.
    #[default]
    Units,
    /// Places: where they are is what they are.
    Places,
}

/// What names a unit, or tells what it is; a list of places has none of it.
const OF_UNITS: [Field; 7] = [
    Field::Serial,
    Field::Manufacturer,
    Field::Model,
    Field::Mac,
    Field::Hostname,
    Field::Ip,
    Field::ClientId,
];

impl Subject {
    /// What the records tell of: of places where some have tags, and none has anything that a unit has.
    pub fn of(sheet: &Sheet) -> Self {
        let says = |field| sheet.column(field).values.id_bound() > 1;
        match says(Field::Tag) && !OF_UNITS.into_iter().any(says) {
            true => Self::Places,
            false => Self::Units,
        }
    }
}

/// The log odds of a pair that shares a key and of which nothing else is known.
pub const START: f32 = -3.0;
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

/// The same between places: a tag names one inside its site.
const PLACES: [&[f32]; CIRCUMSTANCES] = [
    &[0.0, -4.0],
    &[],
    &[],
    &[],
    &[-8.0, -9.0, 0.0, 1.0, 7.0],
    &[],
    &[],
    &[-9.0, -4.0, -4.0, -3.0, 0.0, 0.5, 1.0, 1.5, 2.5],
    &[-1.0, -0.3, 0.3, 0.0, 1.0],
    &[],
    &[-6.0, -1.0, 0.0, 1.0],
    &[],
    &[],
    &[],
    &[],
    &[],
];

/// What each circumstance says, and the start.
pub fn parts(subject: Subject, levels: &[u8; CIRCUMSTANCES]) -> (f32, [f32; CIRCUMSTANCES]) {
    let mut parts = [0.0; CIRCUMSTANCES];
    let weights = match subject {
        Subject::Units => WEIGHTS,
        Subject::Places => PLACES,
    };
    for ((part, weights), &level) in parts.iter_mut().zip(weights).zip(levels) {
        *part = weights.get(level as usize).copied().unwrap_or(0.0);
    }
    if subject == Subject::Places {
        return (START, parts);
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
pub fn logit(subject: Subject, levels: &[u8; CIRCUMSTANCES]) -> f32 {
    let (start, parts) = parts(subject, levels);
    start + parts.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_position_counts_once() {
        let mut levels = [1; CIRCUMSTANCES];
        (levels[0], levels[4], levels[7], levels[10], levels[11]) = (0, 4, 8, 2, 11);
        let tag_and_place = logit(Subject::Units, &levels);
        (levels[5], levels[6]) = (2, 2);
        assert!(logit(Subject::Units, &levels) - tag_and_place < 1.0);
    }
}
