//! Facts that name the unit itself: serial, hardware address, UUID, cross-reference.

use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::words::Description;
use super::super::normalise::asset::{mac, name, reference, serial};
use super::sheet::{Field, Sheet};
use super::values::PerValue;

/// Serials, from the field or else from the end of the description.
#[derive(Debug)]
pub struct Serials {
    /// Canonical texts.
    pub canonical: Dictionary,
    /// Folded texts.
    pub folded: Dictionary,
    /// For each folded text, how many records have it.
    pub counts: Vec<u32>,
    /// Folded model codes: a model typed into the serial field is no serial.
    codes: HashSet<String>,
    /// The numbers of (canonical, folded).
    by_value: PerValue<(u32, u32)>,
    by_text: PerValue<(u32, u32)>,
    /// Records that may have one serial.
    records_max: u32,
    /// Folded texts that too many records of one source have.
    fillers: HashSet<u32>,
}

/// A serial on more records than this of one source, or on more than this many per source, is a filler that no list knows, or a
/// model's code.
const RECORDS_PER_SOURCE_MAX: usize = 2;

impl Default for Serials {
    fn default() -> Self {
        Self {
            canonical: Dictionary::default(),
            folded: Dictionary::default(),
            counts: Vec::new(),
            codes: HashSet::new(),
            by_value: PerValue::new(Field::Serial),
            by_text: PerValue::new(Field::Description),
            records_max: 0,
            fillers: HashSet::new(),
        }
    }
}

impl Serials {
    /// Reads and counts the serials of all records.
    pub fn learn(sheet: &Sheet, descriptions: &PerValue<Description>) -> Self {
        let mut serials = Self {
            codes: model_codes(sheet),
            records_max: (RECORDS_PER_SOURCE_MAX * sheet.source_count() + 2) as u32,
            ..Self::default()
        };
        serials.extend(sheet, descriptions);
        let mut said: Vec<(u32, u16, u32)> = (0..sheet.len())
            .map(|row| (serials.said(sheet, row).1, sheet.source(row), sheet.owner(row)))
            .collect();
        said.par_sort_unstable();
        said.dedup();
        for group in said.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
            serials.counts[group[0].0 as usize] += group.len() as u32;
            if group.len() > RECORDS_PER_SOURCE_MAX {
                serials.fillers.insert(group[0].0);
            }
        }
        serials
    }

    /// Reads the texts that came since.
    pub fn extend(&mut self, sheet: &Sheet, descriptions: &PerValue<Description>) {
        let (canonical, folded, codes) = (&mut self.canonical, &mut self.folded, &self.codes);
        let mut intern = |text: Option<String>| {
            let Some(text) = text else { return (0, 0) };
            let fold = serial::folded(&text);
            if codes.contains(&fold) {
                (0, 0)
            } else {
                (canonical.intern(&text), folded.intern(&fold))
            }
        };
        self.by_value.extend_by(sheet, serial::canonical, &mut intern);
        self.by_text.extend_from(descriptions, |found| intern(found.serial.clone()));
        self.counts.resize(self.folded.id_bound(), 0);
    }

    /// Forgets what the sheet no longer has; the dictionaries were cut back already.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.by_value.rewind(sheet);
        self.by_text.rewind(sheet);
        self.counts.truncate(self.folded.id_bound());
    }

    /// What a row says: the numbers of (canonical, folded).
    pub fn said(&self, sheet: &Sheet, row: usize) -> (u32, u32) {
        let own = sheet.value(row, Field::Serial) != 0;
        *if own { self.by_value.at(sheet, row) } else { self.by_text.at(sheet, row) }
    }

    /// What a row says, unless it is a filler.
    pub fn of(&self, sheet: &Sheet, row: usize) -> (u32, u32) {
        let said = self.said(sheet, row);
        let filler =
            self.counts[said.1 as usize] > self.records_max || self.fillers.contains(&said.1);
        if filler { (0, 0) } else { said }
    }
}

fn model_codes(sheet: &Sheet) -> HashSet<String> {
    let column = sheet.column(Field::Model);
    (1..column.values.id_bound() as u32)
        .filter_map(|value| name::model(column.values.text(value)))
        .map(|code| serial::folded(&code))
        .collect()
}

/// Hardware addresses, also the halves of them in default names.
#[derive(Debug)]
pub struct Macs {
    parsed: PerValue<u64>,
    host_tails: PerValue<u32>,
    client_tails: PerValue<u32>,
}

impl Default for Macs {
    fn default() -> Self {
        Self {
            parsed: PerValue::new(Field::Mac),
            host_tails: PerValue::new(Field::Hostname),
            client_tails: PerValue::new(Field::ClientId),
        }
    }
}

impl Macs {
    /// Reads the texts that came since.
    pub fn extend(&mut self, sheet: &Sheet) {
        let tail = |raw: &str| mac::tail_in_name(raw).map_or(0, |tail| tail + 1);
        self.parsed.extend(sheet, |raw| mac::parse(raw).unwrap_or(0));
        self.host_tails.extend(sheet, tail);
        self.client_tails.extend(sheet, tail);
    }

    /// Forgets the texts that the sheet no longer has.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.parsed.rewind(sheet);
        self.host_tails.rewind(sheet);
        self.client_tails.rewind(sheet);
    }

    /// The address of a row, 0 when there is none.
    pub fn of(&self, sheet: &Sheet, row: usize) -> u64 {
        *self.parsed.at(sheet, row)
    }

    /// The last 24 bits, also from default names, plus 1; 0 when there are none.
    pub fn tail(&self, sheet: &Sheet, row: usize) -> u32 {
        let named = *self.host_tails.at(sheet, row).max(self.client_tails.at(sheet, row));
        match self.of(sheet, row) {
            address if named == 0 && address != 0 => mac::tail(address) + 1,
            _ => named,
        }
    }

    /// How many records have each address.
    pub fn counts(&self, sheet: &Sheet) -> HashMap<u64, u32> {
        let mut counts = HashMap::new();
        distinct((0..sheet.len()).map(|row| (self.of(sheet, row), sheet.owner(row))))
            .filter(|&address| address != 0)
            .for_each(|address| *counts.entry(address).or_default() += 1);
        counts
    }
}

/// UUIDs, from the field, the client id or the record's own id.
#[derive(Debug)]
pub struct Uuids {
    /// All that there are, in hexadecimal digits.
    pub numbers: Dictionary,
    fields: PerValue<Option<u128>>,
    clients: PerValue<Option<u128>>,
}

impl Default for Uuids {
    fn default() -> Self {
        Self {
            numbers: Dictionary::default(),
            fields: PerValue::new(Field::Uuid),
            clients: PerValue::new(Field::ClientId),
        }
    }
}

impl Uuids {
    /// Reads the texts that came since.
    pub fn extend(&mut self, sheet: &Sheet) {
        self.fields.extend(sheet, reference::uuid);
        self.clients.extend(sheet, reference::uuid);
    }

    /// Forgets the texts that the sheet no longer has.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.fields.rewind(sheet);
        self.clients.rewind(sheet);
    }

    /// The number of a row's UUID; 0 when there is none.
    pub fn of(&mut self, sheet: &Sheet, row: usize) -> u32 {
        let found = self.fields.at(sheet, row).or(*self.clients.at(sheet, row));
        let found = found.or_else(|| reference::uuid(sheet.native_id(row)));
        found.map_or(0, |bits| self.numbers.intern(&format!("{bits:x}")))
    }
}

/// Records by source and canonical id: the record, and its latest segment plus 1.
type Rows = HashMap<(u16, String), (u32, u32)>;

/// Two records of a source have one canonical id.
const AMBIGUOUS: u32 = u32::MAX;

/// Cross-references: ids of records in another system.
#[derive(Debug)]
pub struct References {
    quoted: PerValue<Option<String>>,
    /// The records that are quoted.
    rows: Rows,
    /// The source that each source's cross-references mostly point to.
    targets: HashMap<u16, u16>,
}

impl Default for References {
    fn default() -> Self {
        Self { quoted: PerValue::new(Field::Xref), rows: Rows::default(), targets: HashMap::new() }
    }
}

impl References {
    /// Learns where the cross-references of all records point to.
    pub fn learn(sheet: &Sheet) -> Self {
        let quoted = PerValue::read(sheet, Field::Xref, reference::canonical);
        let rows = quoted_rows(sheet, &quoted);
        let targets = target_sources(sheet, &quoted, &rows);
        Self { quoted, rows, targets }
    }

    /// Reads the texts that came since.
    pub fn extend(&mut self, sheet: &Sheet) {
        self.quoted.extend(sheet, reference::canonical);
    }

    /// Forgets the texts that the sheet no longer has.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.quoted.rewind(sheet);
    }

    /// The source and the canonical id that a row refers to.
    pub fn quoted(&self, sheet: &Sheet, row: usize) -> Option<(u16, &str)> {
        let id = self.quoted.at(sheet, row).as_deref()?;
        Some((*self.targets.get(&sheet.source(row))?, id))
    }

    /// The latest segment of the record that a row refers to, plus 1; 0 when it refers to none or to several.
    pub fn of(&self, sheet: &Sheet, row: usize) -> u32 {
        self.quoted(sheet, row)
            .and_then(|(source, id)| self.rows.get(&(source, id.to_owned())))
            .filter(|found| found.1 != AMBIGUOUS && found.0 != sheet.owner(row))
            .map_or(0, |found| found.1)
    }
}

/// The records whose ids are quoted, whoever quotes them.
fn quoted_rows(sheet: &Sheet, quoted: &PerValue<Option<String>>) -> Rows {
    let wanted: HashSet<&str> = quoted.all().iter().flatten().map(String::as_str).collect();
    let mut rows: Rows = HashMap::new();
    if wanted.is_empty() {
        return rows;
    }
    for row in 0..sheet.len() {
        if let Some(id) = own_id(sheet, row).filter(|id| wanted.contains(id.as_str())) {
            let here = (sheet.owner(row), sheet.segment(row) + 1);
            let entry = rows.entry((sheet.source(row), id)).or_insert(here);
            *entry = if entry.0 == here.0 { here } else { (entry.0, AMBIGUOUS) };
        }
    }
    rows
}

/// The canonical id of a row's own record.
pub fn own_id(sheet: &Sheet, row: usize) -> Option<String> {
    reference::canonical(sheet.native_id(row))
}

fn target_sources(
    sheet: &Sheet,
    quoted: &PerValue<Option<String>>,
    rows: &Rows,
) -> HashMap<u16, u16> {
    let mut hits: HashMap<(u16, u16), u32> = HashMap::new();
    for row in 0..sheet.len() {
        let Some(id) = quoted.at(sheet, row) else { continue };
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
