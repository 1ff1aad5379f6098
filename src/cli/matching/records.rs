//! Records from a CSV file.

use std::io::Read;
use std::path::Path;

use csv::StringRecord;
use flate2::read::MultiGzDecoder;

use crate::cli::output::Failure;
use crate::domain::reconcile::asset::sheet::{FIELD_NAMES, Incoming, Sheet};
use crate::domain::reconcile::{Dictionary, Plan, RawRecord, Table, preset};

/// Records that are turned into rows at once.
const BATCH_RECORDS: usize = 16_384;

/// Between one and two times so many records are looked at to find out what the columns hold.
const SAMPLE_RECORDS: usize = 25_000;

/// A CSV file in memory: `record_id`, `source`, and the raw columns.
pub struct Records {
    text: String,
    name: String,
    /// The raw columns.
    pub columns: Vec<String>,
    id: usize,
    source: Option<usize>,
    /// Where the raw columns stand.
    places: Vec<usize>,
    /// How many records can be used.
    pub count: usize,
    /// Rows that cannot be used, with their lines.
    pub problems: Vec<String>,
    /// Some of the records, spread evenly.
    sample: Vec<StringRecord>,
}

/// The text of a file, decompressed when it is gzip.
///
/// # Errors
/// When it cannot be read, or is not UTF-8.
pub fn text_of(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| Failure::file(path, e))?;
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        let mut decoder = MultiGzDecoder::new(bytes.as_slice());
        decoder.read_to_end(&mut plain).map_err(|e| Failure::file(path, e))?;
        plain
    } else {
        bytes
    };
    let text = String::from_utf8(bytes).map_err(|e| {
        let (line, path) = (line_of(e.as_bytes(), e.utf8_error().valid_up_to()), path.display());
        Failure::Other(format!("`{path}` is not UTF-8 (line {line}); save it as UTF-8"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn line_of(bytes: &[u8], place: usize) -> usize {
    bytes[..place].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The column of a CSV file's header.
///
/// # Errors
/// When there is none of that name.
pub fn column(header: &StringRecord, name: &str, file: &Path) -> Result<usize, Failure> {
    header.iter().position(|column| column == name).ok_or_else(|| {
        let there = header.iter().collect::<Vec<_>>().join(", ");
        let file = file.display();
        Failure::Other(format!("`{file}` has no column `{name}`; its columns are {there}"))
    })
}

impl Records {
    /// Reads a file and finds out which rows can be used.
    ///
    /// # Errors
    /// When the file cannot be read, or has no `record_id`.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = text_of(path)?;
        let name = path.display().to_string();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().cloned();
        let header = header.map_err(|e| Failure::Other(format!("`{name}`: {e}")))?;
        let id = column(&header, "record_id", path)?;
        let source = header.iter().position(|column| column == "source");
        let places: Vec<usize> =
            (0..header.len()).filter(|place| *place != id && Some(*place) != source).collect();
        let columns = places.iter().map(|&place| header[place].to_owned()).collect();
        let mut records = Self {
            text,
            name,
            columns,
            id,
            source,
            places,
            count: 0,
            problems: Vec::new(),
            sample: Vec::new(),
        };
        records.check();
        Ok(records)
    }

    fn check(&mut self) {
        let mut seen = Dictionary::default();
        let (mut problems, mut sample, mut count, mut step) = (Vec::new(), Vec::new(), 0_usize, 1);
        let mut reader = csv::Reader::from_reader(self.text.as_bytes());
        let mut row = StringRecord::new();
        while let Some(read) = next(&mut reader, &mut row) {
            let line = row.position().map_or(0, csv::Position::line);
            if let Err(error) = read {
                problems.push(format!("{}: {error}", self.name));
            } else if row[self.id].is_empty() {
                problems.push(format!("{}:{line}: the record has no id", self.name));
            } else if !is_new(&mut seen, &row[self.id]) {
                let id = &row[self.id];
                problems.push(format!("{}:{line}: `{id}` is there twice", self.name));
            } else {
                if preset::in_sample(count, step) {
                    sample.push(row.clone());
                }
                count += 1;
                if sample.len() == 2 * SAMPLE_RECORDS {
                    let mut place = 0;
                    sample.retain(|_| {
                        place += 1;
                        preset::in_sample(place - 1, 2)
                    });
                    step *= 2;
                }
            }
        }
        (self.problems, self.sample, self.count) = (problems, sample, count);
    }

    /// Hands over all records that can be used, in their order; while some are taken, the next ones are read.
    fn each_batch(&self, mut take: impl FnMut(&[StringRecord]) + Send) {
        let mut reader = csv::Reader::from_reader(self.text.as_bytes());
        let mut seen = Dictionary::default();
        let (mut batch, mut next) = (Vec::new(), Vec::new());
        let mut length = self.read_batch(&mut reader, &mut seen, &mut batch);
        while length > 0 {
            let read = || self.read_batch(&mut reader, &mut seen, &mut next);
            (length, ()) = rayon::join(read, || take(&batch[..length]));
            std::mem::swap(&mut batch, &mut next);
        }
    }

    /// Reads records over those that the batch held before, and tells how many they are.
    fn read_batch(
        &self,
        reader: &mut csv::Reader<&[u8]>,
        seen: &mut Dictionary,
        batch: &mut Vec<StringRecord>,
    ) -> usize {
        batch.resize_with(BATCH_RECORDS, StringRecord::new);
        let mut length = 0;
        while length < BATCH_RECORDS {
            let row = &mut batch[length];
            let Some(read) = next(reader, row) else { break };
            let usable = read.is_ok() && !row[self.id].is_empty();
            // Only a file with problems can have an id twice.
            if usable && (self.problems.is_empty() || is_new(seen, &row[self.id])) {
                length += 1;
            }
        }
        length
    }

    fn source<'a>(&self, row: &'a StringRecord) -> &'a str {
        self.source.map_or("", |place| &row[place])
    }

    fn raw<'a>(&self, row: &'a StringRecord) -> RawRecord<'a> {
        RawRecord {
            id: &row[self.id],
            source: self.source(row),
            values: self.places.iter().map(|&place| &row[place]).collect(),
        }
    }

    /// Some of the records, spread evenly.
    pub fn sample(&self) -> Vec<RawRecord<'_>> {
        self.sample.iter().map(|row| self.raw(row)).collect()
    }

    /// All records as the plan sees them.
    pub fn table(&self, plan: &Plan) -> Table {
        let columns: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let mut table = plan.table(&columns);
        self.each_batch(|batch| {
            let raw: Vec<RawRecord<'_>> = batch.iter().map(|row| self.raw(row)).collect();
            table.extend(&raw);
        });
        table.shrink();
        table
    }

    /// All records as the asset preset sees them: columns of other names are left out.
    pub fn sheet(&self) -> Sheet {
        let place = |name: &str| self.columns.iter().position(|column| column == name);
        let places = FIELD_NAMES.map(|name| place(name).map(|at| self.places[at]));
        let mut sheet = Sheet::default();
        self.each_batch(|batch| {
            let incoming = batch.iter().map(|row| Incoming {
                id: &row[self.id],
                source: self.source(row),
                texts: places.map(|place| place.map_or("", |at| &row[at])),
            });
            sheet.extend(&incoming.collect::<Vec<_>>());
        });
        sheet
    }
}

/// Reads the next row; `None` at the end, an error when it is broken.
fn next(reader: &mut csv::Reader<&[u8]>, row: &mut StringRecord) -> Option<Result<(), csv::Error>> {
    reader.read_record(row).map(|is_there| is_there.then_some(())).transpose()
}

/// Notes an id; whether it was not seen before.
fn is_new(seen: &mut Dictionary, id: &str) -> bool {
    let bound = seen.id_bound();
    seen.intern(id) as usize == bound
}
