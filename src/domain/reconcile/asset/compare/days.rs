//! When two records say that the thing began, and ended, to stand there.

use super::super::facts::{Facts, NO_DAY};

/// Difference of the beginnings in days: bounds of the levels, from far apart to the same day.
const BOUNDS: [u32; 10] = [1500, 500, 180, 90, 60, 40, 30, 14, 4, 0];
/// The level of a difference that is not known, between far and near.
pub const UNKNOWN: u8 = 11;
/// A record that begins so many days around another's end takes over from it.
const HANDOVER_DAYS: i32 = 45;

/// How near the beginnings are: 0 (years apart) to 10 (the same day); 11: not known.
pub fn start(a: &Facts, b: &Facts) -> u8 {
    let (x, y) = (a.start(), b.start());
    if x == NO_DAY || y == NO_DAY {
        return UNKNOWN;
    }
    let apart = x.abs_diff(y);
    BOUNDS.iter().position(|&bound| apart > bound).unwrap_or(BOUNDS.len()) as u8
}

/// Which dates are compared, of four kinds: installed, first seen, updated, appeared; 0: none.
pub fn start_kinds(a: &Facts, b: &Facts) -> u8 {
    let kind = |fact: &Facts| {
        let days = [fact.installed, fact.first_seen, fact.updated, fact.appeared];
        days.iter().position(|&day| day != NO_DAY).map(|at| at as u8)
    };
    match (kind(a), kind(b)) {
        (Some(x), Some(y)) => 1 + x.max(y) * (x.max(y) + 1) / 2 + x.min(y),
        _ => 0,
    }
}

/// How the ends stand: 0 neither ended, 1 the other one takes over, 2 the other one began before the end, 3 long after it, 4 both ended.
pub fn ends(a: &Facts, b: &Facts) -> u8 {
    let (ended, other) = match (a.ended, b.ended) {
        (NO_DAY, NO_DAY) => return 0,
        (end, NO_DAY) => (end, b),
        (NO_DAY, end) => (end, a),
        _ => return 4,
    };
    let start = other.start();
    if start == NO_DAY {
        return 2;
    }
    match start - ended {
        gap if gap.abs() <= HANDOVER_DAYS => 1,
        gap if gap < 0 => 2,
        _ => 3,
    }
}

/// Whether the sources say that the thing is out of use: 0 neither, 1 the older one, 2 the younger one or of unknown age, 3 both.
pub fn inactive(a: &Facts, b: &Facts) -> u8 {
    let (out, other) = match (a.inactive, b.inactive) {
        (false, false) => return 0,
        (true, true) => return 3,
        (true, false) => (a, b),
        (false, true) => (b, a),
    };
    let known = out.start() != NO_DAY && other.start() != NO_DAY;
    if known && out.start() + HANDOVER_DAYS < other.start() { 1 } else { 2 }
}
