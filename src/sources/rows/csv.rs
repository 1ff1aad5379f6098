//! Tables of text.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use serde_json::Value;

use super::header::Header;
use super::row::{Row, Rows};
use crate::domain::fact::JsonMap;
use crate::sources::declaration::{Declared, Delimiter, Field};
use crate::sources::limits::LINE_BYTES_MAX;
use crate::sources::problem::{Origin, Problem};
use crate::sources::text::Text;

/// How a table of text is read.
pub struct Table<'a> {
    /// What the declaration itself says.
    pub own: &'a Declared,
    /// All that is declared.
    pub declared: &'a Declared,
    /// Whether columns take the declared names also when they drifted.
    pub is_loose: bool,
    /// The table, where a source has several.
    pub name: Option<Arc<str>>,
}

/// The rows of a table.
///
/// # Errors
/// When the header does not fit the declaration: then no row can be read.
pub fn rows(file: &Arc<str>, text: Text, table: &Table<'_>) -> Result<Rows, Problem> {
    let taken = Arc::new(AtomicUsize::new(0));
    let metered = Metered { inner: text, taken: taken.clone() };
    let read = &table.declared.read;
    let delimiter = read.delimiter.as_ref().map_or(b',', Delimiter::byte);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(metered);
    let mut found = CsvRows {
        header: Header { names: Vec::new(), remarks: Vec::new() },
        file: file.clone(),
        table: table.name.clone(),
        taken,
        ended: false,
        record: ByteRecord::new(),
        reader: {
            skip(file, &mut reader, read.header_row.unwrap_or(1))?;
            reader
        },
    };
    found.head(table)?;
    let remarks = std::mem::take(&mut found.header.remarks);
    let line = Origin::line(file, 1);
    let remarks = remarks.into_iter().map(move |remark| Err(remark.at(&line)));
    Ok(Box::new(remarks.chain(found)))
}

/// Passes the records before the header.
fn skip(file: &Arc<str>, reader: &mut csv::Reader<Metered>, row: u64) -> Result<(), Problem> {
    let mut record = ByteRecord::new();
    while reader.position().line() < row {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            // Lines before the header may have any number of cells.
            Err(error) if matches!(error.kind(), ErrorKind::UnequalLengths { .. }) => {}
            Ok(false) => {
                let message = format!("the file ends before its header, row {row}");
                return Err(Problem::error(Origin::file(file), "INVALID_CSV", message));
            }
            Err(error) => {
                let origin = Origin::line(file, 1);
                return Err(Problem::error(origin, "INVALID_CSV", error.to_string()));
            }
        }
    }
    Ok(())
}

struct CsvRows {
    reader: csv::Reader<Metered>,
    taken: Arc<AtomicUsize>,
    file: Arc<str>,
    table: Option<Arc<str>>,
    header: Header,
    record: ByteRecord,
    ended: bool,
}

impl CsvRows {
    fn head(&mut self, table: &Table<'_>) -> Result<(), Problem> {
        let origin = Origin::line(&self.file, table.declared.read.header_row.unwrap_or(1));
        let broken = |message: String| Problem::error(origin.clone(), "INVALID_CSV", message);
        let mut record = ByteRecord::new();
        self.reader.read_byte_record(&mut record).map_err(|e| broken(e.to_string()))?;
        let cells: Option<Vec<String>> =
            record.iter().map(|h| text_of(h).map(str::to_owned)).collect();
        let cells = cells.ok_or_else(|| broken(format!("the header is not UTF-8; {SAVE}")))?;
        let loose: Vec<&Field> = if table.is_loose { table.declared.fields() } else { Vec::new() };
        self.header = Header::new(&cells, table.own, &loose).map_err(broken)?;
        Ok(())
    }

    /// Reads a row; `None` where the table ends.
    fn row(&mut self) -> Result<Option<Row>, Problem> {
        loop {
            self.taken.store(0, Ordering::Relaxed);
            let mut record = std::mem::take(&mut self.record);
            let found = self.reader.read_byte_record(&mut record).map_err(|e| self.failed(&e))?;
            let row = found.then(|| self.row_of(&record)).transpose();
            self.record = record;
            match row? {
                // A row of nothing but blanks is filling.
                Some(row) if row.fields.is_empty() => {}
                row => return Ok(row),
            }
        }
    }

    fn row_of(&self, record: &ByteRecord) -> Result<Row, Problem> {
        let origin = Origin::line(&self.file, record.position().map_or(0, csv::Position::line));
        let mut fields = JsonMap::new();
        for (name, cell) in self.header.names.iter().zip(record) {
            let Some(cell) = text_of(cell) else {
                let message = format!("the row is not UTF-8; {SAVE}");
                return Err(Problem::error(origin, "NOT_UTF8", message));
            };
            if let Some(name) = name.as_ref().filter(|_| !cell.trim().is_empty()) {
                fields.insert(name.clone(), Value::from(cell));
            }
        }
        Ok(Row { table: self.table.clone(), ..Row::new(origin, fields) })
    }

    /// The problem that an error is; after one of the file itself nothing more is read.
    fn failed(&self, error: &csv::Error) -> Problem {
        let line = error.position().map_or(0, csv::Position::line);
        let origin = Origin::line(&self.file, line);
        match error.kind() {
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let message = format!(
                    "the row has {len} cells, the header {expected_len}; is a delimiter missing or a quote open?"
                );
                Problem::error(origin, "INVALID_ROW", message)
            }
            _ => {
                let message = format!("the rest of the file cannot be read: {error}");
                Problem::error(origin, "NOT_READABLE", message)
            }
        }
    }
}

impl Iterator for CsvRows {
    type Item = Result<Row, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.row();
        self.ended = match &row {
            Ok(row) => row.is_none(),
            Err(problem) => problem.code == "NOT_READABLE",
        };
        row.transpose()
    }
}

const SAVE: &str =
    "save the file as UTF-8, or declare its encoding, such as encoding = \"windows-1252\"";

fn text_of(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell).ok()
}

/// Fails where one record takes more than is accepted: an open quote would swallow the whole file.
struct Metered {
    inner: Text,
    taken: Arc<AtomicUsize>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.fill_buf()?.read(buffer)?;
        self.inner.consume(count);
        // A chunk may end many records; only the chunks that none of them ended in add up.
        let taken = self.taken.fetch_add(count, Ordering::Relaxed) + count;
        if taken > LINE_BYTES_MAX + buffer.len() {
            let message =
                format!("a record is longer than {LINE_BYTES_MAX} bytes; is a quote open?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(count)
    }
}
