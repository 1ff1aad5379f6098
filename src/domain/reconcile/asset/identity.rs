//! Facts that name the unit itself: serial, hardware address, UUID, cross-reference.

use hashbrown::{HashMap, HashSet};

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::words::Description;
use super::super::normalise::asset::{mac, name, reference, serial};
use super::sheet::{Field, Sheet};

/// Serials of all records.
pub struct Serials {
    /// Canonical texts.
    pub canonical: Dictionary,
    /// Folded texts.
    pub folded: Dictionary,
    /// For each record the numbers of (canonical, folded).
    pub of: Vec<(u32, u32)>,
    /// For each folded text, how many records have it.
    pub counts: Vec<u32>,
}

/// A serial on more records than this many per source is a filler that no list knows.
const RECORDS_PER_SOURCE_MAX: usize = 2;

/// Reads the serials, from the field or else from the end of the description.
pub fn serials(sheet: &Sheet, descriptions: &[Description]) -> Serials {
    let column = sheet.column(Field::Serial);
    let codes = model_codes(sheet);
    let (mut canonical, mut folded) = (Dictionary::default(), Dictionary::default());
    let mut intern = |text: Option<String>| {
        let Some(text) = text else { return (0, 0) };
        let fold = serial::folded(&text);
        if codes.contains(&fold) { (0, 0) } else { (canonical.intern(&text), folded.intern(&fold)) }
    };
    let by_value: Vec<(u32, u32)> = (0..column.values.id_bound() as u32)
        .map(|value| intern(serial::canonical(column.values.text(value))))
        .collect();
    let by_text: Vec<(u32, u32)> =
        descriptions.iter().map(|found| intern(found.serial.clone())).collect();
    let texts = &sheet.column(Field::Description).cells;
    let mut of: Vec<(u32, u32)> = column
        .cells
        .iter()
        .zip(texts)
        .map(
            |(&value, &text)| {
                if value == 0 { by_text[text as usize] } else { by_value[value as usize] }
            },
        )
        .collect();
    let mut counts = vec![0u32; folded.id_bound()];
    distinct(of.iter().enumerate().map(|(row, found)| (u64::from(found.1), sheet.owner(row))))
        .for_each(|fold| counts[fold as usize] += 1);
    let limit = (RECORDS_PER_SOURCE_MAX * sheet.source_count() + 2) as u32;
    for pair in &mut of {
        if counts[pair.1 as usize] > limit {
            *pair = (0, 0);
        }
    }
    Serials { canonical, folded, of, counts }
}

/// Folded model codes: a model typed into the serial field is no serial.
fn model_codes(sheet: &Sheet) -> HashSet<String> {
    let column = sheet.column(Field::Model);
    (1..column.values.id_bound() as u32)
        .filter_map(|value| name::model(column.values.text(value)))
        .map(|code| serial::folded(&code))
        .collect()
}

/// Hardware addresses of all records.
pub struct Macs {
    /// The address, 0 when there is none.
    pub of: Vec<u64>,
    /// The last 24 bits, also from default names, plus 1; 0 when there are none.
    pub tails: Vec<u32>,
    /// How many records have each address.
    pub counts: HashMap<u64, u32>,
}

/// Reads the hardware addresses.
pub fn macs(sheet: &Sheet) -> Macs {
    let parsed = per_value(sheet, Field::Mac, |raw| mac::parse(raw).unwrap_or(0));
    let host_tails =
        per_value(sheet, Field::Hostname, |raw| mac::tail_in_name(raw).map_or(0, |tail| tail + 1));
    let client_tails =
        per_value(sheet, Field::ClientId, |raw| mac::tail_in_name(raw).map_or(0, |tail| tail + 1));
    let of: Vec<u64> =
        cells(sheet, Field::Mac).iter().map(|&value| parsed[value as usize]).collect();
    let mut counts = HashMap::new();
    distinct(of.iter().enumerate().map(|(row, &address)| (address, sheet.owner(row))))
        .filter(|&address| address != 0)
        .for_each(|address| *counts.entry(address).or_default() += 1);
    let tails = (0..sheet.len())
        .map(|row| {
            let named = host_tails[sheet.value(row, Field::Hostname) as usize]
                .max(client_tails[sheet.value(row, Field::ClientId) as usize]);
            if named != 0 {
                named
            } else if of[row] != 0 {
                mac::tail(of[row]) + 1
            } else {
                0
            }
        })
        .collect();
    Macs { of, tails, counts }
}

/// UUIDs of all records, from the field, the client id or the record's own id; 0 when there is none.
pub fn uuids(sheet: &Sheet) -> Vec<u32> {
    let fields = per_value(sheet, Field::Uuid, reference::uuid);
    let clients = per_value(sheet, Field::ClientId, reference::uuid);
    let mut numbers: HashMap<u128, u32> = HashMap::new();
    (0..sheet.len())
        .map(|row| {
            let found = fields[sheet.value(row, Field::Uuid) as usize]
                .or(clients[sheet.value(row, Field::ClientId) as usize])
                .or_else(|| reference::uuid(sheet.native_id(row)));
            let next = numbers.len() as u32 + 1;
            found.map_or(0, |bits| *numbers.entry(bits).or_insert(next))
        })
        .collect()
}

/// Records by source and canonical id: the record, and its latest segment plus 1.
type Rows = HashMap<(u16, String), (u32, u32)>;

/// Two records of a source have one canonical id.
const AMBIGUOUS: u32 = u32::MAX;

/// For each row the latest segment of the record that its cross-reference points to, plus 1; 0 when it points nowhere or to several.
pub fn references(sheet: &Sheet) -> Vec<u32> {
    let quoted = per_value(sheet, Field::Xref, reference::canonical);
    let wanted: HashSet<&str> = quoted.iter().flatten().map(String::as_str).collect();
    if wanted.is_empty() {
        return vec![0; sheet.len()];
    }
    let mut rows: Rows = HashMap::new();
    for row in 0..sheet.len() {
        if let Some(id) =
            reference::canonical(sheet.native_id(row)).filter(|id| wanted.contains(id.as_str()))
        {
            let here = (sheet.owner(row), sheet.segment(row) + 1);
            let entry = rows.entry((sheet.source(row), id)).or_insert(here);
            *entry = if entry.0 == here.0 { here } else { (entry.0, AMBIGUOUS) };
        }
    }
    let target = target_sources(sheet, &quoted, &rows);
    (0..sheet.len())
        .map(|row| {
            let Some(id) = &quoted[sheet.value(row, Field::Xref) as usize] else { return 0 };
            let Some(&source) = target.get(&sheet.source(row)) else { return 0 };
            let found = rows.get(&(source, id.clone())).filter(|found| found.1 != AMBIGUOUS);
            found.filter(|found| found.0 != sheet.owner(row)).map_or(0, |found| found.1)
        })
        .collect()
}

/// The source that each source's cross-references mostly point to.
fn target_sources(sheet: &Sheet, quoted: &[Option<String>], rows: &Rows) -> HashMap<u16, u16> {
    let mut hits: HashMap<(u16, u16), u32> = HashMap::new();
    for row in 0..sheet.len() {
        let Some(id) = &quoted[sheet.value(row, Field::Xref) as usize] else { continue };
        for source in
            (1..=sheet.source_count() as u16).filter(|&source| source != sheet.source(row))
        {
            if rows.contains_key(&(source, id.clone())) {
                *hits.entry((sheet.source(row), source)).or_default() += 1;
            }
        }
    }
    let mut best: HashMap<u16, (u32, u16)> = HashMap::new();
    for ((from, to), count) in hits {
        let entry = best.entry(from).or_default();
        *entry = (*entry).max((count, to));
    }
    best.into_iter().map(|(from, (_, to))| (from, to)).collect()
}

/// The values, each as often as it has records.
fn distinct(values: impl Iterator<Item = (u64, u32)>) -> impl Iterator<Item = u64> {
    let mut all: Vec<(u64, u32)> = values.collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().map(|(value, _)| value)
}

/// A function of each distinct raw text of a field, by the text's number.
pub fn per_value<T>(sheet: &Sheet, field: Field, mut read: impl FnMut(&str) -> T) -> Vec<T> {
    let values = &sheet.column(field).values;
    (0..values.id_bound() as u32).map(|value| read(values.text(value))).collect()
}

/// The numbers of the raw texts of a field, record by record.
pub fn cells(sheet: &Sheet, field: Field) -> &[u32] {
    &sheet.column(field).cells
}
