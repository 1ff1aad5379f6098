//! Units that moved, and their records that did not follow.
//!
//! Where a unit stands now, a record may tell of it by its place alone. Each record of the unit that still tells of the old
//! place contradicts it, and together they would outvote those that moved. But what such a record contradicts there, it
//! contradicts in the moved records as well, and with those it is one unit: it does not know better, it lags behind.

use super::super::cluster::Affinity;
use super::compare::place;
use super::evidence::evidence;
use super::facts::Facts;
use super::model::{self, Model};
use super::prior;
use super::world::World;

/// The circumstances that tell what kind of thing it is: manufacturer, model, class.
const KIND: std::ops::RangeInclusive<usize> = 1..=3;

/// A small set of segments, with what was found of it so far.
pub struct Moved<'a> {
    /// The records as they were read.
    pub world: &'a World,
    /// What was learnt.
    pub model: &'a Model,
    /// The segments.
    pub segments: &'a [u32],
    /// The logits of all pairs of them.
    pub affinity: &'a Affinity,
    /// The group of each.
    pub of: &'a [u32],
}

impl Moved<'_> {
    /// The logits of all pairs, with no place held against a newcomer by a record that lags behind.
    pub fn excused(&self) -> Affinity {
        Affinity::new(self.segments.len(), |a, b| {
            let logit = self.affinity.get(a, b);
            let apart = self.of[a] != self.of[b] && self.owner(a) != self.owner(b);
            if apart && (f32::MIN..=0.0).contains(&logit) && (self.lags(a, b) || self.lags(b, a)) {
                return logit.max(self.unplaced(a, b));
            }
            logit
        })
    }

    fn rows(&self, at: usize) -> std::ops::Range<u32> {
        let segment = self.segments[at] as usize;
        self.world.segment_rows[segment]..self.world.segment_rows[segment + 1]
    }

    fn fact(&self, row: u32) -> &Facts {
        &self.world.facts[row as usize]
    }

    fn owner(&self, at: usize) -> u32 {
        self.fact(self.rows(at).start).owner
    }

    /// Whether a segment lags behind others of its group that stand where a newcomer stands of which nothing but its place is known.
    fn lags(&self, late: usize, newcomer: usize) -> bool {
        if !self.rows(newcomer).all(|row| is_nameless(self.fact(row))) {
            return false;
        }
        let moved = |&other: &usize| {
            other != late
                && self.of[other] == self.of[late]
                && self.affinity.get(other, late) > 0.0
                && self.affinity.get(other, newcomer) > 0.0
        };
        (0..self.segments.len()).filter(moved).any(|other| {
            let there = self.nearest(other, newcomer);
            there.is_some_and(|there| self.rows(late).all(|row| self.is_elsewhere(row, there)))
        })
    }

    /// The row of a segment that fits another segment best.
    fn nearest(&self, at: usize, to: usize) -> Option<u32> {
        let logit = |x: u32, y: u32| model::logit(self.world, self.model, (x.min(y), x.max(y)));
        let best = |x: u32| self.rows(to).map(|y| logit(x, y)).fold(f32::NEG_INFINITY, f32::max);
        self.rows(at).max_by(|&x, &y| best(x).total_cmp(&best(y)))
    }

    fn is_elsewhere(&self, x: u32, y: u32) -> bool {
        let (x, y) = (self.fact(x), self.fact(y));
        place::place(x, y) < 4
            || place::tag(self.world, x, y) == 0
            || place::same(x.host, y.host) == 0
    }

    /// What speaks against two segments wherever they stand.
    fn unplaced(&self, a: usize, b: usize) -> f32 {
        let pairs = self.rows(a).flat_map(|x| self.rows(b).map(move |y| (x.min(y), x.max(y))));
        let against = pairs.map(|(x, y)| {
            let found = evidence(self.world, x, y);
            let (_, parts) = prior::parts(self.model.subject, &found.circumstances);
            let kind: f32 = parts[KIND].iter().map(|part| part.min(0.0)).sum();
            kind + self.model.own_ids(&found).min(0.0)
        });
        against.fold(f32::NEG_INFINITY, f32::max)
    }
}

/// Whether nothing names the unit itself.
fn is_nameless(fact: &Facts) -> bool {
    fact.serial == 0 && fact.mac == 0 && fact.mac_tail == 0 && fact.uuid == 0
}
