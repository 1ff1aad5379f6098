//! Which rows have which keys: the groups of [`super::candidates`], kept while records come and go.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use smallvec::SmallVec;

use super::candidates::{GROUP_KEYS, GROUP_RECORDS_MAX, Key, finer, keys};
use super::facts::Facts;
use super::identity::{References, own_id};
use super::sheet::Sheet;
use super::world::World;

type Rows = SmallVec<[u32; 4]>;

/// The rows of each key.
#[derive(Debug, Default)]
pub struct Postings {
    rows: HashMap<u64, Rows, FixedState>,
}

const HASH: FixedState = FixedState::with_seed(0x706f_7374);

fn slot(key: Key, hash: u64) -> u64 {
    HASH.hash_one((key as u8, hash))
}

impl Postings {
    /// Adds a row.
    pub fn post(&mut self, world: &World, row: u32) {
        for key in GROUP_KEYS {
            keys(world, row, key, |hash| self.rows.entry(slot(key, hash)).or_default().push(row));
        }
    }

    /// Takes a row out.
    pub fn withdraw(&mut self, world: &World, row: u32) {
        for key in GROUP_KEYS {
            keys(world, row, key, |hash| take(&mut self.rows, slot(key, hash), row));
        }
    }

    /// The rows of other records that share a key with a row, as far as its groups are not too large.
    pub fn sharing(&self, world: &World, row: u32, found: &mut Vec<u32>) {
        let own = &world.facts[row as usize];
        for key in GROUP_KEYS {
            keys(world, row, key, |hash| {
                let Some(group) = self.rows.get(&slot(key, hash)) else { return };
                narrow(world, own, group, found);
            });
        }
        found.retain(|&other| world.facts[other as usize].owner != own.owner);
    }

    /// The rows with a hardware address.
    pub fn with_mac<'a>(&'a self, world: &'a World, mac: u64) -> impl Iterator<Item = &'a Facts> {
        let rows = self.rows.get(&slot(Key::Mac, mac)).map_or(&[][..], |rows| rows);
        rows.iter().map(|&row| &world.facts[row as usize]).filter(move |fact| fact.mac == mac)
    }
}

/// Takes of a large group only what is in the same area, and of what is still large what is in the same line.
fn narrow(world: &World, own: &Facts, group: &[u32], found: &mut Vec<u32>) {
    let from = found.len();
    found.extend_from_slice(group);
    for depth in 0..2 {
        if found.len() - from <= GROUP_RECORDS_MAX {
            return;
        }
        let here = finer(own, depth);
        let mut kept = from;
        for at in from..found.len() {
            if here != 0 && finer(&world.facts[found[at] as usize], depth) == here {
                found[kept] = found[at];
                kept += 1;
            }
        }
        found.truncate(kept);
    }
    if found.len() - from > GROUP_RECORDS_MAX {
        found.truncate(from);
    }
}

fn take<K: Eq + std::hash::Hash>(map: &mut HashMap<K, Rows, FixedState>, key: K, row: u32) {
    let Entry::Occupied(mut rows) = map.entry(key) else { return };
    if let Some(at) = rows.get().iter().position(|&other| other == row) {
        rows.get_mut().swap_remove(at);
    }
    if rows.get().is_empty() {
        rows.remove();
    }
}

/// Who has which id, and who refers to it.
#[derive(Debug, Default)]
pub struct CrossReferences {
    /// Rows by source and canonical id.
    named: HashMap<(u16, String), Rows, FixedState>,
    /// The rows that refer to a source's canonical id.
    quoting: HashMap<(u16, String), Rows, FixedState>,
}

impl CrossReferences {
    /// Adds a row: it refers, and others refer to it.
    pub fn enter(&mut self, sheet: &Sheet, world: &mut World, references: &References, row: u32) {
        let at = row as usize;
        if let Some((source, id)) = references.quoted(sheet, at) {
            let key = (source, id.to_owned());
            world.facts[at].xref = self.target(world, &key, row);
            self.quoting.entry(key).or_default().push(row);
        }
        if let Some(id) = own_id(sheet, at) {
            let key = (sheet.source(at), id);
            self.named.entry(key.clone()).or_default().push(row);
            self.settle(world, &key);
        }
    }

    /// Takes a row out.
    pub fn leave(&mut self, sheet: &Sheet, world: &mut World, references: &References, row: u32) {
        let at = row as usize;
        if let Some((source, id)) = references.quoted(sheet, at) {
            take(&mut self.quoting, (source, id.to_owned()), row);
        }
        if let Some(id) = own_id(sheet, at) {
            let key = (sheet.source(at), id);
            take(&mut self.named, key.clone(), row);
            self.settle(world, &key);
        }
    }

    /// The rows that refer to a row, and those that it refers to.
    pub fn sharing(&self, sheet: &Sheet, world: &World, row: u32, found: &mut Vec<u32>) {
        let own = &world.facts[row as usize];
        if own.xref != 0 {
            let segment = own.xref as usize - 1;
            found.extend(world.segment_rows[segment]..world.segment_rows[segment + 1]);
        }
        let Some(id) = own_id(sheet, row as usize) else { return };
        if let Some(rows) = self.quoting.get(&(own.source, id)) {
            found.extend(
                rows.iter().filter(|&&other| world.facts[other as usize].xref == own.segment + 1),
            );
        }
    }

    /// The latest segment of the one record that has an id, plus 1; 0 when there are none or several, or it is the row's own.
    fn target(&self, world: &World, key: &(u16, String), row: u32) -> u32 {
        let Some(rows) = self.named.get(key) else { return 0 };
        let owner = |row: u32| world.facts[row as usize].owner;
        let one = owner(rows[0]);
        if one == owner(row) || rows.iter().any(|&other| owner(other) != one) {
            return 0;
        }
        rows.iter().map(|&other| world.facts[other as usize].segment + 1).max().unwrap_or(0)
    }

    fn settle(&self, world: &mut World, key: &(u16, String)) {
        let Some(rows) = self.quoting.get(key) else { return };
        for &row in rows {
            world.facts[row as usize].xref = self.target(world, key, row);
        }
    }
}
