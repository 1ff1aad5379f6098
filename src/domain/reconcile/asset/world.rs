//! All records, read: facts by row, vocabularies, and what was learnt about values that mean the same.

use std::hint::black_box;

use hashbrown::{HashMap, HashSet};

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::mac;
use super::alias::{Aliases, Counts};
use super::facts::Facts;
use super::identity::{Macs, References, Serials};
use super::place::Places;
use super::prior::Subject;
use super::reader::{KindWords, Reader};
use super::sheet::Sheet;
use super::talk::Talk;

/// Blocks of more records with one serial or address teach nothing.
const ANCHOR_RECORDS_MAX: usize = 8;
/// An address with more serials than this (slips count too) belongs to no single unit.
const SERIALS_PER_MAC_MAX: usize = 2;
/// Share of the anchor pairs of the rarer of two names that must put them side by side.
const NAME_SHARE: f64 = 0.05;
/// Everything that matching knows about the records before it compares any two.
#[derive(Debug, Default)]
pub struct World {
    /// Of what the records tell.
    pub subject: Subject,
    /// Facts by row.
    pub facts: Vec<Facts>,
    /// The rows of each segment: from the first up to that of the next; one more than there are segments.
    pub segment_rows: Vec<u32>,
    /// Serials.
    pub serials: Serials,
    /// How many records have each hardware address.
    pub mac_counts: HashMap<u64, u32>,
    /// Hardware addresses that unlike things share.
    pub shared_macs: HashSet<u64>,
    /// Texts of tags.
    pub tags: Dictionary,
    /// Texts of host names.
    pub hosts: Dictionary,
    /// Names of manufacturers.
    pub makers: Dictionary,
    /// Model codes.
    pub models: Dictionary,
    /// Names that mean one manufacturer.
    pub maker_aliases: Aliases,
    /// Codes and names that mean one model.
    pub model_aliases: Aliases,
    /// What descriptions say.
    pub talk: Talk,
}

impl World {
    /// Brings what comparisons need of rows into the caches. What is touched one right after the other comes from memory
    /// side by side, while each comparison would wait for its own; so first the facts, then what they point to, and so on.
    pub fn touch(&self, rows: impl Iterator<Item = u32> + Clone) {
        let facts = || rows.clone().map(|row| &self.facts[row as usize]);
        let mut sum = 0;
        for fact in facts() {
            sum ^= fact.touch();
        }
        for fact in facts() {
            sum ^= self.serials.folded.touch(fact.folded);
            sum ^= self.serials.counts.get(fact.folded as usize).copied().unwrap_or(0);
            sum ^= self.talk.words(fact.text).len() as u32;
        }
        for fact in facts() {
            let first = self.serials.folded.text(fact.folded).as_bytes().first();
            sum ^= first.copied().map_or(0, u32::from);
            sum ^= self.talk.words(fact.text).first().copied().unwrap_or(0);
        }
        black_box(sum);
    }
}

/// Reads all records.
pub fn world(sheet: &Sheet) -> World {
    read(sheet).0
}

/// Reads all records and keeps what is needed to read more of them.
pub fn read(sheet: &Sheet) -> (World, Reader) {
    let (mut world, mut reader) = (World::default(), Reader::default());
    reader.extend(sheet, &mut world);
    (world.serials, world.mac_counts) =
        rayon::join(|| Serials::learn(sheet, &reader.descriptions), || reader.macs.counts(sheet));
    world.subject = Subject::of(sheet);
    let anchors = match world.subject {
        Subject::Units => anchors(sheet, &world.serials, &reader.macs),
        Subject::Places => anchors_by_tag(sheet, &reader),
    };
    let Reader { makers, models, places, references, tags, hosts, ips, .. } = &mut reader;
    let positions = |row| [tags.at(sheet, row).0, *hosts.at(sheet, row), *ips.at(sheet, row)];
    rayon::join(
        || *places = Places::learn(sheet, &anchors, world.subject, positions),
        || {
            makers.learn(sheet, &world.makers);
            models.learn(sheet, &world.models);
            *references = References::learn(sheet);
        },
    );
    reader.learn_latest(sheet);
    let mut facts = reader.all_facts(sheet, &world.serials);
    reader.places.align_areas(&mut facts, &anchors);
    reader.kinds = KindWords::learn(sheet, &reader.descriptions, &mut facts, &world.tags);
    (world.talk, (world.maker_aliases, world.model_aliases, world.shared_macs)) = rayon::join(
        || Talk::learn(&reader.descriptions, &facts, &anchors),
        || {
            let makers = learn(&facts, &anchors, |fact| fact.maker);
            let models = learn(&facts, &anchors, |fact| fact.model);
            (makers, models, shared_macs(&facts))
        },
    );
    facts.iter_mut().for_each(|fact| own_tail(fact, &world.shared_macs));
    world.segment_rows = segment_rows(&facts);
    world.facts = facts;
    (world, reader)
}

/// An address that is the thing's own says more than a default name.
pub fn own_tail(fact: &mut Facts, shared_macs: &HashSet<u64>) {
    if fact.mac != 0 && !shared_macs.contains(&fact.mac) {
        fact.mac_tail = mac::tail(fact.mac) + 1;
    }
}

/// Pairs of rows with the same serial or the same hardware address.
fn anchors(sheet: &Sheet, serials: &Serials, macs: &Macs) -> Vec<(u32, u32)> {
    let mut keyed: Vec<(u64, u32)> = Vec::new();
    for row in 0..sheet.len() {
        let (serial, address) = (serials.of(sheet, row).1, macs.of(sheet, row));
        if serial != 0 {
            keyed.push((u64::from(serial) | 1 << 63, row as u32));
        }
        if address != 0 {
            keyed.push((address, row as u32));
        }
    }
    keyed.sort_unstable();
    let mut pairs = Vec::new();
    for group in keyed.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() <= ANCHOR_RECORDS_MAX)
    {
        for (at, a) in group.iter().enumerate() {
            let others = group[at + 1..]
                .iter()
                .filter(|b| sheet.owner(a.1 as usize) != sheet.owner(b.1 as usize));
            pairs.extend(others.map(|b| (a.1, b.1)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Pairs of rows with a tag that is on one record of each source: those that name one place each.
fn anchors_by_tag(sheet: &Sheet, reader: &Reader) -> Vec<(u32, u32)> {
    let tagged = (0..sheet.len()).map(|row| (reader.tag(sheet, row).0, row as u32));
    let mut tagged: Vec<(u32, u32)> = tagged.filter(|(tag, _)| *tag != 0).collect();
    tagged.sort_unstable();
    let mut pairs = Vec::new();
    for group in tagged.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() <= sheet.source_count()) {
        let mut sources: Vec<u16> = group.iter().map(|g| sheet.source(g.1 as usize)).collect();
        sources.sort_unstable();
        if sources.windows(2).all(|pair| pair[0] != pair[1]) {
            let later = |at: usize| group[at + 1..].iter().map(|b| b.1);
            pairs.extend((0..group.len()).flat_map(|at| later(at).map(move |b| (group[at].1, b))));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Names that mean the same. Two units of two makers may have one serial, and each of them many records, so each serial tells of
/// two names once.
fn learn(facts: &[Facts], anchors: &[(u32, u32)], value: impl Fn(&Facts) -> u32) -> Aliases {
    let mut counts = Counts::default();
    let mut told: HashSet<(u32, u32, u32)> = HashSet::new();
    for &(a, b) in anchors {
        let (a, b) = (&facts[a as usize], &facts[b as usize]);
        let (x, y) = (value(a), value(b));
        let serial = if a.folded == b.folded { a.folded } else { 0 };
        if x == y || serial == 0 || told.insert((x.min(y), x.max(y), serial)) {
            counts.add(x, y);
        }
    }
    counts.surely(NAME_SHARE, 1.0)
}

/// Addresses that unlike things share.
fn shared_macs(facts: &[Facts]) -> HashSet<u64> {
    let mut known: Vec<(u64, u32)> = facts
        .iter()
        .zip(0u32..)
        .filter(|(fact, _)| fact.mac != 0)
        .map(|(fact, row)| (fact.mac, row))
        .collect();
    known.sort_unstable();
    known
        .chunk_by(|x, y| x.0 == y.0)
        .filter(|group| is_shared(group.iter().map(|&(_, row)| &facts[row as usize])))
        .map(|group| group[0].0)
        .collect()
}

/// Whether the records with one address are too many for one unit: by their classes, their serials and their host names, or,
/// where nothing tells their class, because one source has several of them.
pub fn is_shared<'a>(records: impl Iterator<Item = &'a Facts>) -> bool {
    let (mut kinds, mut serials, mut hosts, mut sources) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for fact in records {
        kinds.extend((fact.kind != 0).then_some(fact.kind));
        serials.extend((fact.folded != 0).then_some(fact.folded));
        hosts.extend((fact.host != 0).then_some(fact.host));
        sources.push((fact.source, fact.owner));
    }
    sources.sort_unstable();
    sources.dedup();
    let several = kinds.is_empty() && sources.windows(2).any(|pair| pair[0].0 == pair[1].0);
    several || distinct(kinds) > 1 || distinct(serials) > SERIALS_PER_MAC_MAX || distinct(hosts) > 1
}

fn distinct<T: Ord>(mut values: Vec<T>) -> usize {
    values.sort_unstable();
    values.dedup();
    values.len()
}

fn segment_rows(facts: &[Facts]) -> Vec<u32> {
    let mut starts: Vec<u32> = Vec::with_capacity(facts.len() + 1);
    for (row, fact) in facts.iter().enumerate() {
        if fact.segment as usize == starts.len() {
            starts.push(row as u32);
        }
    }
    starts.push(facts.len() as u32);
    starts
}
