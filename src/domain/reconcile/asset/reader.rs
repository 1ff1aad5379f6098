//! Reads rows as facts: with what was learnt of all records, one row at a time.

use rayon::prelude::*;

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::words::{self, Description};
use super::super::normalise::asset::{day, mac, name, network, reference, tag};
use super::alias::Slips;
use super::facts::{Facts, NO_DAY};
use super::identity::{Macs, References, Serials, Uuids};
use super::kind::{Hints, Kinds, Numbering};
use super::place::Places;
use super::sheet::{Field, Sheet};
use super::values::PerValue;
use super::world::World;

/// A source that has not heard of a thing for so many days, though of others, no longer hears of it.
const SILENT_DAYS: i32 = 30;

/// Words by which systems say that a thing is out of use, after everything but letters is dropped.
const INACTIVE: [&str; 16] = [
    "INAC",
    "INACTIVE",
    "INAKTIV",
    "DECOMMISSIONED",
    "RETIRED",
    "SCRAPPED",
    "DISPOSED",
    "REMOVED",
    "DISMANTLED",
    "STILLGELEGT",
    "AUSGEBAUT",
    "VERSCHROTTET",
    "OUTOFSERVICE",
    "DELETED",
    "DLFL",
    "OBSOLETE",
];

/// What the texts of the fields say, and what is needed to make facts of them.
///
/// Texts are read by [`Self::extend`], what stands behind them is learnt by [`super::world::read`].
#[derive(Debug)]
pub struct Reader {
    /// Descriptions.
    pub descriptions: PerValue<Description>,
    /// Hardware addresses.
    pub macs: Macs,
    /// UUIDs.
    pub uuids: Uuids,
    /// Cross-references.
    pub references: References,
    /// Places.
    pub places: Places,
    /// Manufacturers.
    pub makers: Names,
    /// Models.
    pub models: Names,
    /// Classes of things.
    pub kinds: KindWords,
    pub(super) tags: PerValue<(u32, u8)>,
    said_tags: PerValue<(u32, u8)>,
    pub(super) hosts: PerValue<u32>,
    clients: PerValue<u32>,
    pub(super) ips: PerValue<u32>,
    inactive: PerValue<bool>,
    installed: PerValue<i32>,
    first_seen: PerValue<i32>,
    last_seen: PerValue<i32>,
    updated: PerValue<i32>,
    /// The latest day on which each source heard of anything.
    latest: Vec<i32>,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            descriptions: PerValue::new(Field::Description),
            macs: Macs::default(),
            uuids: Uuids::default(),
            references: References::default(),
            places: Places::default(),
            makers: Names::new(Field::Manufacturer),
            models: Names::new(Field::Model),
            kinds: KindWords::default(),
            tags: PerValue::new(Field::Tag),
            said_tags: PerValue::new(Field::Description),
            hosts: PerValue::new(Field::Hostname),
            clients: PerValue::new(Field::ClientId),
            ips: PerValue::new(Field::Ip),
            inactive: PerValue::new(Field::Status),
            installed: PerValue::new(Field::InstallDate),
            first_seen: PerValue::new(Field::FirstSeen),
            last_seen: PerValue::new(Field::LastSeen),
            updated: PerValue::new(Field::Updated),
            latest: Vec::new(),
        }
    }
}

impl Reader {
    /// Reads the texts that came to the sheet since; those of serials, places and cross-references are not among them.
    pub fn extend(&mut self, sheet: &Sheet, world: &mut World) {
        self.descriptions.extend(sheet, words::parse);
        self.macs.extend(sheet);
        self.uuids.extend(sheet);
        self.makers.extend(sheet, &mut world.makers, name::manufacturer);
        self.models.extend(sheet, &mut world.models, name::model);
        let mut tag = |found: &tag::Tag| {
            (world.tags.intern(&found.text()), found.suffix.map_or(0, |c| c as u8))
        };
        self.tags.extend_by(sheet, tag::parse, |found| found.as_ref().map_or((0, 0), &mut tag));
        self.said_tags
            .extend_from(&self.descriptions, |said| said.tag.as_ref().map_or((0, 0), &mut tag));
        for names in [&mut self.hosts, &mut self.clients] {
            let mut keep = |name: Option<String>| name.map_or(0, |text| world.hosts.intern(&text));
            names.extend_by(sheet, host, &mut keep);
        }
        self.ips.extend(sheet, |raw| network::ipv4(raw).unwrap_or(0));
        self.inactive.extend(sheet, is_inactive);
        for days in
            [&mut self.installed, &mut self.first_seen, &mut self.last_seen, &mut self.updated]
        {
            days.extend(sheet, |raw| day::parse(raw).unwrap_or(NO_DAY));
        }
    }

    /// Learns when each source last heard of anything.
    pub fn learn_latest(&mut self, sheet: &Sheet) {
        self.latest = vec![NO_DAY; sheet.source_count() + 1];
        for row in 0..sheet.len() {
            let latest = &mut self.latest[sheet.source(row) as usize];
            *latest = (*latest).max(*self.last_seen.at(sheet, row));
        }
    }

    /// What a row says; its class of thing is still to be told.
    pub fn facts(&mut self, sheet: &Sheet, serials: &Serials, row: usize) -> Facts {
        let said = self.places.said(self.descriptions.at(sheet, row));
        let place = self.places.of(sheet, row, said);
        let uuid = self.uuids.of(sheet, row);
        Facts { uuid, ..self.facts_at(sheet, serials, row, place) }
    }

    /// What all rows say, which were there when places were learnt; their classes are still to be told.
    pub fn all_facts(&mut self, sheet: &Sheet, serials: &Serials) -> Vec<Facts> {
        let places = &mut self.places;
        let said: Vec<[u32; 2]> =
            self.descriptions.all().iter().map(|said| places.said(said)).collect();
        let of = |row: usize| {
            let said = said[sheet.value(row, Field::Description) as usize];
            let place = self.places.learnt(sheet, row, said).unwrap_or_default();
            self.facts_at(sheet, serials, row, place)
        };
        let mut facts: Vec<Facts> = (0..sheet.len()).into_par_iter().map(of).collect();
        let numbered = facts.iter_mut().enumerate();
        numbered.for_each(|(row, fact)| fact.uuid = self.uuids.of(sheet, row));
        facts
    }

    /// The facts of a row at a place; the number of its UUID is still to be told.
    fn facts_at(
        &self,
        sheet: &Sheet,
        serials: &Serials,
        row: usize,
        [site, area, line, station]: [u32; 4],
    ) -> Facts {
        let (serial, folded) = serials.of(sheet, row);
        let (tag, suffix) = self.tag(sheet, row);
        let name = *self.hosts.at(sheet, row);
        Facts {
            owner: sheet.owner(row),
            segment: sheet.segment(row),
            source: sheet.source(row),
            kind: 0,
            serial,
            folded,
            mac: self.macs.of(sheet, row),
            mac_tail: self.macs.tail(sheet, row),
            uuid: 0,
            maker: self.makers.of(sheet, row),
            model: self.models.of(sheet, row),
            tag,
            suffix,
            inactive: *self.inactive.at(sheet, row),
            host: if name != 0 { name } else { *self.clients.at(sheet, row) },
            ip: *self.ips.at(sheet, row),
            site,
            area,
            line,
            station,
            text: sheet.value(row, Field::Description),
            xref: self.references.of(sheet, row),
            installed: *self.installed.at(sheet, row),
            first_seen: *self.first_seen.at(sheet, row),
            updated: *self.updated.at(sheet, row),
            appeared: sheet.appeared(row).unwrap_or(NO_DAY),
            ended: self.ended(sheet, row),
        }
    }

    /// The tag and the letter of the parallel unit.
    pub fn tag(&self, sheet: &Sheet, row: usize) -> (u32, u8) {
        let own = *self.tags.at(sheet, row);
        let (tag, suffix) = if own.0 != 0 { own } else { *self.said_tags.at(sheet, row) };
        let said = || self.descriptions.at(sheet, row).suffix.map_or(0, |c| c as u8);
        (tag, if suffix == 0 { said() } else { suffix })
    }

    fn ended(&self, sheet: &Sheet, row: usize) -> i32 {
        let heard = *self.last_seen.at(sheet, row);
        let latest = self.latest.get(sheet.source(row) as usize).copied().unwrap_or(NO_DAY);
        if heard != NO_DAY && heard + SILENT_DAYS < latest { heard } else { NO_DAY }
    }

    /// Forgets the texts that the sheet no longer has; the dictionaries were cut back already.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.descriptions.rewind(sheet);
        self.macs.rewind(sheet);
        self.uuids.rewind(sheet);
        self.references.rewind(sheet);
        self.places.rewind(sheet);
        self.makers.rewind(sheet);
        self.models.rewind(sheet);
        self.tags.rewind(sheet);
        self.said_tags.rewind(sheet);
        self.hosts.rewind(sheet);
        self.clients.rewind(sheet);
        self.ips.rewind(sheet);
        self.inactive.rewind(sheet);
        for days in
            [&mut self.installed, &mut self.first_seen, &mut self.last_seen, &mut self.updated]
        {
            days.rewind(sheet);
        }
    }
}

/// Host names, and client ids that are no UUID and have no half of an address in them.
fn host(raw: &str) -> Option<String> {
    let generic = mac::tail_in_name(raw).is_some() || reference::uuid(raw).is_some();
    if generic { None } else { network::host(raw) }
}

fn is_inactive(raw: &str) -> bool {
    let bare: String =
        raw.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_uppercase).collect();
    INACTIVE.contains(&&*bare)
}

/// A name field: its values, slips replaced by what they are slips of.
#[derive(Debug)]
pub struct Names {
    /// The value by raw text.
    read: PerValue<u32>,
    /// The value that each value stands for.
    nearest: Vec<u32>,
    slips: Slips,
}

impl Names {
    fn new(field: Field) -> Self {
        Self { read: PerValue::new(field), nearest: vec![0], slips: Slips::default() }
    }

    fn extend(
        &mut self,
        sheet: &Sheet,
        values: &mut Dictionary,
        read: impl Fn(&str) -> Option<String> + Sync,
    ) {
        self.read.extend_by(sheet, read, |text| text.map_or(0, |text| values.intern(&text)));
        self.stand_in(values);
    }

    fn stand_in(&mut self, values: &Dictionary) {
        let new = self.nearest.len() as u32..values.id_bound() as u32;
        self.nearest.extend(new.map(|value| self.slips.nearest(value, values.text(value))));
    }

    /// Learns which values are frequent, and so which are slips of them.
    pub fn learn(&mut self, sheet: &Sheet, values: &Dictionary) {
        let mut counts = vec![0u32; values.id_bound()];
        (0..sheet.len()).for_each(|row| counts[*self.read.at(sheet, row) as usize] += 1);
        self.slips = Slips::learn(counts, |value| values.text(value));
        self.nearest.clear();
        self.stand_in(values);
    }

    /// The value of a row; 0: none.
    pub fn of(&self, sheet: &Sheet, row: usize) -> u32 {
        self.nearest[*self.read.at(sheet, row) as usize]
    }

    fn rewind(&mut self, sheet: &Sheet) {
        self.read.rewind(sheet);
    }

    /// Forgets the values from `bound` on.
    pub fn truncate(&mut self, bound: usize) {
        self.nearest.truncate(bound);
    }
}

/// The words that hint at a record's class of thing.
#[derive(Debug, Default)]
pub struct KindWords {
    letters: Dictionary,
    vocabulary: Dictionary,
    numbering: Numbering,
    kinds: Kinds,
}

/// The vocabularies of [`Numbering`].
const SAID: u8 = 0;
const MODEL: u8 = 1;
const TYPE: u8 = 2;

impl KindWords {
    /// Learns from all rows and tells their classes.
    pub fn learn(
        sheet: &Sheet,
        descriptions: &PerValue<Description>,
        facts: &mut [Facts],
        tags: &Dictionary,
    ) -> Self {
        let mut learnt = Self::default();
        let letters_of: Vec<u32> = (0..tags.id_bound() as u32)
            .map(|tag| learnt.letters.intern(letters(tags.text(tag))))
            .collect();
        let said: Vec<Vec<u32>> = descriptions
            .all()
            .iter()
            .map(|said| said.words.iter().map(|word| learnt.vocabulary.intern(word)).collect())
            .collect();
        let hinted: Vec<Vec<u32>> = facts
            .iter()
            .enumerate()
            .map(|(row, fact)| {
                let said = said[fact.text as usize].iter().map(|&word| (SAID, word));
                said.chain(others(sheet, row, fact))
                    .map(|(kind, value)| learnt.numbering.number(kind, value))
                    .collect()
            })
            .collect();
        let hints: Vec<Hints<'_>> = facts
            .iter()
            .zip(&hinted)
            .map(|(fact, words)| Hints { letters: letters_of[fact.tag as usize], words })
            .collect();
        learnt.kinds = Kinds::learn(&hints, learnt.numbering.bound(), learnt.letters.id_bound());
        facts.iter_mut().zip(&hints).for_each(|(fact, hints)| fact.kind = learnt.kinds.of(hints));
        learnt
    }

    /// The class of a row, by what was learnt.
    pub fn of(
        &self,
        sheet: &Sheet,
        row: usize,
        fact: &Facts,
        said: &Description,
        tags: &Dictionary,
    ) -> u16 {
        let said =
            said.words.iter().map(|word| (SAID, self.vocabulary.find(word).unwrap_or(u32::MAX)));
        let words: Vec<u32> = said
            .chain(others(sheet, row, fact))
            .map(|(kind, value)| self.numbering.find(kind, value).unwrap_or(u32::MAX))
            .collect();
        let letters = self.letters.find(letters(tags.text(fact.tag))).unwrap_or(u32::MAX);
        self.kinds.of(&Hints { letters, words: &words })
    }
}

/// Model and type.
fn others(sheet: &Sheet, row: usize, fact: &Facts) -> impl Iterator<Item = (u8, u32)> {
    [(MODEL, fact.model), (TYPE, sheet.value(row, Field::ObjectType))]
        .into_iter()
        .filter(|&(_, value)| value != 0)
}

/// The letters that a tag begins with.
fn letters(tag: &str) -> &str {
    tag.split(|c: char| c.is_ascii_digit()).next().unwrap_or("")
}
