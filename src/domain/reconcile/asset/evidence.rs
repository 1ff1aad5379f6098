//! All comparisons of a pair, as levels.

use super::compare::mac::{self, MacLevel};
use super::compare::serial::{self, SerialLevel};
use super::compare::{days, place};
use super::facts::Facts;
use super::world::World;

/// How many circumstances there are.
pub const CIRCUMSTANCES: usize = 16;

/// Names of the circumstances, in their order.
pub const CIRCUMSTANCE_NAMES: [&str; CIRCUMSTANCES] = [
    "same source",
    "manufacturer",
    "model",
    "kind",
    "tag",
    "host",
    "address",
    "location",
    "description",
    "description's worth",
    "end of the tag",
    "installed on",
    "installed on, of what",
    "ends",
    "inactive",
    "sources",
];

/// The circumstances that compare names and addresses in the network.
const HOST: usize = 5;
const ADDRESS: usize = 6;

/// What is known of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// Serial.
    pub serial: u8,
    /// Hardware address.
    pub mac: u8,
    /// Cross-reference: 0 none, 1 to another record, 2 to a third that both refer to, 3 to the other.
    pub xref: u8,
    /// Whether one of the two says nothing of its circumstances.
    pub is_bare: bool,
    /// Everything that is not about the unit's own ids.
    pub circumstances: [u8; CIRCUMSTANCES],
}

/// Compares two rows.
pub fn evidence(world: &World, a: u32, b: u32) -> Evidence {
    let mut found = own_ids(world, a, b);
    compare_circumstances(world, a, b, &mut found);
    found
}

/// Compares what names the units themselves; the circumstances are still to be compared.
pub fn own_ids(world: &World, a: u32, b: u32) -> Evidence {
    let (x, y) = (&world.facts[a as usize], &world.facts[b as usize]);
    let unlike = place::same(u32::from(x.kind), u32::from(y.kind)) == 0;
    let serial = match serial::level(world, x, y) {
        SerialLevel::Equal | SerialLevel::EqualShort if unlike => SerialLevel::EqualUnlike,
        // Makers number their things alike, each for itself.
        SerialLevel::EqualShort if maker(world, x.maker, y.maker) == 0 => SerialLevel::EqualUnlike,
        // A hexadecimal number with a B for an 8 may be a sibling's.
        SerialLevel::Equal if !serial::is_same(world, x.serial, y.serial) => {
            SerialLevel::EqualShort
        }
        level => level,
    };
    Evidence {
        serial: serial as u8,
        mac: mac::level(world, x, y) as u8,
        xref: xref(world, x, y),
        is_bare: x.is_bare() || y.is_bare(),
        circumstances: [0; CIRCUMSTANCES],
    }
}

/// Compares everything else.
pub fn compare_circumstances(world: &World, a: u32, b: u32, found: &mut Evidence) {
    let (x, y) = (&world.facts[a as usize], &world.facts[b as usize]);
    let (likeness, worth) = talk(world, a, b);
    found.circumstances = [
        u8::from(x.source == y.source),
        maker(world, x.maker, y.maker),
        model(world, x.model, y.model),
        place::same(u32::from(x.kind), u32::from(y.kind)),
        place::tag(world, x, y),
        host(x, y, found.is_bare),
        place::same(x.ip, y.ip),
        place::place(x, y),
        likeness,
        worth,
        place::suffix(x, y),
        days::start(x, y),
        days::start_kinds(x, y),
        days::ends(x, y),
        days::inactive(x, y),
        source_pair(x.source, y.source),
    ];
}

/// 0 differ, 1 not known, 2 the same. What a bare record is called at the broker need not be its name in the network.
fn host(x: &Facts, y: &Facts, is_bare: bool) -> u8 {
    match place::same(x.host, y.host) {
        0 if is_bare => 1,
        level => level,
    }
}

/// 0 differ, 1 not known, 2 learnt to mean the same, 3 the same.
fn maker(world: &World, a: u32, b: u32) -> u8 {
    match place::same(a, b) {
        0 if world.maker_aliases.has(a, b) => 2,
        2 => 3,
        level => level,
    }
}

/// 0 differ, 1 not known, 2 one begins with the other, 3 learnt to mean the same, 4 the same.
fn model(world: &World, a: u32, b: u32) -> u8 {
    match place::same(a, b) {
        2 => 4,
        1 => 1,
        _ if world.model_aliases.has(a, b) => 3,
        _ => {
            let (x, y) = (world.models.text(a), world.models.text(b));
            let shorter = x.len().min(y.len());
            if shorter >= 4 && (x.starts_with(y) || y.starts_with(x)) { 2 } else { 0 }
        }
    }
}

fn talk(world: &World, a: u32, b: u32) -> (u8, u8) {
    let (likeness, bits) = world.talk.likeness(&world.facts[a as usize], &world.facts[b as usize]);
    if bits < 0.5 {
        return (3, 0);
    }
    let likeness = [0.15, 0.4, 0.6].iter().take_while(|&&bound| likeness >= bound).count() as u8;
    let worth = 1 + [1.5, 3.0, 5.0].iter().take_while(|&&bound| bits >= bound).count() as u8;
    (if likeness == 3 { 4 } else { likeness }, worth)
}

fn xref(world: &World, x: &Facts, y: &Facts) -> u8 {
    if x.xref == y.segment + 1 || y.xref == x.segment + 1 {
        return 3;
    }
    if x.xref != 0 && x.xref == y.xref {
        return 2;
    }
    let elsewhere = |xref: u32, source: u16| {
        xref != 0 && world.facts[world.segment_rows[xref as usize - 1] as usize].source == source
    };
    u8::from(elsewhere(x.xref, y.source) || elsewhere(y.xref, x.source))
}

/// Which two sources, for up to five of them; 15: others.
fn source_pair(a: u16, b: u16) -> u8 {
    let (low, high) = (a.min(b), a.max(b));
    if high > 5 { 15 } else { (high * (high - 1) / 2 + low - 1) as u8 }
}

impl Evidence {
    /// The level of the serials.
    pub fn is_serial(&self, level: SerialLevel) -> bool {
        self.serial == level as u8
    }

    /// Whether the two are proven to be two units: two serials, or two addresses, that other records confirm.
    pub fn is_contradiction(&self) -> bool {
        let serial = self.is_serial(SerialLevel::DiffersProven);
        let mac = self.is_mac(MacLevel::DiffersProven);
        let same_serial =
            self.is_serial(SerialLevel::Equal) || self.is_serial(SerialLevel::EqualShort);
        let same_mac = self.is_mac(MacLevel::Equal) || self.is_mac(MacLevel::Uuid);
        (serial && !same_mac) || (mac && !same_serial)
    }

    /// Whether one of the two says nothing of its circumstances, and no serial, address, reference or name in the network
    /// says that they are one.
    pub fn is_unnamed(&self) -> bool {
        let host = self.circumstances[HOST] == 2 || self.circumstances[ADDRESS] == 2;
        let serial = self.serial >= SerialLevel::Close as u8;
        let mac = self.mac >= MacLevel::Tail as u8;
        self.is_bare && !host && !serial && !mac && self.xref < 2
    }

    /// Whether the two have serials that no slip explains, proven or not.
    pub fn is_unlike(&self) -> bool {
        [SerialLevel::DiffersOne, SerialLevel::Differs, SerialLevel::Neighbour]
            .iter()
            .any(|&level| self.is_serial(level))
    }

    /// The level of the hardware addresses.
    pub fn is_mac(&self, level: MacLevel) -> bool {
        self.mac == level as u8
    }
}
