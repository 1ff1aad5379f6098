//! Which pairs of records are looked at: those that share a key.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::super::normalise::asset::serial;
use super::facts::{Facts, NO_DAY};
use super::world::World;

/// Groups of more records are divided by area and line, and what is still larger is left out.
pub const GROUP_RECORDS_MAX: usize = 64;
/// Records that begin within so many days of each other share a key.
const WINDOW_DAYS: i32 = 32;
/// Characters of the end of a serial that are its key too.
const SERIAL_TAIL: usize = 6;

/// What a pair shares. The numbers are bits of [`Pair::shared`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Key {
    /// Folded serial.
    Serial = 0,
    /// End or beginning of a serial.
    SerialPart = 1,
    /// Hardware address, or the next one.
    Mac = 2,
    /// Last 24 bits of the hardware address.
    MacTail = 3,
    /// UUID.
    Uuid = 4,
    /// One refers to the other.
    Xref = 5,
    /// Tag and site.
    Tag = 6,
    /// Host name.
    Host = 7,
    /// Network address and site.
    Ip = 8,
    /// Station and class of thing.
    Station = 9,
    /// Site, class of thing and nearly the same beginning.
    Window = 10,
    /// Line and class of thing.
    Line = 11,
}

/// The keys that name the unit itself.
pub const UNIT_KEYS: u16 = 1 << Key::Serial as u16
    | 1 << Key::SerialPart as u16
    | 1 << Key::Mac as u16
    | 1 << Key::MacTail as u16
    | 1 << Key::Uuid as u16
    | 1 << Key::Xref as u16;

/// Two rows that share something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The smaller row.
    pub a: u32,
    /// The greater row.
    pub b: u32,
    /// Bits of [`Key`].
    pub shared: u16,
}

const HASH: FixedState = FixedState::with_seed(0x6b65_7973);

/// The keys that make groups; [`Key::Xref`] names rows.
pub const GROUP_KEYS: [Key; 11] = [
    Key::Serial,
    Key::SerialPart,
    Key::Mac,
    Key::MacTail,
    Key::Uuid,
    Key::Tag,
    Key::Host,
    Key::Ip,
    Key::Station,
    Key::Window,
    Key::Line,
];

/// What divides a group that is too large: the area, then the line; 0: not known.
pub fn finer(fact: &Facts, depth: u8) -> u32 {
    if depth == 0 { fact.area } else { fact.line }
}

/// All pairs that share a key, in the order of their rows.
pub fn candidates(world: &World) -> Vec<Pair> {
    // By itself, because it is asked once for each pair: all of it fits into a cache, all facts do not.
    let owners: Vec<u32> = world.facts.iter().map(|fact| fact.owner).collect();
    let mut packed: Vec<u64> =
        GROUP_KEYS.into_par_iter().flat_map_iter(|key| pairs_of(world, &owners, key)).collect();
    for (row, fact) in world.facts.iter().enumerate().filter(|(_, fact)| fact.xref != 0) {
        let target = fact.xref as usize - 1;
        let rows = world.segment_rows[target]..world.segment_rows[target + 1];
        packed.extend(rows.map(|other| pack(row as u32, other, Key::Xref)));
    }
    packed.par_sort_unstable();
    packed.chunk_by(|x, y| x >> 4 == y >> 4).map(unpack).collect()
}

fn pack(x: u32, y: u32, key: Key) -> u64 {
    u64::from(x.min(y)) << 34 | u64::from(x.max(y)) << 4 | key as u64
}

fn unpack(group: &[u64]) -> Pair {
    let shared = group.iter().fold(0, |bits, packed| bits | 1 << (packed & 15));
    Pair { a: (group[0] >> 34) as u32, b: (group[0] >> 4 & 0x3fff_ffff) as u32, shared }
}

fn pairs_of(world: &World, owners: &[u32], key: Key) -> Vec<u64> {
    let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(world.facts.len());
    for row in 0..world.facts.len() as u32 {
        keys(world, row, key, |hash| keyed.push((hash, row)));
    }
    keyed.sort_unstable();
    let mut pairs = Vec::new();
    for group in keyed.chunk_by(|x, y| x.0 == y.0) {
        join(world, owners, group, &mut |x, y| pairs.push(pack(x, y, key)), 0);
    }
    pairs
}

fn join(
    world: &World,
    owners: &[u32],
    group: &[(u64, u32)],
    put: &mut impl FnMut(u32, u32),
    depth: u8,
) {
    if group.len() > GROUP_RECORDS_MAX {
        if depth > 1 {
            return;
        }
        let finer = |row: u32| u64::from(finer(&world.facts[row as usize], depth));
        let mut parts: Vec<(u64, u32)> =
            group.iter().map(|&(_, row)| (finer(row), row)).filter(|part| part.0 != 0).collect();
        parts.sort_unstable();
        for part in parts.chunk_by(|x, y| x.0 == y.0) {
            join(world, owners, part, put, depth + 1);
        }
        return;
    }
    for (at, &(_, x)) in group.iter().enumerate() {
        for &(_, y) in &group[at + 1..] {
            if owners[y as usize] != owners[x as usize] {
                put(x, y);
            }
        }
    }
}

/// The class of thing; where nothing tells it, the model stands for it.
fn class(fact: &Facts) -> u32 {
    if fact.kind != 0 || fact.model == 0 { u32::from(fact.kind) } else { fact.model | 1 << 31 }
}

/// The keys of one kind that a record has.
pub fn keys(world: &World, row: u32, key: Key, mut put: impl FnMut(u64)) {
    let fact = &world.facts[row as usize];
    let with = |parts: &[u32]| HASH.hash_one(parts);
    match key {
        Key::Serial if fact.folded != 0 => put(u64::from(fact.folded)),
        Key::SerialPart if fact.folded != 0 => serial_parts(world, fact, put),
        Key::Mac if fact.mac != 0 => [fact.mac, fact.mac + 1].into_iter().for_each(put),
        Key::MacTail if fact.mac_tail != 0 => put(u64::from(fact.mac_tail)),
        Key::Uuid if fact.uuid != 0 => put(u64::from(fact.uuid)),
        Key::Tag if fact.tag != 0 => put(with(&[fact.tag, fact.site])),
        Key::Host if fact.host != 0 => put(u64::from(fact.host)),
        Key::Ip if fact.ip != 0 => put(with(&[fact.ip, fact.site])),
        Key::Station if fact.station != 0 && fact.line != 0 => {
            put(with(&[fact.site, fact.area, fact.line, fact.station, u32::from(fact.kind)]))
        }
        Key::Line
            if fact.line != 0
                && class(fact) != 0
                && (fact.station == 0 || fact.start() == NO_DAY) =>
        {
            put(with(&[fact.site, fact.area, fact.line, class(fact)]))
        }
        Key::Window if class(fact) != 0 && fact.site != 0 && fact.start() != NO_DAY => {
            let window = fact.start().div_euclid(WINDOW_DAYS);
            [window, window + 1]
                .into_iter()
                .for_each(|window| put(with(&[fact.site, class(fact), window as u32])));
        }
        _ => {}
    }
}

/// Letters and number without the zeros between them; and what is left where fields are too short: the end of a serial, and the
/// serial without its last two characters.
fn serial_parts(world: &World, fact: &Facts, mut put: impl FnMut(u64)) {
    if let Some(numbered) = serial::numbered(world.serials.canonical.text(fact.serial)) {
        put(HASH.hash_one((2u8, numbered)));
    }
    let (text, site) = (world.serials.folded.text(fact.folded), fact.site);
    let chars = text.len();
    if !text.is_ascii() || chars < SERIAL_TAIL - 1 {
        return;
    }
    let tail = serial::folded(&text[chars - SERIAL_TAIL.min(chars)..]);
    put(HASH.hash_one((0u8, tail, site)));
    put(HASH.hash_one((1u8, text, site)));
    if chars > SERIAL_TAIL {
        put(HASH.hash_one((1u8, &text[..chars - 2], site)));
    }
}
