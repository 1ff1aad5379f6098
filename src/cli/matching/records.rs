//! Records from a CSV file.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use csv::StringRecord;
use flate2::read::MultiGzDecoder;

use crate::cli::output::Failure;
use crate::domain::reconcile::{Plan, RawRecord, Table};

/// Records that are turned into rows at once.
const BATCH_RECORDS: usize = 65_536;

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
        let (mut seen, mut step) = (HashSet::new(), 1);
        let (mut problems, mut sample, mut count) = (Vec::new(), Vec::new(), 0_usize);
        for (line, row) in self.rows() {
            match row {
                Err(error) => problems.push(error),
                Ok(row) if row[self.id].is_empty() => {
                    problems.push(format!("{}:{line}: the record has no id", self.name));
                }
                Ok(row) if !seen.insert(row[self.id].to_owned()) => {
                    let id = &row[self.id];
                    problems.push(format!("{}:{line}: `{id}` is there twice", self.name));
                }
                Ok(row) => {
                    if count.is_multiple_of(step) {
                        sample.push(row);
                    }
                    count += 1;
                    if sample.len() == 2 * SAMPLE_RECORDS {
                        let mut place = 0;
                        sample.retain(|_| {
                            place += 1;
                            place % 2 == 1
                        });
                        step *= 2;
                    }
                }
            }
        }
        (self.problems, self.sample, self.count) = (problems, sample, count);
    }

    /// All rows with their lines; a row that is broken is a sentence.
    fn rows(&self) -> impl Iterator<Item = (u64, Result<StringRecord, String>)> {
        let reader = csv::Reader::from_reader(self.text.as_bytes());
        reader.into_records().map(|row| match row {
            Ok(row) => (row.position().map_or(0, csv::Position::line), Ok(row)),
            Err(error) => (0, Err(format!("{}: {error}", self.name))),
        })
    }

    fn raw<'a>(&self, row: &'a StringRecord) -> RawRecord<'a> {
        RawRecord {
            id: &row[self.id],
            source: self.source.map_or("", |place| &row[place]),
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
        let mut seen = HashSet::new();
        let mut batch = Vec::with_capacity(BATCH_RECORDS);
        let usable =
            self.rows().filter_map(|(_, row)| row.ok()).filter(|row| !row[self.id].is_empty());
        for row in usable {
            if !self.problems.is_empty() && !seen.insert(row[self.id].to_owned()) {
                continue;
            }
            batch.push(row);
            if batch.len() == BATCH_RECORDS {
                self.fill(&mut table, &batch);
                batch.clear();
            }
        }
        self.fill(&mut table, &batch);
        table.shrink();
        table
    }

    fn fill(&self, table: &mut Table, batch: &[StringRecord]) {
        let raw: Vec<RawRecord<'_>> = batch.iter().map(|row| self.raw(row)).collect();
        table.extend(&raw);
    }
}
