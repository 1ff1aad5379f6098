//! Records of assets as matching sees them: raw texts of the identity fields, each distinct value once.

use rayon::prelude::*;

use super::super::dictionary::Dictionary;
use crate::domain::id::abridged;

/// The identity fields, in the order of [`FIELD_NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
pub enum Field {
    /// Serial number.
    Serial,
    /// Who made it.
    Manufacturer,
    /// Model, order code or marketing name.
    Model,
    /// Hardware address.
    Mac,
    /// A UUID that the device keeps.
    Uuid,
    /// Tag of the position.
    Tag,
    /// Location path inside the plant.
    Location,
    /// Plant or site.
    Plant,
    /// Kind of thing, in the system's words.
    ObjectType,
    /// Free text.
    Description,
    /// Name in the network.
    Hostname,
    /// Address in the network.
    Ip,
    /// Name at the broker.
    ClientId,
    /// Id that another system gives the thing.
    Xref,
    /// Day of installation.
    InstallDate,
    /// Day on which it was first heard of.
    FirstSeen,
    /// Day on which it was last heard of.
    LastSeen,
    /// Day on which the source last touched the record.
    Updated,
    /// State in the system's words.
    Status,
}

/// How many identity fields there are.
pub const FIELDS: usize = 19;

/// The names of the fields in source declarations and files.
pub const FIELD_NAMES: [&str; FIELDS] = [
    "serial",
    "manufacturer",
    "model",
    "mac",
    "uuid",
    "tag",
    "location",
    "plant",
    "object_type",
    "description",
    "hostname",
    "ip",
    "client_id",
    "xref",
    "install_date",
    "first_seen",
    "last_seen",
    "updated",
    "status",
];

/// Fields that help a person who decides, and that matching does not compare.
pub const SHOWN_NAMES: [&str; 2] = ["firmware", "gateway"];

/// Whether an identity field may have this name.
///
/// # Errors
/// Which names there are: another one would be believed to count, and would not.
pub fn check_field(name: &str) -> Result<(), String> {
    if FIELD_NAMES.contains(&name) || SHOWN_NAMES.contains(&name) {
        return Ok(());
    }
    let (name, known, shown) = (abridged(name), FIELD_NAMES.join(", "), SHOWN_NAMES.join(", "));
    Err(format!(
        "`{name}` is no identity field; these are: {known}; and, only to be shown, {shown}"
    ))
}

/// Raw texts of the identity fields, in the order of [`FIELD_NAMES`]; empty: not said.
pub type Texts<'a> = [&'a str; FIELDS];

/// The texts of the identity fields by a look-up of names.
pub fn texts<'a>(text: impl Fn(&'static str) -> &'a str) -> Texts<'a> {
    FIELD_NAMES.map(text)
}

/// A record as it comes.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// Its id, unique among all records.
    pub id: &'a str,
    /// The system that it comes from.
    pub source: &'a str,
    /// Its raw texts.
    pub texts: Texts<'a>,
}

/// A text without white space around it. Most have none: two bytes tell.
fn trimmed(text: &str) -> &str {
    let is_visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_visible(bytes.first()) && is_visible(bytes.last()) { text } else { text.trim() }
}

/// One field of all records.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// The distinct raw texts.
    pub values: Dictionary,
    /// For each record, the number of its text; 0: none.
    pub cells: Vec<u32>,
}

/// All records, row by row in the order of their arrival.
///
/// A record that was seen once is one row. A record with a past has several, next to each other: rows of one segment
/// describe one unit (it moved), rows of different segments may describe different ones.
#[derive(Debug, Clone)]
pub struct Sheet {
    columns: Vec<Column>,
    ids: Vec<Box<str>>,
    sources: Vec<u16>,
    source_names: Dictionary,
    /// The record of each row.
    owners: Vec<u32>,
    /// The segment of each row.
    segments: Vec<u32>,
    /// The day on which each row's segment appeared in its source, where it is known.
    appeared: Vec<Option<i32>>,
}

/// A place in a sheet.
#[derive(Debug, Clone)]
pub struct Mark {
    rows: usize,
    records: usize,
    sources: usize,
    values: [usize; FIELDS],
}

impl Default for Sheet {
    fn default() -> Self {
        Self {
            columns: vec![Column::default(); FIELDS],
            ids: Vec::new(),
            sources: Vec::new(),
            source_names: Dictionary::default(),
            owners: Vec::new(),
            segments: Vec::new(),
            appeared: Vec::new(),
        }
    }
}

impl Sheet {
    /// Adds a record: its id, its source, and its raw texts. Returns its row.
    pub fn push(&mut self, id: &str, source: &str, texts: &Texts<'_>) -> u32 {
        self.open(id, source);
        self.put(texts)
    }

    /// Adds many records, as [`Self::push`] does one by one; column by column in parallel.
    pub fn extend(&mut self, records: &[Incoming<'_>]) {
        self.columns.par_iter_mut().enumerate().for_each(|(field, column)| {
            let texts = records.iter().map(|record| trimmed(record.texts[field]));
            column.values.intern_all(texts, &mut column.cells);
        });
        for record in records {
            self.open(record.id, record.source);
            self.appeared.push(None);
        }
    }

    /// Begins a record, whose texts are still to come.
    fn open(&mut self, id: &str, source: &str) {
        self.owners.push(self.ids.len() as u32);
        self.segments.push(self.segments.last().map_or(0, |last| last + 1));
        self.ids.push(id.into());
        let source = self.source_names.intern(source);
        self.sources.push(u16::try_from(source).unwrap_or(u16::MAX));
    }

    /// Adds a later version of the record that was added last; `segment` begins a new segment. Returns its row.
    pub fn push_version(&mut self, texts: &Texts<'_>, segment: bool) -> Option<u32> {
        let (owner, last) = (*self.owners.last()?, *self.segments.last()?);
        self.owners.push(owner);
        self.segments.push(last + u32::from(segment));
        Some(self.put(texts))
    }

    fn put(&mut self, texts: &Texts<'_>) -> u32 {
        for (column, raw) in self.columns.iter_mut().zip(texts) {
            let value = column.values.intern(raw.trim());
            column.cells.push(value);
        }
        self.appeared.push(None);
        self.owners.len() as u32 - 1
    }

    /// Gives a row other texts, and the day on which they appeared.
    pub fn replace(&mut self, row: usize, texts: &Texts<'_>, appeared: Option<i32>) {
        for (column, raw) in self.columns.iter_mut().zip(texts) {
            column.cells[row] = column.values.intern(raw.trim());
        }
        self.appeared[row] = appeared;
    }

    /// Where the sheet ends now, to come back to with [`Self::rewind`].
    pub fn mark(&self) -> Mark {
        Mark {
            rows: self.len(),
            records: self.ids.len(),
            sources: self.source_names.id_bound(),
            values: std::array::from_fn(|field| self.columns[field].values.id_bound()),
        }
    }

    /// Forgets all records, and all texts, that were added since the mark.
    pub fn rewind(&mut self, mark: &Mark) {
        for (column, &bound) in self.columns.iter_mut().zip(&mark.values) {
            column.cells.truncate(mark.rows);
            column.values.truncate(bound);
        }
        self.owners.truncate(mark.rows);
        self.segments.truncate(mark.rows);
        self.appeared.truncate(mark.rows);
        self.ids.truncate(mark.records);
        self.sources.truncate(mark.records);
        self.source_names.truncate(mark.sources);
    }

    /// Notes the day (since 1970-01-01) on which the segment of the row that was added last appeared in its source.
    pub fn note_appeared(&mut self, day: i32) {
        if let Some(last) = self.appeared.last_mut() {
            *last = Some(day);
        }
    }

    /// The day on which a row's segment appeared in its source.
    pub fn appeared(&self, row: usize) -> Option<i32> {
        self.appeared[row]
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.owners.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }

    /// The record of a row.
    pub fn owner(&self, row: usize) -> u32 {
        self.owners[row]
    }

    /// The segment of a row.
    pub fn segment(&self, row: usize) -> u32 {
        self.segments[row]
    }

    /// A field of all records.
    pub fn column(&self, field: Field) -> &Column {
        &self.columns[field as usize]
    }

    /// The number of the raw text of a field; 0: none.
    pub fn value(&self, row: usize, field: Field) -> u32 {
        self.columns[field as usize].cells[row]
    }

    /// The raw text of a field of a record.
    pub fn text(&self, row: usize, field: Field) -> &str {
        let column = &self.columns[field as usize];
        column.values.text(column.cells[row])
    }

    /// The raw texts of a row.
    pub fn texts(&self, row: usize) -> Texts<'_> {
        std::array::from_fn(|field| {
            let column = &self.columns[field];
            column.values.text(column.cells[row])
        })
    }

    /// The record's id.
    pub fn id(&self, row: usize) -> &str {
        &self.ids[self.owners[row] as usize]
    }

    /// The record's id inside its system: without the system's name before it.
    pub fn native_id(&self, row: usize) -> &str {
        let id = self.id(row);
        id.strip_prefix(self.source_name(row)).and_then(|rest| rest.strip_prefix(':')).unwrap_or(id)
    }

    /// The number of the record's source, from 1.
    pub fn source(&self, row: usize) -> u16 {
        self.sources[self.owners[row] as usize]
    }

    /// The name of the record's source.
    pub fn source_name(&self, row: usize) -> &str {
        self.source_names.text(u32::from(self.source(row)))
    }

    /// The number of a source, if it has records.
    pub fn find_source(&self, name: &str) -> Option<u16> {
        self.source_names.find(name).and_then(|source| u16::try_from(source).ok())
    }

    /// How many sources there are.
    pub fn source_count(&self) -> usize {
        self.source_names.id_bound() - 1
    }
}
