//! Records as rows of value numbers: each distinct value is normalised and kept once.

use std::sync::Arc;

use rayon::prelude::*;

use super::dictionary::Dictionary;
use super::profile::Profile;
use super::registry::Normaliser;

/// The number that means "no value".
pub const NONE: u32 = 0;

/// Cells in a line of the cache.
const CELLS_PER_LINE: usize = 64 / size_of::<Cell>();

/// Text between the raw columns of a field that is made of several.
pub const SEPARATOR: char = '\u{1f}';

/// A field as it is filled.
#[derive(Clone)]
pub(super) struct FieldPlan {
    pub name: Arc<str>,
    pub from: Vec<Arc<str>>,
    pub normalise: Vec<Normaliser>,
}

/// The values of one field.
#[derive(Clone)]
struct Column {
    plan: FieldPlan,
    /// Where the raw columns stand in a raw record; `None`: the source does not have it.
    places: Vec<Option<usize>>,
    values: Dictionary,
    /// A sketch of each value.
    profiles: Vec<Profile>,
    /// How many records hold each value.
    counts: Vec<u32>,
    present: u32,
    /// Raw text to value, while many records are read.
    memo: Option<(Dictionary, Vec<u32>)>,
    scratch: String,
}

/// What a record says in one field: the value's number, and a sketch of its text, which tells most
/// values apart without a look at them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub value: u32,
    pub profile: Profile,
}

/// All records, normalised. Rows are numbered in the order of their arrival.
#[derive(Clone)]
pub struct Table {
    columns: Vec<Column>,
    /// Row by row, a cell for each field.
    cells: Vec<Cell>,
    sources: Vec<u16>,
    source_names: Dictionary,
    ids: Vec<Box<str>>,
}

/// A record as it comes.
#[derive(Debug, Clone, Default)]
pub struct RawRecord<'a> {
    /// Its id, unique among all records.
    pub id: &'a str,
    /// The system that it comes from.
    pub source: &'a str,
    /// Its raw columns, in the order given to [`super::Plan::table`].
    pub values: Vec<&'a str>,
}

impl Column {
    fn intern(&mut self, raw: &[&str]) -> u32 {
        self.scratch.clear();
        if let [Some(place)] = self.places[..] {
            let text = raw.get(place).copied().unwrap_or_default();
            if text.is_empty() {
                return NONE;
            }
            return self.intern_joined(text);
        }
        let mut joined = std::mem::take(&mut self.scratch);
        let mut any = false;
        for (index, place) in self.places.iter().enumerate() {
            if index > 0 {
                joined.push(SEPARATOR);
            }
            let text = place.and_then(|p| raw.get(p)).copied().unwrap_or_default();
            any |= !text.is_empty();
            joined.push_str(text);
        }
        let id = if any { self.intern_joined(&joined) } else { NONE };
        self.scratch = joined;
        id
    }

    fn intern_joined(&mut self, raw: &str) -> u32 {
        let Some((seen, known)) = &mut self.memo else {
            return self.values.intern(&normalised(&self.plan, raw));
        };
        let number = seen.intern(raw) as usize;
        if number > known.len() {
            known.push(self.values.intern(&normalised(&self.plan, raw)));
        }
        known[number - 1]
    }

    /// The cell of a new record, which is counted.
    fn add(&mut self, raw: &[&str]) -> Cell {
        let value = self.intern(raw);
        self.cell(value)
    }

    /// The cells of new records, which are counted.
    fn add_all(&mut self, records: &[RawRecord<'_>]) -> Vec<Cell> {
        let ([Some(place)], Some((seen, known))) = (&self.places[..], &mut self.memo) else {
            return records.iter().map(|record| self.add(&record.values)).collect();
        };
        let raw = records.iter().map(|r| r.values.get(*place).copied().unwrap_or_default());
        let mut numbers = Vec::with_capacity(records.len());
        seen.intern_all(raw, &mut numbers);
        let new = known.len() as u32 + 1..seen.id_bound() as u32;
        let texts: Vec<String> = new.map(|id| normalised(&self.plan, seen.text(id))).collect();
        self.values.intern_all(texts.iter().map(String::as_str), known);
        let value = |number: u32| number.checked_sub(1).map_or(NONE, |at| known[at as usize]);
        let values: Vec<u32> = numbers.into_iter().map(value).collect();
        values.into_iter().map(|value| self.cell(value)).collect()
    }

    /// The cell of a value that one more record has.
    fn cell(&mut self, value: u32) -> Cell {
        for id in self.profiles.len()..self.values.id_bound() {
            self.profiles.push(Profile::of(self.values.text(id as u32)));
        }
        self.count(value, 1);
        Cell { value, profile: self.profiles[value as usize] }
    }

    fn count(&mut self, id: u32, by: i32) {
        if id == NONE {
            return;
        }
        let index = id as usize;
        if self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        self.counts[index] = self.counts[index].saturating_add_signed(by);
        self.present = self.present.saturating_add_signed(by);
    }
}

fn normalised(plan: &FieldPlan, raw: &str) -> String {
    let Some((first, rest)) = plan.normalise.split_first() else {
        return raw.trim().to_owned();
    };
    rest.iter().fold(first(raw), |text, step| step(&text))
}

impl Table {
    pub(super) fn new(fields: &[FieldPlan], raw_columns: &[&str]) -> Self {
        let place = |name: &Arc<str>| raw_columns.iter().position(|c| **c == **name);
        let columns = fields.iter().map(|plan| Column {
            plan: plan.clone(),
            places: plan.from.iter().map(place).collect(),
            values: Dictionary::default(),
            profiles: Vec::new(),
            counts: Vec::new(),
            present: 0,
            memo: Some((Dictionary::default(), Vec::new())),
            scratch: String::new(),
        });
        Self {
            columns: columns.collect(),
            cells: Vec::new(),
            sources: Vec::new(),
            source_names: Dictionary::default(),
            ids: Vec::new(),
        }
    }

    /// Adds many records, column by column in parallel.
    pub fn extend(&mut self, records: &[RawRecord<'_>]) {
        let filled: Vec<Vec<Cell>> =
            self.columns.par_iter_mut().map(|column| column.add_all(records)).collect();
        self.cells.reserve(records.len() * filled.len());
        for (row, record) in records.iter().enumerate() {
            self.cells.extend(filled.iter().map(|column| column[row]));
            self.ids.push(record.id.into());
            let source = self.source_names.intern(record.source);
            self.sources.push(u16::try_from(source).unwrap_or(u16::MAX));
        }
    }

    /// Adds one record and returns its row.
    pub fn push(&mut self, id: &str, source: &str, raw: &[&str]) -> u32 {
        let row = self.len() as u32;
        for column in &mut self.columns {
            self.cells.push(column.add(raw));
        }
        self.ids.push(id.into());
        let source = self.source_names.intern(source);
        self.sources.push(u16::try_from(source).unwrap_or(u16::MAX));
        row
    }

    /// Overwrites a row, whose values are counted no more.
    pub fn replace(&mut self, row: u32, id: &str, source: &str, raw: &[&str]) {
        self.clear(row);
        let width = self.columns.len();
        for (field, column) in self.columns.iter_mut().enumerate() {
            self.cells[row as usize * width + field] = column.add(raw);
        }
        self.ids[row as usize] = id.into();
        let source = self.source_names.intern(source);
        self.sources[row as usize] = u16::try_from(source).unwrap_or(u16::MAX);
    }

    /// Empties a row: it stays, without values, and its values are counted no more.
    pub fn clear(&mut self, row: u32) {
        let width = self.columns.len();
        for (field, column) in self.columns.iter_mut().enumerate() {
            let cell = &mut self.cells[row as usize * width + field];
            column.count(cell.value, -1);
            *cell = Cell::default();
        }
    }

    /// Forgets what only helps while many records are read.
    pub fn shrink(&mut self) {
        for column in &mut self.columns {
            column.memo = None;
        }
        self.cells.shrink_to_fit();
        self.ids.shrink_to_fit();
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// How many fields there are.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The name of a field.
    pub fn field_name(&self, field: usize) -> &str {
        &self.columns[field].plan.name
    }

    /// The place of a field, by name.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| &*c.plan.name == name)
    }

    /// The value number of a field of a row; [`NONE`] when it has none.
    #[inline]
    pub fn value(&self, row: u32, field: usize) -> u32 {
        self.cell(row, field).value
    }

    #[inline]
    pub(super) fn cell(&self, row: u32, field: usize) -> &Cell {
        &self.cells[row as usize * self.columns.len() + field]
    }

    /// Brings a row into the caches; what comes back means nothing. Rows that are touched one right after the other
    /// come from memory side by side, while each comparison would wait for its own.
    #[inline]
    pub(super) fn touch(&self, row: u32) -> u32 {
        let start = row as usize * self.columns.len();
        let cells = &self.cells[start..start + self.columns.len()];
        let mut sum = cells.last().map_or(0, |cell| cell.value);
        for line in cells.chunks(CELLS_PER_LINE) {
            sum ^= line[0].value;
        }
        sum
    }

    /// The normalised text of a field of a row; empty when it has none.
    pub fn text(&self, row: u32, field: usize) -> &str {
        self.columns[field].values.text(self.value(row, field))
    }

    /// The distinct values of a field.
    pub fn values(&self, field: usize) -> &Dictionary {
        &self.columns[field].values
    }

    /// How many records hold a value.
    pub fn count(&self, field: usize, value: u32) -> u32 {
        self.columns[field].counts.get(value as usize).copied().unwrap_or(0)
    }

    /// How many records have the field.
    pub fn present(&self, field: usize) -> u32 {
        self.columns[field].present
    }

    /// Share of the records with the field that hold this value, 0 to 1.
    pub fn frequency(&self, field: usize, value: u32) -> f64 {
        f64::from(self.count(field, value)) / f64::from(self.present(field).max(1))
    }

    /// The source of a row, as a number; see [`Table::source_name`].
    pub fn source(&self, row: u32) -> u16 {
        self.sources[row as usize]
    }

    /// The name of the source of a row.
    pub fn source_name(&self, row: u32) -> &str {
        self.source_names.text(u32::from(self.source(row)))
    }

    /// How many sources there are.
    pub fn source_count(&self) -> usize {
        self.source_names.id_bound() - 1
    }

    /// The record's id.
    pub fn id(&self, row: u32) -> &str {
        &self.ids[row as usize]
    }
}
