//! All records, read: facts by row, vocabularies, and what was learnt about values that mean the same.

use hashbrown::{HashMap, HashSet};

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::words::{self, Description};
use super::super::normalise::asset::{day, mac, name, network, tag};
use super::alias::{self, Aliases, Counts};
use super::facts::{Facts, NO_DAY};
use super::identity::{self, Serials, cells, per_value};
use super::kind::{self, Hints, Numbering};
use super::place::{self, Places};
use super::sheet::{Field, Sheet};
use super::talk::Talk;

/// Blocks of more records with one serial or address teach nothing.
const ANCHOR_RECORDS_MAX: usize = 8;
/// An address with more serials than this (slips count too) belongs to no single unit.
const SERIALS_PER_MAC_MAX: usize = 2;
/// Share of the anchor pairs of the rarer of two names that must put them side by side.
const NAME_SHARE: f64 = 0.05;
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

/// Everything that matching knows about the records before it compares any two.
pub struct World {
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

/// Reads all records.
pub fn world(sheet: &Sheet) -> World {
    let descriptions: Vec<Description> = per_value(sheet, Field::Description, words::parse);
    let serials = identity::serials(sheet, &descriptions);
    let macs = identity::macs(sheet);
    let anchors = anchors(sheet, &serials, &macs.of);
    let read_makers = || names(sheet, Field::Manufacturer, name::manufacturer);
    let read_models = || names(sheet, Field::Model, name::model);
    let (places, ((makers, maker_of), (models, model_of))) = rayon::join(
        || place::places(sheet, &descriptions, &anchors),
        || rayon::join(read_makers, read_models),
    );
    let (mut tags, mut hosts) = (Dictionary::default(), Dictionary::default());
    let mut facts = first_facts(sheet, &serials, &macs, &places);
    for (row, fact) in facts.iter_mut().enumerate() {
        fact.maker = maker_of[row];
        fact.model = model_of[row];
    }
    read_tags(sheet, &descriptions, &mut facts, &mut tags);
    read_hosts(sheet, &mut facts, &mut hosts);
    read_days(sheet, &mut facts);
    read_kinds(sheet, &descriptions, &mut facts, &tags);
    let maker_aliases = learn(&facts, &anchors, |fact| fact.maker);
    let model_aliases = learn(&facts, &anchors, |fact| fact.model);
    let talk = Talk::learn(&descriptions, &facts, &anchors);
    let shared_macs = shared_macs(&facts);
    let own = |fact: &&mut Facts| fact.mac != 0 && !shared_macs.contains(&fact.mac);
    facts.iter_mut().filter(own).for_each(|fact| fact.mac_tail = mac::tail(fact.mac) + 1);
    let segment_rows = segment_rows(&facts);
    World {
        facts,
        segment_rows,
        serials,
        mac_counts: macs.counts,
        shared_macs,
        tags,
        hosts,
        makers,
        models,
        maker_aliases,
        model_aliases,
        talk,
    }
}

/// Pairs of rows with the same serial or the same hardware address.
fn anchors(sheet: &Sheet, serials: &Serials, macs: &[u64]) -> Vec<(u32, u32)> {
    let mut keyed: Vec<(u64, u32)> = Vec::new();
    for (row, &address) in macs.iter().enumerate() {
        if serials.of[row].1 != 0 {
            keyed.push((u64::from(serials.of[row].1) | 1 << 63, row as u32));
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

/// The values of a name field and each record's value, slips replaced by what they are slips of.
fn names(
    sheet: &Sheet,
    field: Field,
    read: impl Fn(&str) -> Option<String>,
) -> (Dictionary, Vec<u32>) {
    let mut values = Dictionary::default();
    let by_raw: Vec<u32> =
        per_value(sheet, field, |raw| read(raw).map_or(0, |text| values.intern(&text)));
    let mut counts = vec![0u32; values.id_bound()];
    cells(sheet, field).iter().for_each(|&raw| counts[by_raw[raw as usize] as usize] += 1);
    let nearest = alias::nearest_frequent(
        values.id_bound(),
        |value| values.text(value),
        |value| counts[value as usize],
    );
    let of =
        cells(sheet, field).iter().map(|&raw| nearest[by_raw[raw as usize] as usize]).collect();
    (values, of)
}

fn first_facts(
    sheet: &Sheet,
    serials: &Serials,
    macs: &identity::Macs,
    places: &Places,
) -> Vec<Facts> {
    let uuids = identity::uuids(sheet);
    let xrefs = identity::references(sheet);
    let inactive = per_value(sheet, Field::Status, |raw| {
        let bare: String =
            raw.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_uppercase).collect();
        INACTIVE.contains(&&*bare)
    });
    let ips = per_value(sheet, Field::Ip, |raw| network::ipv4(raw).unwrap_or(0));
    let fact = |row: usize| {
        let [site, area, line, station] = places.of[row];
        Facts {
            owner: sheet.owner(row),
            segment: sheet.segment(row),
            source: sheet.source(row),
            kind: 0,
            serial: serials.of[row].0,
            folded: serials.of[row].1,
            mac: macs.of[row],
            mac_tail: macs.tails[row],
            uuid: uuids[row],
            maker: 0,
            model: 0,
            tag: 0,
            suffix: 0,
            inactive: inactive[sheet.value(row, Field::Status) as usize],
            host: 0,
            ip: ips[sheet.value(row, Field::Ip) as usize],
            site,
            area,
            line,
            station,
            text: sheet.value(row, Field::Description),
            xref: xrefs[row],
            installed: NO_DAY,
            first_seen: NO_DAY,
            updated: NO_DAY,
            appeared: sheet.appeared(row).unwrap_or(NO_DAY),
            ended: NO_DAY,
        }
    };
    (0..sheet.len()).map(fact).collect()
}

fn read_tags(
    sheet: &Sheet,
    descriptions: &[Description],
    facts: &mut [Facts],
    tags: &mut Dictionary,
) {
    let mut read =
        |found: &tag::Tag| (tags.intern(&found.text()), found.suffix.map_or(0, |c| c as u8));
    let by_value =
        per_value(sheet, Field::Tag, |raw| tag::parse(raw).map_or((0, 0), |found| read(&found)));
    let by_text: Vec<(u32, u8)> =
        descriptions.iter().map(|said| said.tag.as_ref().map_or((0, 0), &mut read)).collect();
    for (row, fact) in facts.iter_mut().enumerate() {
        let own = by_value[sheet.value(row, Field::Tag) as usize];
        let said = by_text[fact.text as usize];
        let suffix = descriptions[fact.text as usize].suffix.map_or(0, |c| c as u8);
        (fact.tag, fact.suffix) = if own.0 != 0 { own } else { said };
        if fact.suffix == 0 {
            fact.suffix = suffix;
        }
    }
}

/// Host names, and client ids that are no UUID and have no half of an address in them.
fn read_hosts(sheet: &Sheet, facts: &mut [Facts], hosts: &mut Dictionary) {
    use super::super::normalise::asset::reference;
    let mut read = |raw: &str| {
        let generic = mac::tail_in_name(raw).is_some() || reference::uuid(raw).is_some();
        if generic { 0 } else { network::host(raw).map_or(0, |text| hosts.intern(&text)) }
    };
    let names = per_value(sheet, Field::Hostname, &mut read);
    let clients = per_value(sheet, Field::ClientId, &mut read);
    for (row, fact) in facts.iter_mut().enumerate() {
        let name = names[sheet.value(row, Field::Hostname) as usize];
        fact.host =
            if name != 0 { name } else { clients[sheet.value(row, Field::ClientId) as usize] };
    }
}

fn read_days(sheet: &Sheet, facts: &mut [Facts]) {
    let read = |field| per_value(sheet, field, |raw| day::parse(raw).unwrap_or(NO_DAY));
    let (installed, first, last, updated) = (
        read(Field::InstallDate),
        read(Field::FirstSeen),
        read(Field::LastSeen),
        read(Field::Updated),
    );
    let mut latest = vec![NO_DAY; sheet.source_count() + 1];
    for (row, fact) in facts.iter().enumerate() {
        let source = &mut latest[fact.source as usize];
        *source = (*source).max(last[sheet.value(row, Field::LastSeen) as usize]);
    }
    for (row, fact) in facts.iter_mut().enumerate() {
        fact.installed = installed[sheet.value(row, Field::InstallDate) as usize];
        fact.first_seen = first[sheet.value(row, Field::FirstSeen) as usize];
        fact.updated = updated[sheet.value(row, Field::Updated) as usize];
        let heard = last[sheet.value(row, Field::LastSeen) as usize];
        if heard != NO_DAY && heard + SILENT_DAYS < latest[fact.source as usize] {
            fact.ended = heard;
        }
    }
}

fn read_kinds(sheet: &Sheet, descriptions: &[Description], facts: &mut [Facts], tags: &Dictionary) {
    let mut letters = Dictionary::default();
    let letters_of: Vec<u32> = (0..tags.id_bound() as u32)
        .map(|tag| {
            letters.intern(tags.text(tag).split(|c: char| c.is_ascii_digit()).next().unwrap_or(""))
        })
        .collect();
    let mut vocabulary = Dictionary::default();
    let words_of: Vec<Vec<u32>> = descriptions
        .iter()
        .map(|said| said.words.iter().map(|word| vocabulary.intern(word)).collect())
        .collect();
    let mut numbering = Numbering::default();
    let hinted: Vec<Vec<u32>> = facts
        .iter()
        .enumerate()
        .map(|(row, fact)| {
            let kind_word = sheet.value(row, Field::ObjectType);
            let others =
                [(1, fact.model), (2, kind_word)].into_iter().filter(|&(_, value)| value != 0);
            let all = words_of[fact.text as usize].iter().map(|&word| (0, word)).chain(others);
            all.map(|(kind, value)| numbering.number(kind, value)).collect()
        })
        .collect();
    let hints: Vec<Hints<'_>> = facts
        .iter()
        .zip(&hinted)
        .map(|(fact, words)| Hints { letters: letters_of[fact.tag as usize], words })
        .collect();
    let kinds = kind::kinds(&hints, numbering.bound(), letters.id_bound());
    facts.iter_mut().zip(kinds).for_each(|(fact, kind)| fact.kind = kind);
}

fn learn(facts: &[Facts], anchors: &[(u32, u32)], value: impl Fn(&Facts) -> u32) -> Aliases {
    let mut counts = Counts::default();
    for &(a, b) in anchors {
        counts.add(value(&facts[a as usize]), value(&facts[b as usize]));
    }
    counts.aliases(NAME_SHARE)
}

/// Addresses on records of two classes of thing, or with three serials.
fn shared_macs(facts: &[Facts]) -> HashSet<u64> {
    let mut known: Vec<(u64, u16, u32)> = facts
        .iter()
        .filter(|fact| fact.mac != 0)
        .map(|fact| (fact.mac, fact.kind, fact.folded))
        .collect();
    known.sort_unstable();
    let mut shared = HashSet::new();
    for group in known.chunk_by(|x, y| x.0 == y.0) {
        let mut kinds: Vec<u16> =
            group.iter().map(|found| found.1).filter(|&kind| kind != 0).collect();
        kinds.dedup();
        let mut serials: Vec<u32> =
            group.iter().map(|found| found.2).filter(|&serial| serial != 0).collect();
        serials.sort_unstable();
        serials.dedup();
        if kinds.len() > 1 || serials.len() > SERIALS_PER_MAC_MAX {
            shared.insert(group[0].0);
        }
    }
    shared
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
