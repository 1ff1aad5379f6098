//! Updates that tell nothing of a swap by themselves, at a place where others tell of one.
//!
//! A station's record is often written again after a swap with hardly a text changed. Alone, that is an edit. When
//! other records of the place say that another thing came to stand there just then, it may describe that one from now on.

use hashbrown::HashMap;

use super::candidates::Key;
use super::compare::place;
use super::facts::{Facts, NO_DAY};
use super::resolve::Resolution;
use super::sheet::{Field, Texts};

/// The keys by which two records share a place.
const PLACE_KEYS: u16 =
    1 << Key::Tag as u16 | 1 << Key::Host as u16 | 1 << Key::Ip as u16 | 1 << Key::Station as u16;
/// A record is written again at most so many days after the swap.
const LAG_DAYS: i32 = 150;
/// The day that a record gives for its last change, or on which it was written, may lie so many days before that which others give.
const AHEAD_DAYS: i32 = 30;
/// What began so many days after the record is not what the record began with.
const LATER_DAYS: i32 = 60;

/// An update of a row that leaves its meaning.
#[derive(Debug, Clone, Copy)]
pub struct Touch {
    /// The row.
    pub row: u32,
    /// The update, by the number of its event.
    pub event: usize,
    /// The day of the update.
    pub told: i32,
    /// The day that the record itself gives for it.
    pub dated: Option<i32>,
}

/// Whether an update may mean a swap that it does not tell: it neither says that the thing went out of use, nor only where
/// other systems have it or when it was last heard of.
pub fn is_touch(before: &Texts<'_>, after: &Texts<'_>) -> bool {
    let kept = |field: Field| before[field as usize] == after[field as usize];
    [Field::Status, Field::LastSeen, Field::Xref].into_iter().all(kept)
}

/// The touches at places that another thing came to just then.
pub fn at_swaps(found: &Resolution, touches: &[Touch]) -> Vec<Touch> {
    let mut of: HashMap<u32, Vec<&Touch>> = HashMap::new();
    touches.iter().for_each(|touch| of.entry(touch.row).or_default().push(touch));
    let mut taken: HashMap<u32, Touch> = HashMap::new();
    for pair in found.pairs.iter().filter(|pair| pair.shared & PLACE_KEYS != 0) {
        for (row, other) in [(pair.a, pair.b), (pair.b, pair.a)] {
            let touches = of.get(&row).into_iter().flatten();
            for touch in touches.filter(|touch| came(found, touch, other)) {
                let first = taken.entry(row).or_insert(**touch);
                if touch.event < first.event {
                    *first = **touch;
                }
            }
        }
    }
    let mut taken: Vec<Touch> = taken.into_values().collect();
    taken.sort_unstable_by_key(|touch| touch.row);
    taken
}

/// Whether another row tells of another thing that came to the place of a touched one just before the touch.
fn came(found: &Resolution, touch: &Touch, other: u32) -> bool {
    let facts = &found.world.facts;
    let (own, other_facts) = (&facts[touch.row as usize], &facts[other as usize]);
    let start = other_facts.start();
    if start == NO_DAY || own.start() == NO_DAY || found.unit(touch.row) == found.unit(other) {
        return false;
    }
    let since = |day: i32| (-AHEAD_DAYS..=LAG_DAYS).contains(&(day - start));
    // The day on which a source came to tell of it may be months late.
    let late = if start == other_facts.appeared { LAG_DAYS } else { AHEAD_DAYS };
    let dated = touch.dated.is_none_or(|day| (-AHEAD_DAYS..=late).contains(&(start - day)));
    // A system that has a record of the newcomer writes the old one again for the old thing.
    own.source != other_facts.source
        && start >= own.start() + LATER_DAYS
        && since(touch.told)
        && dated
        && !other_facts.inactive
        && stand_together(found, own, other_facts)
}

fn stand_together(found: &Resolution, x: &Facts, y: &Facts) -> bool {
    let tag = place::tag(&found.world, x, y);
    let named = tag == 4 || place::same(x.host, y.host) == 2 || place::same(x.ip, y.ip) == 2;
    let kind = place::same(u32::from(x.kind), u32::from(y.kind));
    (named && kind != 0 || place::place(x, y) == 8 && kind == 2)
        && tag >= 2
        && place::place(x, y) >= 4
        && place::suffix(x, y) != 0
}
