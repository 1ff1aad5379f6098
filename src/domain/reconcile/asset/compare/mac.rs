//! Two hardware addresses and what names tell of them.

use super::super::facts::Facts;
use super::super::world::World;

/// How two records' hardware addresses stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum MacLevel {
    /// One is not known.
    Missing,
    /// They differ, and both are on other records too: two units.
    DiffersProven,
    /// They differ.
    Differs,
    /// They differ, but one of them is shared by unlike things (a gateway's).
    DiffersShared,
    /// The same, but unlike things share it.
    EqualShared,
    /// The last half agrees, by a default name.
    Tail,
    /// The next number: a second network card.
    Adjacent,
    /// The same.
    Equal,
    /// The same UUID.
    Uuid,
}

/// Compares hardware addresses, default names and UUIDs.
pub fn level(world: &World, a: &Facts, b: &Facts) -> MacLevel {
    let clash = a.mac != 0 && b.mac != 0 && a.mac.abs_diff(b.mac) > 1;
    if a.uuid != 0 && a.uuid == b.uuid {
        return if clash { MacLevel::DiffersShared } else { MacLevel::Uuid };
    }
    let shared = |mac: u64| world.shared_macs.contains(&mac);
    if a.mac != 0 && b.mac != 0 {
        if a.mac == b.mac {
            return if shared(a.mac) && (a.kind != b.kind || a.kind == 0) {
                MacLevel::EqualShared
            } else {
                MacLevel::Equal
            };
        }
        if a.mac.abs_diff(b.mac) == 1 {
            return MacLevel::Adjacent;
        }
    }
    if a.mac_tail != 0 && a.mac_tail == b.mac_tail {
        return MacLevel::Tail;
    }
    if a.mac == 0 || b.mac == 0 {
        return if a.mac_tail != 0 && b.mac_tail != 0 && a.mac_tail.abs_diff(b.mac_tail) > 1 {
            MacLevel::DiffersShared
        } else {
            MacLevel::Missing
        };
    }
    let confirmed = |mac: u64| world.mac_counts.get(&mac).is_some_and(|&count| count >= 2);
    match (shared(a.mac) || shared(b.mac), confirmed(a.mac) && confirmed(b.mac)) {
        (true, _) => MacLevel::DiffersShared,
        (false, true) => MacLevel::DiffersProven,
        (false, false) => MacLevel::Differs,
    }
}
